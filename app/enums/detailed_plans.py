"""Words of detailed execution plans (Guide N-3, P-8 annex B, D-1)."""

from enum import StrEnum


class DetailedPlanState(StrEnum):
    """The life of one version of a detailed plan. `superseded`: a later version is approved; `dropped`: its initiative
    lost its funding (Guide P-9)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    DROPPED = "dropped"
    DISCARDED = "discarded"


class DetailedPlanAbout(StrEnum):
    """What is planned in detail: an initiative, the scorecard, the excellence indicators (Guide P-8 annex B)."""

    INITIATIVE = "initiative"
    SCORECARD = "scorecard"
    EXCELLENCE = "excellence"
