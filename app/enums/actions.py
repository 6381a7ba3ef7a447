"""Words of actions that are followed to their end (Guide M-2, M-3, M-9)."""

from enum import StrEnum


class ActionSource(StrEnum):
    """What an action comes from. A directive of senior management and a proposal of the office come from nothing else
    that the service holds (Guide M-9)."""

    MEETING = "meeting"
    CHALLENGE = "challenge"
    RISK = "risk"
    EVALUATION = "evaluation"
    DIRECTIVE = "directive"
    IMPROVEMENT_PROPOSAL = "improvement_proposal"


OF_ITS_OWN = (ActionSource.DIRECTIVE, ActionSource.IMPROVEMENT_PROPOSAL)
"""The sources that name no other thing."""


class ActionState(StrEnum):
    """The life of an action. `proposed`: it waits for the head; `reported`: its owner says that it is done."""

    PROPOSED = "proposed"
    OPEN = "open"
    REPORTED = "reported"
    DONE = "done"
    CANCELLED = "cancelled"
    REFUSED = "refused"


class OwnedBy(StrEnum):
    """Whose actions a list is narrowed to: the reader's own, or those of a division that they belong to."""

    ME = "me"
    DIVISION = "division"
