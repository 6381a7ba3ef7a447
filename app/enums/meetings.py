"""Words of meetings, their series and decisions (Guide M-1, M-2)."""

from enum import StrEnum


class WithWhom(StrEnum):
    """Whom the office meets: UNIT's offices team, project managers, divisions, or its own people (Guide M-2)."""

    UNIT_TEAM = "unit_team"
    PROJECT_MANAGERS = "project_managers"
    DIVISIONS = "divisions"
    INTERNAL = "internal"


class Every(StrEnum):
    """How often a series meets."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class Weekday(StrEnum):
    """The day of the week on which a weekly series meets: a working day of Oman."""

    SUNDAY = "sunday"
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"


class SeriesState(StrEnum):
    """The life of a series. Nothing of what has ended is planned any more."""

    RUNNING = "running"
    ENDED = "ended"


class MeetingState(StrEnum):
    """The life of a meeting. `held`: attendance is recorded and the minutes are written; `confirmed`: they are
    frozen."""

    PLANNED = "planned"
    HELD = "held"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class MeetingRole(StrEnum):
    """What a person is at a meeting."""

    CHAIR = "chair"
    SECRETARY = "secretary"
    MEMBER = "member"
    GUEST = "guest"


class MeetingDecisionState(StrEnum):
    """The life of a decision of a meeting. `final`: the minutes are confirmed; derived, never stored."""

    RECORDED = "recorded"
    FINAL = "final"
    WITHDRAWN = "withdrawn"


class AgendaReason(StrEnum):
    """Why the service proposes something for the agenda, in the order of urgency."""

    OVERDUE = "overdue"
    LATE = "late"
    RED = "red"
    AT_RISK = "at_risk"
    OPEN = "open"
