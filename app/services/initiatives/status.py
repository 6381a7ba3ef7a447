"""How an approved initiative is doing at a moment, by the published rule (docs/initiative-status.md). Pure; the same
stands in SQL in `status_sql`, and a test holds the two together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import floor

from app.enums.initiatives import InitiativeState, InitiativeStatus

AT_RISK_BELOW, LATE_BELOW = 90, 70
"""Percent of what is planned by now."""

FORECAST_LATE = 10
"""Percent of the planned duration that a forecast end may lie behind the planned end before it is late."""


DECIMALS = 4
"""To which a planned percentage is rounded, before it is compared."""


@dataclass(frozen=True)
class Planned:
    """A milestone as it was approved. `done`: reached by now, or taken out of the plan since."""

    weight: Fraction
    starts_on: date
    due_on: date
    done: bool


@dataclass(frozen=True)
class Standing:
    """What the rule looks at: dates as approved, and what the report approved last says."""

    state: str
    starts_on: date
    ends_on: date
    milestones: Sequence[Planned]
    percent: Fraction | None
    forecast_end: date | None


def planned(milestones: Sequence[Planned], day: date) -> Fraction:
    """Percent that is to be reached by the end of the day, to four decimals: of each milestone the share of its days
    that are over."""
    whole = sum((each.weight * _share(each.starts_on, each.due_on, day) for each in milestones), Fraction(0))
    return Fraction(floor(whole * 10**DECIMALS + Fraction(1, 2)), 10**DECIMALS)


def _share(starts_on: date, due_on: date, day: date) -> Fraction:
    days, over = (due_on - starts_on).days + 1, (day - starts_on).days + 1
    return Fraction(min(max(over, 0), days), days)


def of(standing: Standing, today: date) -> InitiativeStatus | None:
    """The status; None for what was never approved."""
    match standing.state:
        case InitiativeState.STOPPED:
            return InitiativeStatus.STOPPED
        case InitiativeState.CLOSED:
            return InitiativeStatus.CLOSED
        case InitiativeState.APPROVED | InitiativeState.CLOSING:
            return _running(standing, today)
    return None


def _running(standing: Standing, today: date) -> InitiativeStatus:
    percent = standing.percent or Fraction(0)
    if percent >= 100:
        return InitiativeStatus.ON_TRACK
    if today < standing.starts_on and percent == 0:
        return InitiativeStatus.NOT_STARTED
    expected = planned(standing.milestones, today)
    behind = 0 if standing.forecast_end is None else (standing.forecast_end - standing.ends_on).days
    duration = (standing.ends_on - standing.starts_on).days + 1
    if (
        percent * 100 < expected * LATE_BELOW
        or today > standing.ends_on
        or behind * 100 > duration * FORECAST_LATE
    ):
        return InitiativeStatus.LATE
    overdue = any(each.due_on < today and not each.done for each in standing.milestones)
    if percent * 100 < expected * AT_RISK_BELOW or behind > 0 or overdue:
        return InitiativeStatus.AT_RISK
    return InitiativeStatus.ON_TRACK
