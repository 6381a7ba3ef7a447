"""Words of annual plans and of the proposals for them (Guide P-1 to P-12)."""

from enum import StrEnum


class DevelopmentPlanKind(StrEnum):
    """What a plan of the nation is (Guide P-1)."""

    VISION = "vision"
    FIVE_YEAR = "five_year"
    WORK_PROGRAMME = "work_programme"


class PlanState(StrEnum):
    """The life of one version of an annual plan (Guide P-9). `approved`: by the head; `confirmed`: the approval of
    the Secretariat-General of the Council of Ministers is recorded too."""

    DRAFT = "draft"
    PRELIMINARY = "preliminary"
    APPROVED = "approved"
    CONFIRMED = "confirmed"
    SUPERSEDED = "superseded"
    DISCARDED = "discarded"


class PlanItemKind(StrEnum):
    """What an annual plan holds (Guide P-2)."""

    GOAL = "goal"
    INDICATOR = "indicator"
    INITIATIVE = "initiative"


class PlanItemState(StrEnum):
    """Whether an item is still in the plan. Nothing is deleted."""

    KEPT = "kept"
    DROPPED = "dropped"


class Question(StrEnum):
    """What quality control asks of each item (Guide P-6)."""

    ALIGNED = "aligned"
    TEMPLATE = "template"
    INDICATORS = "indicators"
    EFFECTIVE = "effective"
    WORDING = "wording"


class ProposalState(StrEnum):
    """The life of a proposal of a member of staff (Guide P-12)."""

    SUBMITTED = "submitted"
    SORTED = "sorted"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
