"""Indicators: what is made, changed and read."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.enums import (
    ContributionState,
    EnteredBy,
    Frequency,
    IndicatorLevel,
    IndicatorState,
    Light,
    Measure,
    ObligationState,
    ObservationStatus,
    Polarity,
)
from app.schemas.base import (
    NOT_BLANK_LINE,
    Actions,
    AwaitedParty,
    Body,
    Code,
    Count,
    Line,
    Name,
    NextCursor,
    Number,
    PeriodCode,
    Ref,
    Version,
    View,
    Words,
    example,
)
from app.schemas.definitions import DefinitionFields, DefinitionInForce
from app.schemas.evidence import EvidenceRequired

_DEFINITION = {"source": "المركز الوطني للإحصاء والمعلومات", "baseline_value": 32.1, "baseline_year": 2020}
_Unit = Annotated[str, Field(min_length=1, max_length=100, pattern=NOT_BLANK_LINE)]
_NameAr = Annotated[Name, Field(description="Its Arabic name.")]
_NameEn = Annotated[Name, Field(description="Its English name.")]
_PriorityId = Annotated[UUID | None, Field(description="The national priority that it serves.")]
_ProgrammeId = Annotated[UUID | None, Field(description="The programme that it measures.")]
_Publisher = Annotated[Line | None, Field(description="Who publishes it.")]
_Note = Annotated[Line | None, Field(description="What a reader should know of it.")]
_UnitAr = Annotated[_Unit, Field(description="The unit in Arabic.")]
_UnitEn = Annotated[_Unit, Field(description="The unit in English.")]
_Polarity = Annotated[Polarity, Field(description="Whether more, less, or the middle is better.")]
_Frequency = Annotated[Frequency, Field(description="How often it is measured.")]
_Measure = Annotated[Measure, Field(description="What a result carries.")]


class IndicatorCreate(Body):
    """A new indicator with the first version of its definition. Both begin as drafts."""

    model_config = example(
        code="mol-omanisation",
        level="main",
        name_ar="معدل التعمين في القطاع الخاص",
        name_en="Omanisation rate in the private sector",
        unit_ar="نسبة مئوية",
        unit_en="percent",
        polarity="higher_better",
        frequency="annual",
        measure="value",
        definition=_DEFINITION,
    )

    code: Annotated[Code, Field(description="Its code among people; no other indicator has it.")]
    level: Annotated[
        IndicatorLevel,
        Field(description="UNIT drafts vision indicators; the owner's specialists the other levels."),
    ]
    name_ar: _NameAr
    name_en: _NameEn
    unit_ar: _UnitAr
    unit_en: _UnitEn
    polarity: _Polarity
    frequency: _Frequency
    measure: _Measure
    priority_id: _PriorityId = None
    programme_id: _ProgrammeId = None
    publisher: _Publisher = None
    note: _Note = None
    definition: Annotated[
        DefinitionFields | None, Field(description="What is known already of how it is measured.")
    ] = None


class IndicatorPatch(Body):
    """A correction, as a JSON merge patch (RFC 7396). Unit, polarity, measure and frequency change only while
    the indicator is a draft that nobody is confirming."""

    model_config = example(name_ar="معدل التعمين في منشآت القطاع الخاص", note="يشمل المنشآت المسجلة")

    name_ar: _NameAr = Field(default_factory=str)
    name_en: _NameEn = Field(default_factory=str)
    priority_id: _PriorityId = None
    programme_id: _ProgrammeId = None
    publisher: _Publisher = None
    note: _Note = None
    unit_ar: _UnitAr = Field(default_factory=str)
    unit_en: _UnitEn = Field(default_factory=str)
    polarity: _Polarity = Polarity.HIGHER_BETTER
    frequency: _Frequency = Frequency.ANNUAL
    measure: _Measure = Measure.VALUE


class DivisionInCharge(Body):
    """Who is in charge of an indicator."""

    model_config = example(division_id="019a0000-0000-7000-8000-000000000001")

    division_id: Annotated[
        UUID | None, Field(description="The executing division of the owner entity; null: none.")
    ]


class Enterer(Body):
    """Who enters an indicator's figures."""

    model_config = example(entered_by="unit")

    entered_by: Annotated[
        EnteredBy, Field(description="The owner's chain, or UNIT itself (an international index).")
    ]


class Contributors(Body):
    """Whether other entities contribute to an indicator."""

    model_config = example(shared=False)

    shared: Annotated[bool, Field(strict=True, description="True: they do, and are invited.")]


class Retirement(Body):
    """Why an indicator is not measured any more."""

    model_config = example(reason="حلّ محله مؤشر الإنتاجية الجديد")

    reason: Annotated[Words, Field(description="Why; readers of its figures are told.")]


class _Indicator(View):
    id: Annotated[UUID, Field(description="The indicator's id.")]
    code: Annotated[Code, Field(description="Its code among people.")]
    name_ar: _NameAr
    name_en: _NameEn
    level: Annotated[IndicatorLevel, Field(description="Vision, main, special or excellence.")]
    state: Annotated[IndicatorState, Field(description="Draft, active or retired.")]
    in_scorecard: Annotated[bool, Field(description="Whether it stands in the owner's scorecard.")]
    shared: Annotated[
        bool | None, Field(description="Whether other entities contribute; null: nobody has said.")
    ]
    entity: Annotated[Ref, Field(description="The owner entity.")]
    priority: Annotated[Ref | None, Field(description="The national priority that it serves.")]
    division: Annotated[Ref | None, Field(description="The executing division in charge; null: none.")]
    unit_ar: Annotated[Line, Field(description="The unit in Arabic.")]
    unit_en: Annotated[Line, Field(description="The unit in English.")]
    polarity: _Polarity
    frequency: _Frequency
    measure: _Measure
    verified: Annotated[bool, Field(description="False: the definition rests on one weak source.")]
    light: Annotated[
        Light,
        Field(
            description="The traffic light of the latest approved figure that you may see, forecasts and restricted"
            " ones apart; grey: there is none, or it cannot be assessed."
        ),
    ]
    corrective: Annotated[
        bool | None,
        Field(
            description="Where the light is red, whether an initiative in work is to move the indicator; null where it is"
            " not red, or not yours to see."
        ),
    ]
    version: Version


class IndicatorItem(_Indicator):
    """An indicator in a list."""


class ScheduleInForce(View):
    """How often an indicator is measured now, and when its figures are due, in Omani working days."""

    frequency: _Frequency
    starts_on: Annotated[date, Field(description="Since when.")]
    opens_after: Annotated[int, Field(ge=1, le=32767, description="From the end of a period to its opening.")]
    due_after: Annotated[int, Field(ge=1, le=32767, description="From the end of a period to its due day.")]
    late_for: Annotated[
        int, Field(ge=0, le=32767, description="From the due day: until then late, after it overdue.")
    ]
    closes_after: Annotated[
        int, Field(ge=0, le=32767, description="After that, until the period closes for entry.")
    ]


class IndicatorRead(_Indicator):
    """An indicator: owner, the definition and the schedule in force."""

    pillar: Annotated[Ref | None, Field(description="The pillar of its priority.")]
    programme: Annotated[Ref | None, Field(description="The programme that it measures.")]
    entered_by: Annotated[EnteredBy, Field(description="Who enters its figures: the owner's chain, or UNIT.")]
    owner_assumed: Annotated[bool, Field(description="True: no source names the owner; given by remit.")]
    name_ar_translated: Annotated[bool, Field(description="True: the Arabic name is a translation of ours.")]
    publisher: _Publisher
    definition: Annotated[
        DefinitionInForce | None, Field(description="How it is measured; null while it is a draft.")
    ]
    draft_id: Annotated[UUID | None, Field(description="The version in work, if you work on it.")]
    schedule: Annotated[ScheduleInForce | None, Field(description="When figures are due; null: not set.")]
    required_evidence: Annotated[
        list[EvidenceRequired], Field(max_length=7, description="What each of its results must carry.")
    ]
    confidence: Annotated[
        Literal["A", "B", "C"] | None,
        Field(description="Of what was loaded. A: two sources agree; B: one good source; C: weak."),
    ]
    status: Annotated[Line | None, Field(description="What a reader should know, such as its end.")]
    note: Annotated[Line | None, Field(description="What we took for granted, such as why this owner.")]
    retired_on: Annotated[date | None, Field(description="Since when it is not measured any more.")]
    late: Annotated[
        bool, Field(description="Whether a figure of it, as far as you see it, is late or overdue.")
    ]
    actions: Actions


class IndicatorList(View):
    """A page of indicators."""

    items: Annotated[list[IndicatorItem], Field(max_length=200, description="The indicators, by name.")]
    next_cursor: NextCursor


class CardFigure(View):
    """An approved figure."""

    result_id: Annotated[UUID, Field(description="The result.")]
    period: PeriodCode
    period_end: Annotated[date, Field(description="Last day of the period.")]
    value: Annotated[Number | None, Field(description="The figure, in the indicator's unit.")]
    rank: Annotated[Count | None, Field(description="The rank, 1 the best.")]
    rank_of: Annotated[Count | None, Field(description="How many were ranked.")]
    obs_status: Annotated[ObservationStatus, Field(description="SDMX observation status.")]
    known_from: Annotated[datetime, Field(description="Since when the figure is known.")]


class CardContribution(View):
    """An entity that contributes, or is invited to."""

    id: Annotated[UUID, Field(description="The contribution.")]
    entity: Annotated[Ref, Field(description="The contributing entity.")]
    part: Annotated[Ref | None, Field(description="Its own indicator, once it accepted.")]
    weight: Annotated[Number, Field(description="Percent of the whole.")]
    state: Annotated[ContributionState, Field(description="Accepted, or invited.")]


class CardObligation(View):
    """The figure that is most urgent."""

    id: Annotated[UUID, Field(description="The obligation.")]
    period: PeriodCode
    due_on: Annotated[date, Field(description="Last day on which a figure is in time.")]
    state: Annotated[ObligationState, Field(description="Where it stands today in Oman.")]
    closed: Annotated[bool, Field(description="Whether the period is closed for entry.")]


class CardWait(AwaitedParty):
    """Whom one of its definitions or results waits for."""

    kind: Annotated[Literal["definition", "result"], Field(description="What waits.")]
    subject_id: Annotated[UUID, Field(description="The id of what waits.")]
    period: Annotated[PeriodCode | None, Field(description="The period, where it is a result.")]


class IndicatorCard(_Indicator):
    """An indicator at a glance: what it is to reach, how it stands, who contributes, what is awaited."""

    definition: Annotated[
        DefinitionInForce | None, Field(description="How it is measured; null while it is a draft.")
    ]
    schedule: Annotated[ScheduleInForce | None, Field(description="When figures are due; null: not set.")]
    latest: Annotated[
        CardFigure | None, Field(description="The approved figure of the latest period that you may see.")
    ]
    series: Annotated[
        list[CardFigure],
        Field(max_length=60, description="The approved figures that you may see, the latest period first."),
    ]
    late: Annotated[
        bool, Field(description="Whether a figure of it, as far as you see it, is late or overdue.")
    ]
    obligation: Annotated[
        CardObligation | None,
        Field(
            description="The oldest late or overdue figure that you see to be due, else the next that is neither"
            " complete nor excused; null: none."
        ),
    ]
    contributions: Annotated[
        list[CardContribution], Field(max_length=1000, description="Those that stand, by weight.")
    ]
    awaiting: Annotated[
        list[CardWait],
        Field(
            max_length=1000, description="What its definitions and results wait for, as far as you see it."
        ),
    ]
