"""How far an indicator is from its target of a year, what each coming figure must add, and what its initiatives are to
add (Guide I-7). Pure, in `Decimal`; where a fact is missing there is no number.

Changes are signed: what has to come to the figure, so that a target below it gives a negative one.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from app.enums import Frequency, Polarity, TargetKind
from app.services.scores.rules import EXACT, Measured, Target, quotient

_ZERO = Decimal(0)
_FULL = Decimal(100)
_CENT = Decimal("0.01")
_MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.SEMIANNUAL: 6, Frequency.BIENNIAL: 24}
"""Months of a period; of all others, an irregular one too, a year."""

_AT_LEAST = (TargetKind.FLOOR,)
_AT_MOST = (TargetKind.CEILING,)


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing: in the indicator's unit, in places, and in percent of what is to be reached, the larger of the
    two where both count. Zero: reached. None: it cannot be said."""

    value: Decimal | None = None
    rank: int | None = None
    percent: Decimal | None = None

    @property
    def reached(self) -> bool | None:
        """Whether the target is reached; None: that cannot be said."""
        return None if self.percent is None else not (self.value or self.rank)


def gap(target: Target | None, polarity: Polarity, figure: Measured) -> Gap:
    """From `figure` to `target`: where one of the numbers that the target asks for is missing, nothing is said."""
    if target is None or target.kind is TargetKind.BLANK:
        return Gap()
    value, goal = _of_value(target, polarity, figure.value)
    rank = _of_rank(target, figure.rank)
    asked_value, asked_rank = target.kind is not TargetKind.TOP_RANK, target.rank is not None
    if (asked_value and value is None) or (asked_rank and rank is None):
        return Gap(value, rank)
    percents = [
        share(abs(missing), abs(whole))
        for missing, whole in ((value, goal), (_decimal(rank), _decimal(target.rank)))
        if missing is not None and whole is not None
    ]
    known = [percent for percent in percents if percent is not None]
    return Gap(value, rank, max(known) if len(known) == len(percents) else None)


def share(part: Decimal, whole: Decimal) -> Decimal | None:
    """Percent with two decimals; nothing is no percent of nothing, and all of what is zero is told of none."""
    if whole == 0:
        return _ZERO if part == 0 else None
    with localcontext(EXACT):
        return quotient(_FULL * part, whole).quantize(_CENT, ROUND_HALF_UP)


def periods_left(frequency: Frequency, latest: date | None, year: int) -> int | None:
    """How many figures are still to come after the one whose period ends on `latest`, up to the end of `year`; None
    where there is no figure yet."""
    if latest is None:
        return None
    months = year * 12 + 12 - (latest.year * 12 + latest.month)
    if months <= 0:
        return 0
    return max(1, months // _MONTHS.get(frequency, 12))


def each(missing: Decimal | None, periods: int | None) -> Decimal | None:
    """What each of so many figures must add; None where none is to come."""
    if missing is None or not periods:
        return None
    with localcontext(EXACT):
        return quotient(missing, Decimal(periods))


def _of_value(target: Target, polarity: Polarity, x: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    """What the value is short of, and the end that it is to come to."""
    low, high = target.value, target.value_max if target.value_max is not None else target.value
    if x is None or low is None or high is None:
        return None, low
    below, above = x < low, x > high
    if target.kind is TargetKind.BAND or (
        polarity is Polarity.BAND and target.kind not in _AT_LEAST + _AT_MOST
    ):
        counts = below or above
    elif target.kind in _AT_LEAST:
        counts = below
    elif target.kind in _AT_MOST:
        counts = above
    else:
        counts = below if polarity is Polarity.HIGHER_BETTER else above
    goal = high if above else low
    return (goal - x if counts else _ZERO), goal


def _of_rank(target: Target, rank: int | None) -> int | None:
    if target.rank is None or rank is None:
        return None
    return min(0, target.rank - rank)


def _decimal(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)
