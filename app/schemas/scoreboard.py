"""The scoreboard: where entities, priorities, pillars and the nation stand (docs/kpi-arithmetic.md)."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.enums import Light, Trend
from app.schemas.base import Code, Name, Number, View

By = Literal["entity", "priority", "pillar", "nation"]

_Number = Annotated[int, Field(ge=0, le=1_000_000)]
_Share = Annotated[Number, Field(ge=0, le=1)]
_Percent = Annotated[Number, Field(ge=0, le=100)]
_Link = Annotated[str, Field(max_length=500, pattern=r"^/v1/[a-z-]+\?[A-Za-z0-9_=&%.:+-]*$")]


class ScoreboardKey(View):
    """What a line is about."""

    kind: Annotated[Literal["entity", "priority", "pillar"], Field(description="What it is.")]
    id: Annotated[UUID, Field(description="Its id.")]
    code: Annotated[Code, Field(description="Its code among people.")]
    name_ar: Annotated[Name, Field(description="Its Arabic name.")]
    name_en: Annotated[Name, Field(description="Its English name.")]


class ScoreboardBelow(View):
    """The requests that show what a line is made of."""

    lines: Annotated[
        _Link | None, Field(description="The scoreboard of what lies below; null: only indicators do.")
    ]
    indicators: Annotated[
        _Link | None,
        Field(description="Its indicators, as they stand today; null: those that serve no priority."),
    ]


class ScoreboardLine(View):
    """What the active indicators of a line come to, as you see them: of your entity, of both sides of a
    contribution, and for UNIT of all, by all approved figures that are not restricted; of others by the published ones."""

    key: Annotated[
        ScoreboardKey | None,
        Field(description="Of whom. Null: the nation; by priority or pillar, indicators that serve none."),
    ]
    below: Annotated[ScoreboardBelow, Field(description="What it is made of.")]
    indicators: Annotated[_Number, Field(description="Active indicators.")]
    asked: Annotated[
        _Number,
        Field(
            description="Of these: not those whose first figure is not overdue yet, as far as you see what is due, or whose"
            " year is blank."
        ),
    ]
    assessed: Annotated[
        _Number, Field(description="Of these: with progress that can be told, and no newer figure overdue.")
    ]
    coverage: Annotated[
        _Share | None,
        Field(description="assessed / asked by weight, 0 to 1 with four decimals; null: nothing is asked."),
    ]
    overdue: Annotated[
        _Number | None,
        Field(
            description="Indicators of which a figure newer than the one scored is overdue; null: not all that is due"
            " of the line is yours to see, or it is asked as of a moment."
        ),
    ]
    green: Annotated[_Number, Field(description="Indicators whose light is green.")]
    amber: Annotated[_Number, Field(description="Indicators whose light is amber.")]
    red: Annotated[_Number, Field(description="Indicators whose light is red.")]
    grey: Annotated[_Number, Field(description="Indicators whose light is grey: they cannot be assessed.")]
    red_without_corrective: Annotated[
        _Number | None,
        Field(
            description="Red ones that no initiative in work is to move; null: not all of the line is yours to see, or it"
            " is asked as of a moment."
        ),
    ]
    on_track: Annotated[
        _Number, Field(description="Indicators that have come as far as was expected by now, or farther.")
    ]
    score: Annotated[
        _Percent | None,
        Field(
            description="Weighted mean of the progress of the assessed, each taken from 0 to 100; null: the coverage is"
            " below the minimum."
        ),
    ]
    pace: Annotated[
        _Percent | None,
        Field(description="The same of `on_track`: how much is done of what was expected by now."),
    ]
    light: Annotated[Light, Field(description="Green from a pace of 90, amber from 70; grey without one.")]
    trend: Annotated[
        Trend | None,
        Field(
            description="Where the score of those that were also assessed in the period before has gone; null: none"
            " was."
        ),
    ]
    change: Annotated[
        Annotated[Number, Field(ge=-100, le=100)] | None,
        Field(description="By how many points; less than a tenth is the same."),
    ]
    completeness: Annotated[
        _Share | None,
        Field(
            description="Of the figures due from `from_due` to yesterday, without the excused: the share that is"
            " approved, and more than a forecast. Null: not all that is due of the line is yours to see, nothing was"
            " due, or it is asked as of a moment."
        ),
    ]
    timeliness: Annotated[
        _Share | None,
        Field(description="Of the same: the share submitted on or before its due day, and not sent back."),
    ]


class ScoreboardRead(View):
    """Where entities, priorities, pillars or the nation stand."""

    by: Annotated[By, Field(description="What the lines are about.")]
    today: Annotated[date, Field(description="The day in Oman on which it is asked.")]
    as_of: Annotated[
        datetime | None, Field(description="The moment whose knowledge is shown; null: what is known now.")
    ]
    minimum_coverage: Annotated[
        Annotated[Number, Field(ge=0, le=1)], Field(description="Coverage below which there is no score.")
    ]
    from_due: Annotated[
        date | None, Field(description="Since which due day completeness and timeliness are counted.")
    ]
    lines: Annotated[
        list[ScoreboardLine], Field(max_length=10_000, description="One for each key, by its code.")
    ]


class StandingBefore(View):
    """The score of the period before."""

    progress: Annotated[Number | None, Field(description="Percent of the way to the target, uncapped.")]
    on_track: Annotated[Number | None, Field(description="Percent of what was expected, uncapped.")]
    light: Annotated[Light, Field(description="The traffic light.")]


class IndicatorStanding(View):
    """Where an indicator stands: the score of its latest approved figure, forecasts and restricted ones apart."""

    result_id: Annotated[UUID, Field(description="The result.")]
    period_end: Annotated[date, Field(description="Last day of its period.")]
    progress: Annotated[Number | None, Field(description="Percent of the way to the target, uncapped.")]
    on_track: Annotated[Number | None, Field(description="Percent of what was expected, uncapped.")]
    light: Annotated[Light, Field(description="The traffic light.")]
    corrective: Annotated[
        bool | None,
        Field(
            description="Where the light is red, whether an initiative in work is to move the indicator; null where it is"
            " not red, or not yours to see."
        ),
    ]
    before: Annotated[StandingBefore | None, Field(description="The period before; null: none is known.")]


class Around(View):
    """Where an indicator and all that it is part of stand, as you see them."""

    indicator: Annotated[IndicatorStanding | None, Field(description="The indicator; null: no figure yet.")]
    entity: Annotated[
        ScoreboardLine | None,
        Field(description="Its owner entity; null: none of its indicators is active."),
    ]
    priority: Annotated[
        ScoreboardLine | None,
        Field(description="Its priority; null: it serves none, or none of its indicators is active."),
    ]
    pillar: Annotated[
        ScoreboardLine | None,
        Field(description="The pillar of its priority; null: likewise."),
    ]
    nation: Annotated[ScoreboardLine, Field(description="All indicators.")]


class ApprovalPreview(View):
    """What the approval of a result would do. Nothing is changed by asking."""

    result_id: Annotated[UUID, Field(description="The result.")]
    before: Annotated[Around, Field(description="As it stands.")]
    after: Annotated[Around, Field(description="As it would stand.")]
