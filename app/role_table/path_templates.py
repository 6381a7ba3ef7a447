"""Who may do what: path templates."""

from app.role_table.rule import rule

_OFFICE = "manager specialist"

RULES = (
    rule(
        "path_templates.read",
        "anyone",
        "Read the models of paths, and what is visible of an entity's own",
        "قراءة النماذج المرجعية للمسارات، والمتاح من نماذج الجهة",
        "P-8",
    ),
    rule(
        "path_templates.create",
        _OFFICE,
        "Draft a path template, as a copy of a model or from nothing",
        "إعداد نموذج مسار نسخًا من نموذج مرجعي أو من البداية",
        "P-4, P-8",
    ),
    rule(
        "path_templates.new_version",
        _OFFICE,
        "Open the next version of an approved path template",
        "فتح نسخة جديدة من نموذج مسار معتمد",
        "P-4",
    ),
    rule(
        "path_templates.edit", _OFFICE, "Change a drafted path template", "تعديل مسودة نموذج مسار", "P-3, P-4"
    ),
    rule(
        "path_templates.discard",
        _OFFICE,
        "Discard a drafted path template",
        "استبعاد مسودة نموذج مسار",
        "P-4",
    ),
    rule(
        "path_templates.submit",
        _OFFICE,
        "Put a path template before the head",
        "رفع نموذج مسار إلى رئيس الوحدة",
        "P-4",
    ),
    rule(
        "path_templates.withdraw",
        _OFFICE,
        "Take a path template back before the head has decided",
        "سحب نموذج مسار قبل قرار رئيس الوحدة",
        "P-4",
    ),
    rule(
        "path_templates.approve",
        "head",
        "Approve a path template before work starts by it",
        "اعتماد نموذج مسار قبل بدء العمل به",
        "P-4",
        control=True,
        recordable=True,
    ),
    rule(
        "path_templates.return",
        "head",
        "Return a path template with a reason",
        "إعادة نموذج مسار مع بيان السبب",
        "P-4",
        control=True,
        recordable=True,
    ),
)
