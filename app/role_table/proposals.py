"""Who may do what: proposals."""

from app.role_table.rule import rule

RULES = (
    rule("proposals.read", "anyone", "Read what is visible of proposals", "قراءة المقترحات المتاحة", "P-12"),
    rule(
        "proposals.create",
        "step:propose",
        "Propose a project or initiative for the annual plan",
        "تقديم مقترح مشروع أو مبادرة للخطة السنوية",
        "P-12",
    ),
    rule(
        "proposals.sort",
        "step:sort",
        "Rank a proposal, and say which criteria it meets; never who proposed it",
        "ترتيب مقترح وبيان المعايير التي يستوفيها، ولا يتولاه من قدّمه",
        "P-5, P-12",
        control=True,
        recordable=True,
    ),
    rule(
        "proposals.rank",
        "step:sort",
        "Rank a sorted proposal anew",
        "إعادة ترتيب مقترح",
        "P-12",
        control=True,
        recordable=True,
    ),
    rule(
        "proposals.accept",
        "step:sort",
        "Accept a sorted proposal, with a reason",
        "قبول مقترح مع بيان السبب",
        "P-12",
        control=True,
        recordable=True,
    ),
    rule(
        "proposals.refuse",
        "step:sort",
        "Refuse a proposal, with a reason",
        "الاعتذار عن مقترح مع بيان السبب",
        "P-12",
        control=True,
        recordable=True,
    ),
    rule("proposals.withdraw", "own", "Take one's own proposal back", "سحب المقترح الشخصي", "P-12"),
)
