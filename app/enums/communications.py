"""Words of communication plans and their activities (Guide C-1, C-2)."""

from enum import StrEnum


class CommunicationPlanState(StrEnum):
    """The life of one version of a communication plan."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    DISCARDED = "discarded"


class CommunicationActivityState(StrEnum):
    """The life of an activity. `drafted`: its plan is not approved yet. That one is late is derived, never stored."""

    DRAFTED = "drafted"
    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"


class CommunicationScope(StrEnum):
    """Whom an activity reaches: the entity's own people, or others (Guide O-4)."""

    INTERNAL = "internal"
    EXTERNAL = "external"
