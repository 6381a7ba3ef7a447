"""Who may do what: reopenings."""

from app.role_table.rule import rule

RULES = (
    rule(
        "reopenings.read",
        "head head_office manager specialist step:enter step:review unit",
        "See what was asked to be reopened",
        "الاطلاع على طلبات إعادة الفتح",
    ),
    rule(
        "reopenings.ask",
        "manager",
        "Ask leave to correct an approved result",
        "طلب الإذن بتصحيح نتيجة معتمدة",
        "D-2",
    ),
    rule(
        "reopenings.grant",
        "step:approve",
        "Grant the leave: UNIT for vision and scorecard indicators, the head for others",
        "منح الإذن: وحدة المتابعة لمؤشرات الرؤية وبطاقة المؤشرات، ورئيس الوحدة لغيرها",
        "I-5, D-2",
        control=True,
        recordable=True,
    ),
    rule(
        "reopenings.refuse",
        "step:approve",
        "Refuse the leave with a reason",
        "رفض الإذن مع بيان السبب",
        "I-5, D-2",
        control=True,
        recordable=True,
    ),
)
