"""Who may do what: scoreboard."""

from app.role_table.rule import rule

RULES = (
    rule(
        "scoreboard.read",
        "anyone",
        "Read where entities, priorities, pillars and the nation stand, by what is visible of their figures",
        "الاطلاع على موقف الجهات والأولويات والمحاور والمستوى الوطني بقدر ما هو متاح من قيمها",
        "M-4, M-8",
    ),
)
