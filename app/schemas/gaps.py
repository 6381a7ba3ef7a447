"""Gap analysis: how far the indicators of a scorecard are from their targets, and what moves them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import Frequency, IndicatorLevel, Light
from app.enums.initiatives import InitiativeState
from app.enums.scorecards import ScorecardState
from app.schemas.base import Code, Count, Line, Name, Number, PeriodCode, Ref, View, Year
from app.schemas.definitions import Target
from app.schemas.scorecards import ScorecardYear


class LatestFigure(View):
    """The latest approved figure of an indicator, forecasts and restricted ones apart."""

    id: Annotated[UUID, Field(description="The result's id.")]
    period: PeriodCode
    period_end: Annotated[date, Field(description="The last day of its period.")]
    value: Annotated[Number | None, Field(description="The figure, in the indicator's unit.")]
    rank: Annotated[Count | None, Field(description="The rank.")]


class MovingInitiative(View):
    """An initiative by its names."""

    id: Annotated[UUID, Field(description="Its id.")]
    code: Annotated[Code, Field(description="Its code in its entity.")]
    name_ar: Annotated[Name, Field(description="Its Arabic name.")]
    name_en: Annotated[Name, Field(description="Its English name.")]


class Mover(View):
    """A running initiative that is to move the indicator: its effort and its impact, ready for a scatter."""

    initiative: Annotated[MovingInitiative, Field(description="The initiative.")]
    state: Annotated[InitiativeState, Field(description="Where it stands.")]
    expected: Annotated[
        Number | None, Field(description="What it is to add to the figure, in the indicator's unit.")
    ]
    by_year: Annotated[Year | None, Field(description="By the end of which year; null: not said.")]
    budget: Annotated[
        Number | None, Field(description="Effort: the money asked for it in the year, in Omani rials.")
    ]
    people: Annotated[int | None, Field(ge=0, le=1_000_000, description="Effort: its people, by count.")]
    impact: Annotated[
        Number | None,
        Field(
            description="Percent of the gap that it is to close; negative: it goes the other way. Null: there is no gap,"
            " or what it adds is not said."
        ),
    ]


class GapLine(View):
    """An indicator of a scorecard: what is missing to its target, what that asks of the coming figures, what moves it.
    Changes are signed: what has to come to the figure."""

    indicator: Annotated[Ref, Field(description="The indicator.")]
    level: Annotated[IndicatorLevel, Field(description="Its level.")]
    unit_ar: Annotated[Line, Field(description="Its unit, in Arabic.")]
    unit_en: Annotated[Line, Field(description="Its unit, in English.")]
    frequency: Annotated[Frequency, Field(description="How often it is measured.")]
    weight: Annotated[Number, Field(description="What it counts for in the scorecard, in percent.")]
    target: Annotated[Target | None, Field(description="What is to be reached in the year.")]
    latest: Annotated[LatestFigure | None, Field(description="Where it stands; null: no figure is approved.")]
    figure: Annotated[
        Number | None,
        Field(
            description="What is held against the target: the latest value; of an average, the mean so far."
        ),
    ]
    progress: Annotated[Number | None, Field(description="Percent of the way, as the scoreboard has it.")]
    on_track: Annotated[Number | None, Field(description="Percent of what was expected by now.")]
    light: Annotated[Light, Field(description="The traffic light.")]
    gap: Annotated[Number | None, Field(description="What is missing, in the indicator's unit; 0: nothing.")]
    gap_rank: Annotated[
        Annotated[int, Field(ge=-1_000_000, le=0)] | None, Field(description="What is missing, in places.")
    ]
    gap_percent: Annotated[
        Number | None,
        Field(
            description="What is missing, in percent of what is to be reached; the larger where both count."
        ),
    ]
    reached: Annotated[bool | None, Field(description="Whether the target is reached; null: cannot be said.")]
    periods_left: Annotated[
        Annotated[int, Field(ge=0, le=2000)] | None,
        Field(description="Figures still to come up to the end of the year; null: there is none yet."),
    ]
    required_change: Annotated[
        Number | None, Field(description="What each of them must add, in the indicator's unit.")
    ]
    required_rank_change: Annotated[
        Number | None, Field(description="What each of them must add, in places.")
    ]
    expected_change: Annotated[
        Number | None, Field(description="What the initiatives are to add together; null: none says so.")
    ]
    expected_percent: Annotated[Number | None, Field(description="Percent of the gap that this closes.")]
    moved_by_nothing: Annotated[bool, Field(description="No running initiative is to move it.")]
    movers: Annotated[
        list[Mover], Field(max_length=1000, description="The initiatives that are to, by code.")
    ]


class Gaps(View):
    """The gap analysis of a scorecard."""

    scorecard_id: Annotated[UUID, Field(description="The scorecard.")]
    entity: Annotated[Ref, Field(description="Whose it is.")]
    year: ScorecardYear
    number: Annotated[Count, Field(description="Its version.")]
    state: Annotated[ScorecardState, Field(description="How far it has come.")]
    reached: Annotated[int, Field(ge=0, le=100, description="How many targets are reached.")]
    moved_by_nothing: Annotated[int, Field(ge=0, le=100, description="How many indicators nothing moves.")]
    lines: Annotated[list[GapLine], Field(max_length=100, description="In the order of the scorecard.")]
