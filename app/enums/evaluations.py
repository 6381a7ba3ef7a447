"""Words of periodic evaluations (Guide M-3)."""

from enum import StrEnum


class EvaluationState(StrEnum):
    """The life of a periodic evaluation; what is approved never changes."""

    DRAFT = "draft"
    APPROVED = "approved"
    DISCARDED = "discarded"


class EvaluationRating(StrEnum):
    """How the progress of the period is judged as a whole."""

    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    LATE = "late"
