"""Who may do what: contributions."""

from app.role_table.rule import rule

RULES = (
    rule(
        "contributions.read",
        "anyone",
        "Read who contributes to an indicator, as far as it is visible",
        "الاطلاع على الجهات المسهمة في المؤشر بقدر ما هو متاح",
        "I-3, I-4",
    ),
    rule(
        "contributions.invite",
        "manager",
        "Invite an entity to contribute to an indicator",
        "دعوة جهة إلى الإسهام في مؤشر",
        "I-3",
    ),
    rule(
        "contributions.edit",
        "manager",
        "Change the weight or the message of an invitation",
        "تعديل الوزن أو نص الدعوة إلى الإسهام",
        "I-3",
    ),
    rule(
        "contributions.accept",
        "step:answer",
        "Accept to contribute, with a special indicator of one's own",
        "قبول الإسهام بمؤشر خاص بالجهة المسهمة",
        "I-4",
    ),
    rule(
        "contributions.refuse",
        "step:answer",
        "Refuse to contribute, with a reason",
        "الاعتذار عن الإسهام مع بيان السبب",
        "I-4",
    ),
    rule(
        "contributions.leave",
        "step:answer",
        "End one's own contribution, with a reason",
        "إنهاء إسهام الجهة مع بيان السبب",
        "I-4",
    ),
    rule(
        "contributions.withdraw",
        "manager",
        "Withdraw an invitation or end a contribution, with a reason",
        "سحب دعوة أو إنهاء إسهام مع بيان السبب",
        "I-3",
    ),
    rule(
        "contributions.explain",
        "step:explain",
        "Explain why a contributor's figure of a period is missing: manager or specialist of either side",
        "بيان سبب غياب قيمة الجهة المسهمة في فترة: مدير المكتب أو الأخصائي من أي الطرفين",
        "I-3, I-4",
    ),
)
