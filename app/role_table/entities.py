"""Who may do what: entities."""

from app.role_table.rule import rule

RULES = (
    rule("entities.create", "administrator", "Create an entity", "إنشاء جهة"),
    rule("entities.edit", "administrator", "Correct an entity's names", "تصحيح بيانات الجهة"),
    rule(
        "divisions.create",
        "manager administrator",
        "Enter a division of the entity",
        "إضافة تقسيم إداري",
        "O-8",
    ),
    rule("divisions.edit", "manager administrator", "Correct a division", "تصحيح بيانات تقسيم إداري", "O-8"),
)
