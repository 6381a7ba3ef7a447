"""Words of risks, their matrix and their treatment (Guide K-1 to K-5)."""

from enum import StrEnum


class RiskKind(StrEnum):
    """What a risk comes from. The first five are the guide's, of the office itself and its activation (Guide K-1); the
    others are of the delivery of initiatives."""

    ESTABLISHMENT_AND_ACTIVATION = "establishment_and_activation"
    ORGANISATIONAL_CULTURE = "organisational_culture"
    SUSTAINABILITY = "sustainability"
    COMMUNICATION_AND_TRANSPARENCY = "communication_and_transparency"
    CHANGE = "change"
    SCHEDULE = "schedule"
    BUDGET = "budget"
    RESOURCES = "resources"
    TECHNICAL = "technical"
    STAKEHOLDERS = "stakeholders"
    LEGAL = "legal"


class RiskGrade(StrEnum):
    """How grave a risk is, from its score."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class RiskStrategy(StrEnum):
    """What is done about a risk (Guide K-3)."""

    MITIGATE = "mitigate"
    TRANSFER = "transfer"
    AVOID = "avoid"
    ACCEPT = "accept"


class RiskState(StrEnum):
    """The life of a risk. `open`: its strategy is to be chosen; `resources_asked`, `to_accept`, `with_head`, `with_unit`:
    somebody is to decide about it."""

    OPEN = "open"
    IN_TREATMENT = "in_treatment"
    RESOURCES_ASKED = "resources_asked"
    TO_ACCEPT = "to_accept"
    WITH_HEAD = "with_head"
    WITH_UNIT = "with_unit"
    TREATED = "treated"
    ACCEPTED = "accepted"
    OCCURRED = "occurred"
    CLOSED = "closed"


class RiskMeasure(StrEnum):
    """Which of its two assessments a risk is looked at by: before its treatment, or with it."""

    INHERENT = "inherent"
    RESIDUAL = "residual"


class RiskLevel(StrEnum):
    """To whom a risk is raised (Guide K-3)."""

    HEAD = "head"
    UNIT = "unit"


class ResourceKind(StrEnum):
    """What is asked for to treat a risk (Guide K-4)."""

    MONEY = "money"
    PEOPLE = "people"
    TECHNOLOGY = "technology"


class SwotKind(StrEnum):
    """The four fields of the analysis (Guide K-2)."""

    STRENGTH = "strength"
    WEAKNESS = "weakness"
    OPPORTUNITY = "opportunity"
    THREAT = "threat"
