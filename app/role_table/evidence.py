"""Who may do what: evidence."""

from app.role_table.rule import rule

RULES = (
    rule("evidence.read", "anyone", "Read what is visible of evidence", "قراءة الأدلة المتاحة", "V-1, V-3"),
    rule(
        "evidence.create",
        "step:attach",
        "Attach evidence to what one may edit",
        "إرفاق دليل بما يملك الشخص تعديله",
        "V-1",
    ),
    rule(
        "evidence.edit",
        "step:attach",
        "Describe evidence otherwise before it is decided about",
        "تعديل وصف دليل قبل البت فيه",
        "V-1",
    ),
    rule("evidence.upload", "step:attach", "Upload the file of evidence", "رفع ملف دليل", "V-1"),
    rule(
        "evidence.withdraw",
        "step:attach",
        "Take evidence back before it is decided about",
        "سحب دليل قبل البت فيه",
        "V-1",
    ),
    rule(
        "evidence.supersede",
        "step:attach",
        "Bring evidence that takes the place of another",
        "تقديم دليل يحل محل دليل آخر",
        "V-1",
    ),
    rule(
        "evidence.verify",
        "step:verify",
        "Verify evidence: the technical representative assigned or a specialist; for the definition of a vision"
        " indicator UNIT",
        "التحقق من دليل: الممثل الفني المكلف أو أخصائي، ولتعريف مؤشر الرؤية وحدة المتابعة",
        "V-2",
        control=True,
        recordable=True,
    ),
    rule(
        "evidence.reject",
        "step:verify",
        "Reject evidence with a reason",
        "رفض دليل مع بيان السبب",
        "V-2",
        control=True,
        recordable=True,
    ),
)
