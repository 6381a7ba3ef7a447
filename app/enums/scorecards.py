"""Words of scorecards and improvement plans: how far they have come (Guide I-5, I-8)."""

from enum import StrEnum


class ScorecardState(StrEnum):
    """The life of one version of an entity's scorecard of a year (Guide I-5).

    `aligned`: checked by the office; `approved`: by the head; `in_force`: agreed by UNIT.
    """

    DRAFT = "draft"
    ALIGNED = "aligned"
    APPROVED = "approved"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    DISCARDED = "discarded"


class ImprovementPlanState(StrEnum):
    """The life of a plan to improve a vision indicator (Guide I-8).

    `assured`: its quality was assured (Guide O-3); `approved`: it is carried out; `completed`: every action is done;
    `ended`: given up, with a reason.
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ASSURED = "assured"
    APPROVED = "approved"
    COMPLETED = "completed"
    ENDED = "ended"
    DISCARDED = "discarded"
