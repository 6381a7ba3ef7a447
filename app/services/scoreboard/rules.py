"""How the scores of indicators make that of an entity, a priority, a pillar or the nation
(docs/kpi-arithmetic.md). Pure; `roll_up_sql` says the same in SQL."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from app.enums import Light, Trend
from app.services.scores import rules as scores
from app.services.scores.rules import EXACT, Score, quotient

MINIMUM_COVERAGE = Decimal("0.5")
"""Below this share of what is to be assessed there is no score: it would speak for the few."""

GREEN_AT, AMBER_AT = Decimal(90), Decimal(70)
"""Pace from which the light of a group is green or amber: our assumption, as for indicators."""

MONTHS = 12
"""Of how many months completeness and timeliness are told."""

_FULL = Decimal(100)
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Member:
    """An indicator of a group. `before`: its progress in the period before; `asked`: a figure of it can be
    expected by now, and its year is assessed; `overdue`: a figure newer than the one scored is overdue;
    `uncorrected`: its light is red, and no initiative in work is to move it."""

    score: Score
    before: Decimal | None = None
    asked: bool = True
    overdue: bool = False
    weight: Decimal = Decimal(1)
    uncorrected: bool = False

    @property
    def assessed(self) -> bool:
        """What is overdue counts as missing: an old figure does not stand in for it."""
        return self.score.progress is not None and not self.overdue


@dataclass(frozen=True, slots=True)
class RollUp:
    """What a group of indicators comes to. `score` and `pace` are percent from 0 to 100, `change` is in points."""

    indicators: int
    asked: int
    assessed: int
    overdue: int
    on_track: int
    lights: dict[Light, int]
    coverage: Decimal | None
    score: Decimal | None
    pace: Decimal | None
    light: Light
    change: Decimal | None
    trend: Trend | None
    red_without_corrective: int = 0


def roll_up(members: Collection[Member]) -> RollUp:
    """The weighted mean of capped progress over what is assessed; None under the minimum coverage.

    What is not asked yet leaves the coverage; what is overdue counts as missing.
    """
    assessed = [member for member in members if member.assessed]
    share = _mean([member for member in members if member.asked], lambda member: Decimal(member.assessed))
    spoken_for = assessed if share is not None and share >= MINIMUM_COVERAGE else []
    pace = _mean(spoken_for, lambda member: capped(member.score.on_track))
    change = _mean(spoken_for, _change)
    lights = Counter(member.score.light for member in members)
    return RollUp(
        indicators=len(members),
        asked=sum(member.asked for member in members),
        assessed=len(assessed),
        overdue=sum(member.overdue for member in members),
        on_track=sum(
            member.score.on_track is not None and member.score.on_track >= _FULL for member in members
        ),
        lights={light: lights[light] for light in Light},
        coverage=None if share is None else share.quantize(Decimal("0.0001"), ROUND_HALF_UP),
        score=_mean(spoken_for, lambda member: capped(member.score.progress)),
        pace=pace,
        light=scores.light(pace, GREEN_AT, AMBER_AT),
        change=change,
        trend=None if change is None else trend(change),
        red_without_corrective=sum(member.uncorrected for member in members),
    )


def capped(percent: Decimal | None) -> Decimal | None:
    """From 0 to 100: what is passed elsewhere does not make up for what is missing, nor sink the rest."""
    return None if percent is None else min(_FULL, max(_ZERO, percent))


def trend(change: Decimal) -> Trend:
    """Better or worse by at least a tenth of a point, or the same."""
    points = change.quantize(Decimal("0.1"), ROUND_HALF_UP)
    if points == 0:
        return Trend.SAME
    return Trend.BETTER if points > 0 else Trend.WORSE


def _change(member: Member) -> Decimal | None:
    now, before = capped(member.score.progress), capped(member.before)
    return None if now is None or before is None else now - before


def _mean(members: Collection[Member], of: Callable[[Member], Decimal | None]) -> Decimal | None:
    """The weighted mean over the members that have it; None where there is none."""
    found = [(member.weight, number) for member in members if (number := of(member)) is not None]
    if not found:
        return None
    with localcontext(EXACT):
        total = sum((weight * number for weight, number in found), _ZERO)
        return quotient(total, sum((weight for weight, _ in found), _ZERO))


def rated_since(today: date) -> date:
    """The first due day that completeness and timeliness count."""
    year, month = divmod(today.year * 12 + today.month - 1 - MONTHS, 12)
    return date(year, month + 1, 1)
