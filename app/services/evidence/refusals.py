"""Why a file is not taken: one refusal, with the reason as a code and in both languages."""

from app.errors import FieldError, Text, UnsupportedMedia


class FileRefused(UnsupportedMedia):
    """RFC 9110, 15.5.16: the content itself was looked at; what the client calls it does not count."""

    code = "file_refused"
    title = Text("A file of this kind is not taken as evidence", "لا يُقبل ملف من هذا النوع دليلًا")


def type_not_allowed(found: str) -> FileRefused:
    """Its kind is not among those that are taken. `found`: the media type, or what it looks like."""
    return _refused(
        "type_not_allowed",
        f"The file is '{found}'. Taken are PDF, Word, Excel and PowerPoint files without macros, OpenDocument"
        " files, images, CSV and plain text.",
        f"نوع الملف «{found}». تُقبل ملفات PDF وملفات وورد وإكسل وباوربوينت من غير وحدات ماكرو وملفات"
        " أوبن دوكيومنت والصور وملفات CSV والنصوص.",
    )


def two_types() -> FileRefused:
    """It can be read as two kinds of file, one of them hidden behind the other."""
    return _refused(
        "two_types",
        "The file is of two kinds at once: another one is hidden in it or appended to it.",
        "الملف من نوعين في آن واحد: فيه ملف آخر مخفي أو ملحق به.",
    )


def runs_code() -> FileRefused:
    """It holds macros, scripts, or what starts a program."""
    return _refused(
        "runs_code",
        "The file holds macros, scripts or commands. Save it without them.",
        "يحتوي الملف على وحدات ماكرو أو نصوص برمجية أو أوامر تشغيل، فاحفظه من دونها.",
    )


def holds_files() -> FileRefused:
    """It carries other files that nobody can check."""
    return _refused(
        "holds_files",
        "The file carries other files inside it. Attach them by themselves.",
        "يحمل الملف في داخله ملفات أخرى، فأرفق كلًّا منها على حدة.",
    )


def unpacks_too_large() -> FileRefused:
    """Unpacked it would be of a size that no document has."""
    return _refused(
        "unpacks_too_large",
        "Unpacked, the file would be far larger than any document.",
        "حجم الملف بعد فك ضغطه أكبر كثيرًا من حجم أي وثيقة.",
    )


def encrypted() -> FileRefused:
    """It is locked by a password, so that nobody can check what is in it."""
    return _refused(
        "encrypted",
        "The file is locked by a password. Save it without one.",
        "الملف محمي بكلمة مرور، فاحفظه من دونها.",
    )


def broken() -> FileRefused:
    """It begins like a file of its kind and does not go on like one."""
    return _refused(
        "broken",
        "The file is damaged or cut off: it cannot be opened.",
        "الملف تالف أو ناقص، ولا يمكن فتحه.",
    )


def _refused(code: str, en: str, ar: str) -> FileRefused:
    return FileRefused(errors=(FieldError(code, Text(en, ar)),))
