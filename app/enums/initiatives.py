"""Words of initiatives, projects and national programmes (Guide N-1 to N-8)."""

from enum import StrEnum


class InitiativeKind(StrEnum):
    """What it is: change or improvement, a tangible result, foresight that the technical representative endorses, or
    the simplification of a procedure (Guide N-1, N-6, N-7)."""

    INITIATIVE = "initiative"
    PROJECT = "project"
    FORESIGHT = "foresight"
    SIMPLIFICATION = "simplification"


class InitiativeState(StrEnum):
    """The life of an initiative. `closing`: who runs it says that it is done, and the office has not confirmed yet."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    CLOSING = "closing"
    CLOSED = "closed"
    STOPPED = "stopped"
    DISCARDED = "discarded"


class InitiativeStatus(StrEnum):
    """How an approved initiative is doing, at a moment (docs/initiative-status.md). Derived, never stored."""

    NOT_STARTED = "not_started"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    LATE = "late"
    STOPPED = "stopped"
    CLOSED = "closed"


class Sector(StrEnum):
    """The sectors of economic diversification (Guide Q-2)."""

    MANUFACTURING = "manufacturing"
    FISHERIES = "fisheries"
    TOURISM = "tourism"
    MINING = "mining"
    TRANSPORT_LOGISTICS = "transport_logistics"


class BudgetSource(StrEnum):
    """Where money comes from (Guide N-4)."""

    STATE_BUDGET = "state_budget"
    OWN_REVENUE = "own_revenue"
    PROGRAMME = "programme"
    PARTNER = "partner"
    OTHER = "other"


class BudgetAnswer(StrEnum):
    """What became of a request for money (Guide P-10)."""

    GRANTED = "granted"
    REFUSED = "refused"


class SiteCheckState(StrEnum):
    """The life of a check on the ground. Nothing is deleted: a mistaken one is withdrawn with a reason."""

    RECORDED = "recorded"
    WITHDRAWN = "withdrawn"
