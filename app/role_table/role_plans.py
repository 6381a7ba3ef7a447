"""Who may do what: role plans."""

from app.role_table.rule import rule

RULES = (
    rule(
        "role_plans.read",
        "head head_office manager specialist division_member unit",
        "Read the entity's role plan",
        "قراءة خطة توزيع الأدوار",
        "P-13",
    ),
    rule("role_plans.create", "manager", "Draft a role plan", "إعداد خطة توزيع الأدوار", "P-13"),
    rule("role_plans.edit", "manager", "Edit the drafted role plan", "تعديل مسودة خطة توزيع الأدوار", "P-13"),
    rule(
        "role_plans.submit", "manager", "Put the role plan before the head", "رفع خطة توزيع الأدوار", "P-13"
    ),
    rule(
        "role_plans.approve",
        "head",
        "Approve the role plan",
        "اعتماد خطة توزيع الأدوار",
        "P-13",
        control=True,
        recordable=True,
    ),
    rule(
        "role_plans.return",
        "head",
        "Return the role plan with a reason",
        "إعادة خطة توزيع الأدوار مع بيان السبب",
        "P-13",
        control=True,
        recordable=True,
    ),
)
