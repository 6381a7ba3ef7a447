"""Words of notifications: why somebody is told, how it goes out, and what became of each attempt."""

from enum import StrEnum


class Reason(StrEnum):
    """Why a person is told of a thing. `flagged`: the level below theirs is past the last day that it has for it."""

    AWAITED = "awaited"
    TOLD = "told"
    INVITED = "invited"
    DUE_SOON = "due_soon"
    DUE_TODAY = "due_today"
    LATE = "late"
    FLAGGED = "flagged"


class MailPace(StrEnum):
    """How a person wants to hear by e-mail of what is new: at once, in one mail a day, or not."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    NONE = "none"


class MailState(StrEnum):
    """The life of a mail. `dropped`: nothing was left to say when its turn came; `parked`: tried in vain."""

    PENDING = "pending"
    SENT = "sent"
    DROPPED = "dropped"
    PARKED = "parked"


class DeliveryState(StrEnum):
    """What became of one attempt to send a mail. `unknown`: the worker ended before it could say."""

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Work(StrEnum):
    """What the worker does by itself."""

    TELL = "tell"
    MAIL = "mail"
    REMIND = "remind"
    TICK = "tick"
    AWAIT = "await"
    SCAN = "scan"
    SWEEP = "sweep"
