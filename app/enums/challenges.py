"""Words of challenges and of their escalation (Guide X-1 to X-6)."""

from enum import StrEnum


class ChallengeKind(StrEnum):
    """What blocks the execution."""

    RESOURCES = "resources"
    COORDINATION = "coordination"
    LEGISLATION = "legislation"
    TECHNICAL = "technical"
    DATA = "data"
    PEOPLE = "people"
    EXTERNAL = "external"
    OTHER = "other"


class ChallengeTie(StrEnum):
    """What a challenge is tied to: a national programme or initiative, or the entity's own programmes (Guide X-4)."""

    NATIONAL_PROGRAMME = "national_programme"
    OWN = "own"


class ChallengeState(StrEnum):
    """The life of a challenge. While it is open, its state says at which level it is; `decided`: it is back in the
    office, which carries out what a level decided."""

    OPEN = "open"
    WITH_HEAD = "with_head"
    WITH_COMMITTEE = "with_committee"
    WITH_BODY = "with_body"
    WITH_UNIT = "with_unit"
    DECIDED = "decided"
    CLOSED = "closed"
    ACCEPTED = "accepted"


class ChallengeLevel(StrEnum):
    """The levels of escalation (Guide X-1 to X-4)."""

    OFFICE = "office"
    HEAD = "head"
    COMMITTEE = "committee"
    BODY = "body"
    UNIT = "unit"


class EscalationBody(StrEnum):
    """Which committee or body stands at a level; `other`: the route's title names it."""

    SUPERVISORY_COMMITTEE = "supervisory_committee"
    ADVISORY_COMMITTEE = "advisory_committee"
    COMPETENT_COMMITTEE = "competent_committee"
    MINISTRY_OF_ECONOMY = "ministry_of_economy"
    MINISTRY_OF_FINANCE = "ministry_of_finance"
    MINISTRY_OF_LABOUR = "ministry_of_labour"
    OTHER = "other"


COMMITTEES = (
    EscalationBody.SUPERVISORY_COMMITTEE,
    EscalationBody.ADVISORY_COMMITTEE,
    EscalationBody.COMPETENT_COMMITTEE,
)
"""What stands at the level of committees; all others are outside bodies."""


class Escalator(StrEnum):
    """Who escalates by a route: the office from its own level, the head from every level above it (Guide X-4)."""

    OFFICE = "office"
    HEAD = "head"


class LevelDecision(StrEnum):
    """How a stay at a level ends. `solved`: the office confirms that nothing blocks any more."""

    SOLVE_HERE = "solve_here"
    RETURN_WITH_INSTRUCTIONS = "return_with_instructions"
    ESCALATE = "escalate"
    CLOSE_AS_ACCEPTED = "close_as_accepted"
    SOLVED = "solved"
