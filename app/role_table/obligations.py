"""Who may do what: obligations."""

from app.role_table.rule import rule

RULES = (
    rule(
        "obligations.read",
        "anyone",
        "Read what is visible of the figures that are due",
        "الاطلاع على القيم المستحقة المتاحة",
        "D-2, D-5",
    ),
    rule(
        "obligations.excuse",
        "step:approve",
        "Excuse a figure that is due: UNIT for vision and scorecard indicators, the head for others",
        "الإعفاء من قيمة مستحقة: وحدة المتابعة لمؤشرات الرؤية وبطاقة المؤشرات، ورئيس الوحدة لغيرها",
        "D-2",
        recordable=True,
    ),
    rule(
        "obligations.reinstate",
        "step:approve",
        "Make an excused figure due again",
        "إلغاء الإعفاء من قيمة مستحقة",
        "D-2",
        recordable=True,
    ),
    rule(
        "obligations.ask_reopening",
        "manager",
        "Ask leave to enter a result in a closed period",
        "طلب الإذن بإدخال نتيجة في فترة مغلقة",
        "D-2",
    ),
)
