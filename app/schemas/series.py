"""An indicator's figures over time."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.enums import Frequency, Light, Measure, ObservationStatus, Polarity, TargetKind
from app.schemas.base import Count, Line, Number, PeriodCode, Ref, View, Year

_Goal = Number | None


class _Figure(View):
    value: Annotated[Number | None, Field(description="The figure, in the indicator's unit.")]
    rank: Annotated[Count | None, Field(description="The rank, 1 the best.")]
    rank_of: Annotated[Count | None, Field(description="How many were ranked.")]
    obs_status: Annotated[
        ObservationStatus,
        Field(description="SDMX observation status: B breaks with what was before it, P is provisional."),
    ]
    known_from: Annotated[datetime, Field(description="Since when this was known.")]


class Revised(_Figure):
    """What was known of a period before."""

    result_id: Annotated[UUID, Field(description="The revision.")]
    revision: Annotated[int, Field(ge=1, le=100_000, description="Its number.")]


class Point(_Figure):
    """The approved figure of a period."""

    result_id: Annotated[UUID, Field(description="The result.")]
    period: PeriodCode
    period_start: Annotated[date, Field(description="First day of the period.")]
    period_end: Annotated[date, Field(description="Last day of the period: where the point stands.")]
    revision: Annotated[int, Field(ge=1, le=100_000, description="The number of the revision.")]
    progress: Annotated[
        Number | None,
        Field(description="Percent of the way to the target, not capped; null: cannot be said."),
    ]
    on_track: Annotated[
        Number | None, Field(description="Percent of what was expected by then; null: cannot be said.")
    ]
    light: Annotated[Light, Field(description="Its traffic light, by the definition that it rests on.")]
    expected_value: Annotated[
        Number | None, Field(description="The value that was expected by the end of the period.")
    ]
    expected_rank: Annotated[Number | None, Field(description="The rank that was expected, with fractions.")]
    revised: Annotated[
        list[Revised],
        Field(
            max_length=20,
            description="Its earlier revisions that you may see, the oldest first; of many, the latest.",
        ),
    ]


class Knot(View):
    """A point of the path that is expected, which is straight between two of them."""

    measure: Annotated[Literal["value", "rank"], Field(description="What it is expected of.")]
    kind: Annotated[Literal["baseline", "target"], Field(description="Where it begins, or is to lead.")]
    year: Annotated[Year, Field(description="The year.")]
    day: Annotated[date, Field(description="The end of that year, when it is to be reached.")]
    goal: Annotated[Number, Field(description="In the indicator's unit, or a rank.")]


class Level(View):
    """A target that is not a point on the way but a level: what figures are held against in some years."""

    kind: Annotated[
        TargetKind, Field(description="Band, floor, ceiling, range, average, or blank: not assessed.")
    ]
    year: Annotated[Year, Field(description="The year of the target.")]
    first_year: Annotated[Year | None, Field(description="The first year it holds for; null: from ever.")]
    last_year: Annotated[Year | None, Field(description="The last year; null: for good.")]
    low: Annotated[_Goal, Field(description="The lower limit; null: none.")]
    high: Annotated[_Goal, Field(description="The upper limit; null: none.")]
    outer_min: Annotated[_Goal, Field(description="Where the score below a band reaches zero.")]
    outer_max: Annotated[_Goal, Field(description="Where the score above a band reaches zero.")]


class SeriesRead(View):
    """The approved figures of an indicator over time, and what is expected of it, ready to plot."""

    indicator: Annotated[Ref, Field(description="The indicator.")]
    entity: Annotated[Ref, Field(description="Its owner.")]
    unit_ar: Annotated[Line, Field(description="The unit in Arabic.")]
    unit_en: Annotated[Line, Field(description="The unit in English.")]
    polarity: Annotated[Polarity, Field(description="Whether more, less, or the middle is better.")]
    frequency: Annotated[Frequency, Field(description="How often it is measured.")]
    measure: Annotated[Measure, Field(description="What a result carries.")]
    decimals: Annotated[
        int | None, Field(ge=0, le=10, description="How many decimals to show; null: not defined yet.")
    ]
    definition_id: Annotated[
        UUID | None, Field(description="The definition in force, from which path and levels are; null: none.")
    ]
    as_of: Annotated[
        datetime | None, Field(description="The moment whose knowledge was asked for; null: now.")
    ]
    points: Annotated[
        list[Point],
        Field(max_length=600, description="One for each period, the oldest first; of many, the latest 600."),
    ]
    older: Annotated[
        bool, Field(description="Whether there are points before these: ask for them with `to_period`.")
    ]
    path: Annotated[list[Knot], Field(max_length=202, description="The knots, by measure and year.")]
    levels: Annotated[
        list[Level], Field(max_length=100, description="By the year of the target. None holds for ranks.")
    ]
