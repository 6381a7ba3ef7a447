"""What can be done about a figure that is due: transitions and pure guards (Guide D-2, I-5)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.enums import ObservationStatus, Step
from app.errors import AlreadyExists, Conflict, FieldError, Invalid, Text, invalid
from app.services.transitions import Transition

DUE, EXCUSED = "due", "excused"
"""What is decided about an obligation. Open, late and the like follow from the day and are never stored."""

ENTER = "results.create"
"""What is done about a figure that is due; what else can be, the transitions say."""

EXCUSE = Transition("obligations.excuse", frozenset({DUE}), EXCUSED, reason=True)
REINSTATE = Transition("obligations.reinstate", frozenset({EXCUSED}), DUE, reason=True)
ASK_REOPENING = Transition("obligations.ask_reopening", frozenset({DUE}), DUE)

TRANSITIONS = (EXCUSE, REINSTATE, ASK_REOPENING)

_BEFORE_OPENING = frozenset(
    {ObservationStatus.ESTIMATED, ObservationStatus.FORECAST, ObservationStatus.PROVISIONAL}
)


class Complete(Conflict):
    code = "complete"
    title = Text("The figure is approved, so nothing is due any more", "القيمة معتمدة فلم يعد شيء مستحقًا")


class NotClosed(Conflict):
    code = "not_closed"
    title = Text(
        "The period is not closed: a figure can be entered without leave",
        "الفترة غير مغلقة، ويمكن إدخال القيمة دون إذن",
    )


class PeriodClosed(Conflict):
    code = "period_closed"
    title = Text(
        "The period is closed: a figure is entered only within a granted reopening",
        "الفترة مغلقة، ولا تُدخل القيمة إلا بإذن إعادة فتح ممنوح",
    )


class TooManyIndicators(Invalid):
    code = "too_many_indicators"
    title = Text(
        "The calendar shows 500 indicators at most; narrow it to an entity or a division",
        "يعرض التقويم 500 مؤشر على الأكثر، فاحصره في جهة أو تقسيم",
    )


def check_not_complete(row: Mapping[str, Any]) -> None:
    """Raises Complete where the figure is approved."""
    if row["complete"]:
        raise Complete()


def check_to_be_reopened(row: Mapping[str, Any]) -> None:
    """A leave to enter is asked once, for a closed period without a figure.

    Raises AlreadyExists where there is a figure or a leave, NotClosed.
    """
    if row["has_result"]:
        raise AlreadyExists(
            Text("This indicator has a result for this period.", "لهذا المؤشر نتيجة في هذه الفترة.")
        )
    if not row["closed"]:
        raise NotClosed()
    if row["has_reopening"]:
        raise AlreadyExists(
            Text("A reopening of this period is open already.", "يوجد طلب إعادة فتح قائم لهذه الفترة.")
        )


def open_now(transition: Transition, row: Mapping[str, Any]) -> bool:
    """What else than the state a transition asks of the obligation."""
    if transition is EXCUSE:
        return not row["complete"]
    if transition is ASK_REOPENING:
        return row["closed"] and not row["has_result"] and not row["has_reopening"]
    return True


def can_be_entered(row: Mapping[str, Any]) -> bool:
    """Whether a first figure can be entered now, be it an estimate."""
    return not row["has_result"] and (not row["closed"] or row["has_leave"])


def check_due_days(first: date | None, last: date | None) -> None:
    """Whether days that figures are narrowed to are a span. Raises Invalid at the parameter `to_due`."""
    if first is not None and last is not None and last < first:
        said = Text(
            f"The last due day is not before the first ({first}).", f"لا يسبق آخر المدة أولها ({first})."
        )
        raise Invalid(errors=(FieldError("out_of_range", said, parameter="to_due"),))


def check_opened(opens_on: date, obs_status: str, today: date) -> None:
    """Before entry opens a figure is provisional, an estimate or a forecast. Raises Invalid."""
    if today < opens_on and obs_status not in _BEFORE_OPENING:
        raise invalid(
            "#/period",
            "not_yet_open",
            f"Final figures of the period are taken from {opens_on.isoformat()} on; until then one is"
            " provisional, an estimate or a forecast.",
            f"تُستقبل القيم النهائية للفترة ابتداءً من {opens_on.isoformat()}، وقبل ذلك تكون القيمة أولية أو"
            " مقدّرة أو متوقعة.",
        )


def dues(due_on: date, closes_on: date) -> dict[str, date]:
    """Until when each step of the results chain is due."""
    return {Step.ENTER.value: due_on, Step.REVIEW.value: closes_on, Step.APPROVE.value: closes_on}


def no_such_period(first: str | None, last: str | None) -> Invalid:
    """The indicator is not measured in that period; `first` to `last` are those in which it is."""
    if first is None:
        en, ar = "The indicator has no period to enter.", "ليس للمؤشر فترة تُدخل قيمتها."
    else:
        en = f"The indicator's periods run from {first} to {last}; this is none of them."
        ar = f"فترات المؤشر من {first} إلى {last}، وليست هذه منها."
    return Invalid(errors=(FieldError("no_such_period", Text(en, ar), pointer="#/period"),))
