"""What can go wrong, each with its own status, stable code and title in both languages.

Services raise these; `problems.py` alone turns them into application/problem+json (RFC 9457).
The order in which a request is refused is always 401, 400, 404, 403, 428, 412, 409, 422.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Text:
    """A sentence in both languages of the service."""

    en: str
    ar: str

    def said(self, language: str) -> str:
        """The sentence in `language` ("ar" or anything else for English)."""
        return self.ar if language == "ar" else self.en


@dataclass(frozen=True)
class FieldError:
    """One fault of the input: where it is (JSON pointer, or parameter name), and what it is."""

    code: str
    detail: Text
    pointer: str | None = None
    parameter: str | None = None


class AppError(Exception):
    """A refusal that the client can act on. Raised, it rolls the transaction back."""

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[Text]

    def __init__(
        self,
        detail: Text | None = None,
        *,
        errors: tuple[FieldError, ...] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(self.code if detail is None else detail.en)
        self.detail = detail
        self.errors = errors
        self.headers = headers or {}


@dataclass(frozen=True)
class Refusal:
    """A refusal that is RETURNED, so that what was recorded with it is committed (a failed sign-in)."""

    error: AppError


class Malformed(AppError):
    status, code = 400, "malformed"
    title = Text("The request cannot be read", "تعذّرت قراءة الطلب")


class KeyRequired(Malformed):
    code = "idempotency_key_required"
    title = Text(
        "Send an Idempotency-Key of 8 to 100 characters (letters, digits, _ . : -)",
        "أرسل Idempotency-Key من 8 إلى 100 محرف (حروف لاتينية وأرقام و _ . : -)",
    )


class Unauthenticated(AppError):
    status, code = 401, "unauthenticated"
    title = Text("Sign in first", "يلزم تسجيل الدخول")

    def __init__(self, detail: Text | None = None) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="mutabaa"'})


class Forbidden(AppError):
    status, code = 403, "forbidden"
    title = Text("You are not entitled to do this", "لا تملك صلاحية هذا الإجراء")


class FourEyes(Forbidden):
    code = "four_eyes"
    title = Text(
        "A control step is never taken by someone who entered, edited or already controlled this revision",
        "لا يتولى خطوة الرقابة من أدخل هذه النسخة أو عدّلها أو سبق أن راجعها",
    )


class NotFound(AppError):
    status, code = 404, "not_found"
    title = Text("There is no such thing, or it is not visible to you", "غير موجود أو غير متاح لك")


class MethodNotAllowed(AppError):
    status, code = 405, "method_not_allowed"
    title = Text("The resource does not take this method", "هذه الطريقة غير متاحة لهذا المورد")


class NotAcceptable(AppError):
    status, code = 406, "not_acceptable"
    title = Text("The resource has no such form", "المورد غير متاح بالصيغة المطلوبة")


class Conflict(AppError):
    status, code = 409, "conflict"
    title = Text("This does not fit the present state", "لا يتوافق الإجراء مع الحالة الراهنة")


class WrongState(Conflict):
    code = "wrong_state"
    title = Text("The step is not possible in the present state", "هذه الخطوة غير ممكنة في الحالة الراهنة")


class AlreadyExists(Conflict):
    code = "already_exists"
    title = Text("It exists already", "موجود مسبقًا")


class KeyInFlight(Conflict):
    code = "idempotency_key_in_flight"
    title = Text(
        "A request with this Idempotency-Key is still running", "طلب بمفتاح التكرار نفسه ما زال قيد التنفيذ"
    )


class WrongOffset(Conflict):
    """`received`: the bytes that are there, which is where the next ones belong; None: it changes just now."""

    code = "wrong_offset"
    title = Text(
        "The bytes do not follow those that were received; ask with HEAD where to go on",
        "البيانات لا تلي ما استُلم منها، فاستعلم بطلب HEAD عن موضع المتابعة",
    )

    def __init__(self, received: int | None = None) -> None:
        super().__init__(headers={} if received is None else {"Upload-Offset": str(received)})


class TooManyParts(Conflict):
    code = "too_many_parts"
    title = Text(
        "The file came in too many pieces; begin a new upload with larger ones",
        "وصل الملف في أجزاء كثيرة جدًا، فابدأ رفعًا جديدًا بأجزاء أكبر",
    )


class TooManyUploads(Conflict):
    code = "too_many_uploads"
    title = Text(
        "Too many uploads of yours for this evidence are unfinished; go on with one of them, or give one up",
        "لديك لهذا الدليل عمليات رفع كثيرة لم تكتمل، فأكمل إحداها أو ألغها",
    )


class NoLinksHere(Conflict):
    code = "no_links_here"
    title = Text(
        "This installation keeps files in a folder, which gives no links: download the content instead",
        "تُحفظ الملفات في هذا النظام في مجلد لا يمنح روابط، فنزّل المحتوى مباشرة",
    )


class UploadExpired(AppError):
    status, code = 410, "upload_expired"
    title = Text("The upload waited too long; begin a new one", "انتهت مهلة الرفع، فابدأ رفعًا جديدًا")


class Stale(AppError):
    status, code = 412, "stale"
    title = Text(
        "The thing has changed since you read it; read it again", "تغيّر العنصر بعد قراءتك له، فأعد قراءته"
    )


class TusVersion(AppError):
    """`supported`: the versions of the protocol that are spoken here."""

    status, code = 412, "tus_version"
    title = Text(
        "Send Tus-Resumable with a version of the protocol that is spoken here",
        "أرسل Tus-Resumable بإصدار مدعوم هنا من البروتوكول",
    )

    def __init__(self, supported: str) -> None:
        super().__init__(headers={"Tus-Version": supported})


class TooLarge(AppError):
    status, code = 413, "too_large"
    title = Text("The body is larger than allowed", "حجم المحتوى أكبر من المسموح")


class UnsupportedMedia(AppError):
    status, code = 415, "unsupported_media_type"
    title = Text("The body's media type is not taken here", "نوع المحتوى غير مقبول هنا")


class OutsideTheFile(AppError):
    status, code = 416, "range_not_satisfiable"
    title = Text("The range asked for lies outside the file", "النطاق المطلوب خارج الملف")

    def __init__(self, size: int) -> None:
        super().__init__(headers={"Content-Range": f"bytes */{size}"})


class Invalid(AppError):
    status, code = 422, "invalid"
    title = Text("Some of the input is not valid", "بعض المدخلات غير صالحة")


class KeyReused(Invalid):
    code = "idempotency_key_reused"
    title = Text("This Idempotency-Key was used for another request", "استُخدم مفتاح التكرار هذا لطلب آخر")


class PreconditionRequired(AppError):
    status, code = 428, "precondition_required"
    title = Text(
        "Send If-Match with the ETag of what you saw", "أرسل If-Match ومعه ETag الخاص بما اطّلعت عليه"
    )


class TooManyRequests(AppError):
    status, code = 429, "too_many_requests"
    title = Text("Too many attempts; wait", "محاولات كثيرة، انتظر قليلًا")

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(headers={"Retry-After": str(retry_after_seconds)})


class ChecksumMismatch(AppError):
    """The status is tus's own (checksum extension)."""

    status, code = 460, "checksum_mismatch"
    title = Text(
        "The bytes are not those that the checksum names; they were dropped, send them again",
        "البيانات لا تطابق بصمتها فأُهملت، أرسلها مرة أخرى",
    )


class Internal(AppError):
    status, code = 500, "internal"
    title = Text("Something went wrong on our side", "حدث خطأ من جانبنا")


class Unavailable(AppError):
    status, code = 503, "unavailable"
    title = Text("The service cannot answer now", "الخدمة غير متاحة الآن")


def fault_at(pointer: str, code: str, en: str, ar: str) -> FieldError:
    """One fault of the body, at the JSON pointer."""
    return FieldError(code, Text(en, ar), pointer=pointer)


def invalid(pointer: str, code: str, en: str, ar: str) -> Invalid:
    """The body has this one fault."""
    return Invalid(errors=(fault_at(pointer, code, en, ar),))


def unknown_reference(pointer: str) -> Invalid:
    """The body names a thing that does not exist or that the asker may not see (told apart for nobody)."""
    return invalid(
        pointer,
        "unknown_reference",
        "Names a thing that does not exist or is not visible to you.",
        "يشير إلى عنصر غير موجود أو غير متاح لك.",
    )


def in_the_future(parameter: str) -> Invalid:
    """The query asks for a moment that is yet to come, of which nothing is known."""
    detail = Text("The moment lies in the future.", "اللحظة المطلوبة في المستقبل.")
    return Invalid(errors=(FieldError("in_the_future", detail, parameter=parameter),))
