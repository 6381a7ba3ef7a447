"""Who may do what: catalogue."""

from app.role_table.rule import rule

RULES = (
    rule("catalogue.read", "anyone", "Read the national catalogue", "قراءة الدليل الوطني"),
    rule("holidays.create", "unit_editor", "Enter a public holiday", "إضافة عطلة رسمية"),
    rule("holidays.edit", "unit_editor", "Correct a public holiday", "تصحيح بيانات عطلة رسمية"),
    rule("holidays.cancel", "unit_editor", "Cancel a public holiday", "إلغاء عطلة رسمية"),
    rule("role_rules.read", "anyone", "Read the role rules", "قراءة قواعد الأدوار"),
    rule("inbox.read", "anyone", "See what waits for oneself", "الاطلاع على ما ينتظر الإجراء"),
    rule(
        "dashboard.read",
        "anyone",
        "See at a glance what waits for oneself, where one's entities stand and what is late",
        "الاطلاع بنظرة واحدة على ما ينتظر الإجراء وموقف جهات المستخدم وما تأخر من قيمها",
        "D-4, M-8",
    ),
)
