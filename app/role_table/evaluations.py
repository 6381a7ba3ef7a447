"""Who may do what: periodic evaluations."""

from app.role_table.rule import rule

RULES = (
    rule(
        "evaluations.read", "anyone", "Read what is visible of evaluations", "قراءة التقييمات المتاحة", "M-3"
    ),
    rule(
        "evaluations.create",
        "manager specialist",
        "Draft the evaluation of a period",
        "إعداد تقييم فترة",
        "M-3",
    ),
    rule(
        "evaluations.edit",
        "manager specialist",
        "Change a drafted evaluation",
        "تعديل مسودة تقييم",
        "M-3",
    ),
    rule(
        "evaluations.approve",
        "step:approve",
        "Approve an evaluation, which never changes afterwards; never by who wrote it",
        "اعتماد تقييم فلا يتغير بعده، ولا يتولاه من كتبه",
        "M-3, O-5",
        control=True,
        recordable=True,
    ),
    rule(
        "evaluations.discard",
        "manager specialist",
        "Discard a drafted evaluation, with a reason",
        "استبعاد مسودة تقييم مع بيان السبب",
        "M-3",
    ),
)
