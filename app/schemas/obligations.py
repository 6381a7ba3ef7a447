"""Obligations: the figures that are due, from whom and when (Guide D-2, D-5)."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.enums import EnteredBy, ObligationState
from app.schemas.base import (
    Actions,
    Code,
    Name,
    NextCursor,
    Number,
    PeriodCode,
    PersonRef,
    Ref,
    Version,
    View,
    Words,
)

By = Literal["person", "division", "entity", "priority", "nation"]

_STATE = (
    "Where it stands today in Oman: not yet open, open, entered (a draft), late (past the due day), overdue (past "
    "the last day for late figures), in review, complete (approved, and more than a forecast), or excused."
)


class _Days(View):
    period: PeriodCode
    period_start: Annotated[date, Field(description="First day of the period.")]
    period_end: Annotated[date, Field(description="Last day of the period.")]
    opens_on: Annotated[date, Field(description="From this day on final figures are taken.")]
    due_on: Annotated[date, Field(description="Last day on which a figure is in time.")]
    late_until: Annotated[date, Field(description="Last day of being merely late.")]
    closes_on: Annotated[
        date, Field(description="Last day on which a figure can be entered without a reopening.")
    ]
    state: Annotated[ObligationState, Field(description=_STATE)]
    closed: Annotated[bool, Field(description="Whether the period is closed for entry.")]


class _Obligation(_Days):
    id: Annotated[UUID, Field(description="The obligation's id.")]
    indicator: Annotated[Ref, Field(description="The indicator.")]
    entity: Annotated[Ref, Field(description="The owner entity.")]
    division: Annotated[Ref | None, Field(description="The division in charge; null: the office.")]
    entered_by: Annotated[EnteredBy, Field(description="Who owes it: the owner's chain, or UNIT.")]
    reopened_until: Annotated[
        date | None,
        Field(
            description="Until then a granted reopening lets it be entered though closed; null: none that you see."
        ),
    ]
    result_id: Annotated[
        UUID | None, Field(description="The newest revision of the figure that you may see.")
    ]
    excuse: Annotated[Words | None, Field(description="Why nobody owes the figure, where it is excused.")]
    version: Version


class ObligationItem(_Obligation):
    """A figure that is due, in a list."""


class ObligationRead(_Obligation):
    """A figure that is due, and what you may do about it now."""

    excused_by: Annotated[PersonRef | None, Field(description="Who excused it.")]
    excused_at: Annotated[datetime | None, Field(description="When it was excused.")]
    actions: Actions


class ObligationList(View):
    """A page of figures that are due."""

    items: Annotated[list[ObligationItem], Field(max_length=200, description="By due day.")]
    next_cursor: NextCursor


_Number = Annotated[int, Field(ge=0, le=1_000_000_000)]
_Share = Annotated[Number, Field(ge=0, le=1)]


class RateKey(View):
    """What a line of the rates is about."""

    kind: Annotated[
        Literal["person", "division", "office", "entity", "priority"],
        Field(description="What it is; `office` where no division is in charge, with the entity's names."),
    ]
    id: Annotated[UUID, Field(description="Its id; of an office, the entity's.")]
    code: Annotated[Code | None, Field(description="Its code among people; null for a person.")]
    name_ar: Annotated[Name, Field(description="Its Arabic name.")]
    name_en: Annotated[Name, Field(description="Its English name.")]


class Rate(View):
    """What came of the figures whose due day has passed, excused ones apart: each is complete, in review,
    late or overdue. By person, each holder of the party that enters answers for the whole of it."""

    key: Annotated[
        RateKey | None,
        Field(
            description="Of whom. Null: the nation; by division, what UNIT enters itself; by person, that and what"
            " nobody in the entity enters; by priority, indicators that serve none."
        ),
    ]
    due: Annotated[_Number, Field(description="Figures whose due day was before today, without the excused.")]
    complete: Annotated[_Number, Field(description="Of these: approved, and more than a forecast.")]
    timely: Annotated[
        _Number,
        Field(description="Of these: approved or in review, and submitted on or before the due day."),
    ]
    late: Annotated[_Number, Field(description="Of these: not handed in, within the time for late figures.")]
    overdue: Annotated[_Number, Field(description="Of these: not handed in, beyond that time.")]
    in_review: Annotated[_Number, Field(description="Of these: submitted or reviewed.")]
    excused: Annotated[
        _Number, Field(description="Excused figures whose due day was before today; no part of `due`.")
    ]
    completeness: Annotated[
        _Share | None, Field(description="complete / due, 0 to 1 with four decimals; null: nothing was due.")
    ]
    timeliness: Annotated[
        _Share | None, Field(description="timely / due, 0 to 1 with four decimals; null: nothing was due.")
    ]


class ObligationRates(View):
    """How much of what was due came, and came in time."""

    by: Annotated[By, Field(description="What the lines are about.")]
    today: Annotated[date, Field(description="The day in Oman for which it is counted.")]
    from_due: Annotated[date | None, Field(description="Only figures due on this day or later.")]
    to_due: Annotated[date | None, Field(description="Only figures due on this day or before.")]
    rates: Annotated[list[Rate], Field(max_length=10_000, description="One line for each key, by its code.")]


class CalendarHoliday(View):
    """A public holiday."""

    day: Annotated[date, Field(description="The day.")]
    name_ar: Annotated[Name, Field(description="Its Arabic name.")]
    name_en: Annotated[Name, Field(description="Its English name.")]
    estimated: Annotated[bool, Field(description="Whether the day may still move with the moon.")]


class CalendarPeriod(_Days):
    """A period of an indicator, with its days."""

    obligation_id: Annotated[UUID, Field(description="Its obligation.")]


class CalendarIndicator(View):
    """An indicator's periods."""

    indicator: Annotated[Ref, Field(description="The indicator.")]
    entity: Annotated[Ref, Field(description="The owner entity.")]
    division: Annotated[Ref | None, Field(description="The division in charge; null: the office.")]
    periods: Annotated[list[CalendarPeriod], Field(max_length=1000, description="By due day.")]


class ObligationCalendar(View):
    """A year of what is due: every period that is open for entry on some day of it."""

    year: Annotated[int, Field(ge=2014, le=2100, description="The year.")]
    weekend: Annotated[
        list[Annotated[int, Field(ge=1, le=7)]],
        Field(max_length=7, description="The days of rest of each week; 1 is Monday, as in ISO 8601."),
    ]
    holidays: Annotated[list[CalendarHoliday], Field(max_length=366, description="By day.")]
    indicators: Annotated[
        list[CalendarIndicator], Field(max_length=500, description="By the indicator's code.")
    ]
