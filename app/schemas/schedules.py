"""Schedules: how often an indicator is measured, and when its figures are due."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from app.enums import Frequency
from app.schemas.base import (
    Body,
    Day,
    NextCursor,
    PersonRef,
    View,
    Whole,
    Words,
    example,
)

_Days = Annotated[Whole, Field(ge=0, le=366)]
_OpensAfter = Annotated[
    Whole,
    Field(ge=1, le=366, description="Omani working days from the end of a period until figures are taken."),
]
_DueAfter = Annotated[
    Whole, Field(ge=1, le=366, description="Omani working days from the end of a period until it is due.")
]
_LateFor = Annotated[
    _Days,
    Field(
        description="Omani working days after the due day during which a figure counts as late; after them it is"
        " overdue, and still taken until the period closes."
    ),
]
_ClosesAfter = Annotated[
    _Days, Field(description="Omani working days after those until the period closes for entry.")
]
_REASON = "تتاح القيم شهريًّا منذ بداية العام"


class ScheduleCreate(Body):
    """How an indicator is to be measured from a day on."""

    model_config = example(
        frequency="quarterly",
        starts_on="2027-01-01",
        opens_after=1,
        due_after=10,
        late_for=5,
        closes_after=10,
        reason=_REASON,
    )

    frequency: Annotated[
        Frequency, Field(description="How often; `irregular` asks for no figures from then on.")
    ]
    starts_on: Annotated[
        Day,
        Field(description="The first day of a period of this frequency, after every period that is to stay."),
    ]
    opens_after: _OpensAfter
    due_after: _DueAfter
    late_for: _LateFor
    closes_after: _ClosesAfter
    reason: Annotated[Words | None, Field(description="Why it is set or changed.")] = None


class ScheduleRead(View):
    """A schedule of an indicator. It holds until the next one begins."""

    model_config = example(
        number=2,
        frequency="quarterly",
        starts_on="2027-01-01",
        opens_after=1,
        due_after=10,
        late_for=5,
        closes_after=10,
        reason=_REASON,
        set_by={
            "id": "019a0000-0000-7000-8000-000000000002",
            "name_ar": "مريم بنت خلفان البلوشية",
            "name_en": "Maryam Al Balushi",
        },
        set_at="2026-11-22T08:30:00Z",
        in_force=False,
    )

    number: Annotated[int, Field(ge=1, le=1_000_000, description="The first of an indicator is 1.")]
    frequency: Annotated[Frequency, Field(description="How often the indicator is measured.")]
    starts_on: Annotated[date, Field(description="The first day that it holds for.")]
    opens_after: _OpensAfter
    due_after: _DueAfter
    late_for: _LateFor
    closes_after: _ClosesAfter
    reason: Annotated[Words | None, Field(description="Why it was set; null: nobody said.")]
    set_by: Annotated[PersonRef | None, Field(description="Who set it; null: it was loaded.")]
    set_at: Annotated[datetime, Field(description="When.")]
    in_force: Annotated[bool, Field(description="Whether it holds today, in Oman.")]


class ScheduleList(View):
    """A page of an indicator's schedules."""

    items: Annotated[list[ScheduleRead], Field(max_length=200, description="The newest first.")]
    next_cursor: NextCursor
