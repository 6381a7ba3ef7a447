"""Who may do what: scorecards."""

from app.role_table.rule import rule

RULES = (
    rule("scorecards.read", "anyone", "Read what is visible of scorecards", "قراءة البطاقات المتاحة", "I-5"),
    rule(
        "scorecards.create",
        "specialist manager",
        "Draft the entity's scorecard of a year",
        "إعداد بطاقة مؤشرات الجهة لسنة",
        "I-5",
    ),
    rule(
        "scorecards.edit",
        "specialist manager",
        "Change a drafted scorecard: its indicators and weights",
        "تعديل مسودة بطاقة: مؤشراتها وأوزانها",
        "I-5",
    ),
    rule(
        "scorecards.discard",
        "specialist manager",
        "Discard a drafted scorecard",
        "استبعاد مسودة بطاقة",
        "I-5",
    ),
    rule(
        "scorecards.new_version",
        "specialist manager",
        "Open a new version of the scorecard in force",
        "فتح نسخة جديدة من البطاقة المعمول بها",
        "I-5",
    ),
    rule(
        "scorecards.align",
        "step:align",
        "State that a scorecard is aligned with the vision and complete",
        "إقرار مواءمة البطاقة للرؤية واكتمالها",
        "O-3, P-7",
        control=True,
    ),
    rule(
        "scorecards.approve",
        "head",
        "Approve an aligned scorecard with its targets",
        "اعتماد بطاقة متوائمة بمستهدفاتها",
        "I-5, O-6",
        control=True,
        recordable=True,
    ),
    rule(
        "scorecards.agree",
        "unit",
        "Agree to an approved scorecard: it is in force",
        "الاتفاق على بطاقة معتمدة فيُعمل بها",
        "I-5",
        control=True,
    ),
)
