"""Initiatives and projects: what is said of them, what they cost and move, and how they are doing."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.enums import Classification
from app.enums.initiatives import (
    BudgetAnswer,
    BudgetSource,
    InitiativeKind,
    InitiativeState,
    InitiativeStatus,
    Sector,
)
from app.schemas.base import (
    Actions,
    Awaiting,
    Body,
    Code,
    Day,
    Line,
    Name,
    NextCursor,
    Number,
    PersonRef,
    Ref,
    Version,
    View,
    Words,
    example,
)
from app.schemas.decisions import RecordedDecision

Percent = Annotated[Number, Field(ge=0, le=100, decimal_places=2)]
Money = Annotated[Number, Field(ge=0, lt=Decimal(10) ** 12, decimal_places=3)]
"""An amount in Omani rials."""
PlanYear = Annotated[int, Field(ge=2000, le=2100)]


def _within_reach(day: date) -> date:
    """Plans are of this century: a day far outside is a slip, and would make a curve without end."""
    if day < _FIRST:
        raise PydanticCustomError("greater_than_equal", "before the year 2000")
    if day > _LAST:
        raise PydanticCustomError("less_than_equal", "after the year 2100")
    return day


_FIRST, _LAST = date(2000, 1, 1), date(2100, 12, 31)
PlanDay = Annotated[Day, AfterValidator(_within_reach)]
"""A day from 2000 to 2100."""
MilestoneNumber = Annotated[int, Field(ge=1, le=999)]

_MILESTONE = {
    "number": 1,
    "title_ar": "إعداد كراسة الشروط وطرح المناقصة",
    "title_en": "Terms of reference and tender",
    "weight": 40,
    "starts_on": "2026-01-01",
    "due_on": "2026-06-30",
    "acceptance": "نشر المناقصة في منصة إسناد",
    "depends_on": [],
}
_EFFECT = {
    "indicator_id": "019a0000-0000-7000-8000-000000000001",
    "expected": 1.5,
    "by_year": 2027,
    "note": "رفع المعدل بمقدار نقطة ونصف",
}
_Kind = Annotated[
    InitiativeKind,
    Field(
        description="Change or improvement, a tangible result, foresight, or simplification of a procedure."
    ),
]
_Classification = Annotated[Classification, Field(description="Who may read it.")]
_NameAr = Annotated[Name, Field(description="Its name in Arabic.")]
_NameEn = Annotated[Name, Field(description="Its name in English.")]
_Goal = Annotated[Words, Field(description="What it is to reach.")]
_Code = Annotated[Code, Field(description="Its code among people, one of its own in the entity.")]
_Programme = Annotated[UUID | None, Field(description="The national programme that it is a part of.")]
_ProgrammeWeight = Annotated[
    Annotated[Number, Field(gt=0, le=100, decimal_places=2)] | None,
    Field(description="How many times an ordinary initiative it counts in the programme; null: once."),
]
_Sectors = Annotated[
    list[Sector], Field(max_length=5, description="The sectors of diversification that it serves.")
]
_StartsOn = Annotated[PlanDay, Field(description="Its first day.")]
_EndsOn = Annotated[PlanDay, Field(description="Its last day.")]
_People = Annotated[
    Annotated[int, Field(ge=0, le=1_000_000)] | None,
    Field(description="How many people work on it; a number, no names."),
]
_Weight = Annotated[Percent, Field(description="Its percent of the whole.")]
_TitleAr = Annotated[Name, Field(description="What is reached, in Arabic.")]
_TitleEn = Annotated[Name | None, Field(description="The same in English.")]
_Acceptance = Annotated[Words | None, Field(description="What shows that it is reached.")]
_DependsOn = Annotated[
    list[MilestoneNumber],
    Field(max_length=50, description="Numbers of the milestones that are reached before it."),
]
_Number = Annotated[MilestoneNumber, Field(description="What it is named by, once in its initiative.")]
_Expected = Annotated[
    Number | None, Field(description="By how much the indicator moves, in the indicator's unit.")
]
_ByYear = Annotated[PlanYear | None, Field(description="By the end of which year.")]
_Year = Annotated[PlanYear, Field(description="The year.")]
_Source = Annotated[BudgetSource, Field(description="Where the money comes from.")]
_Note = Annotated[Words | None, Field(description="What else there is to say.")]


def _unsaid() -> date:
    """Stands for a day that a patch leaves out; only what is said is read."""
    return date(2000, 1, 1)


class MilestoneSaid(Body):
    """A milestone as the plan says it."""

    model_config = example(**_MILESTONE)

    number: _Number
    title_ar: _TitleAr
    title_en: _TitleEn = None
    weight: _Weight
    starts_on: Annotated[PlanDay, Field(description="When work on it begins.")]
    due_on: Annotated[PlanDay, Field(description="When it is to be reached.")]
    acceptance: _Acceptance = None
    depends_on: Annotated[
        list[MilestoneNumber],
        Field(
            default_factory=list,
            max_length=50,
            description="Numbers of the milestones that are reached before it.",
        ),
    ]


class EffectSaid(Body):
    """What it is to move an indicator by."""

    model_config = example(**_EFFECT)

    indicator_id: Annotated[
        UUID, Field(description="An indicator of the entity, or one that it contributes to.")
    ]
    expected: _Expected = None
    by_year: _ByYear = None
    note: _Note = None


_Milestones = Annotated[
    list[MilestoneSaid],
    Field(
        default_factory=list,
        max_length=200,
        description="The milestones, each number once; they replace all. Their weights come to 100 when it is submitted.",
    ),
]
_Effects = Annotated[
    list[EffectSaid],
    Field(
        default_factory=list,
        max_length=50,
        description="The indicators that it moves, each once; they replace all.",
    ),
]


class InitiativeCreate(Body):
    """A proposal."""

    model_config = example(
        code="INV-01",
        kind="project",
        name_ar="منصة التوظيف الموحدة",
        name_en="Unified employment platform",
        goal="رفع نسبة التعمين في القطاع الخاص",
        starts_on="2026-01-01",
        ends_on="2027-12-31",
        milestones=[_MILESTONE],
    )

    code: _Code
    kind: _Kind
    name_ar: _NameAr
    name_en: _NameEn
    goal: _Goal
    starts_on: _StartsOn
    ends_on: _EndsOn
    classification: _Classification = Classification.INTERNAL
    division_id: Annotated[
        UUID | None,
        Field(description="The executing division in charge; a division's member proposes for their own."),
    ] = None
    programme_id: _Programme = None
    programme_weight: _ProgrammeWeight = None
    sectors: Annotated[
        list[Sector],
        Field(
            default_factory=list, max_length=5, description="The sectors of diversification that it serves."
        ),
    ]
    people_count: _People = None
    milestones: _Milestones
    effects: _Effects


class InitiativePatch(Body):
    """A change of a draft, as a JSON merge patch (RFC 7396); milestones and effects are replaced as a whole."""

    model_config = example(goal="رفع نسبة التعمين في القطاع الخاص إلى 35%", milestones=[_MILESTONE])

    kind: Annotated[InitiativeKind, Field(description="What it is.")] = InitiativeKind.INITIATIVE
    name_ar: _NameAr = Field(default_factory=str)
    name_en: _NameEn = Field(default_factory=str)
    goal: _Goal = Field(default_factory=str)
    starts_on: _StartsOn = Field(default_factory=_unsaid)
    ends_on: _EndsOn = Field(default_factory=_unsaid)
    classification: _Classification = Classification.INTERNAL
    programme_id: _Programme = None
    programme_weight: _ProgrammeWeight = None
    sectors: Annotated[
        list[Sector],
        Field(
            default_factory=list, max_length=5, description="The sectors of diversification that it serves."
        ),
    ]
    people_count: _People = None
    milestones: _Milestones
    effects: _Effects


class InitiativeRevision(Body):
    """A change of the plan of an approved initiative. What is left out stays; lists are replaced as a whole."""

    model_config = example(reason="تأخر إسناد المناقصة بسبب إعادة الطرح", ends_on="2028-03-31")

    reason: Annotated[Words, Field(description="Why the plan changes.")]
    goal: _Goal = Field(default_factory=str)
    starts_on: _StartsOn = Field(default_factory=_unsaid)
    ends_on: _EndsOn = Field(default_factory=_unsaid)
    sectors: Annotated[
        list[Sector],
        Field(
            default_factory=list, max_length=5, description="The sectors of diversification that it serves."
        ),
    ]
    people_count: _People = None
    milestones: _Milestones
    effects: _Effects


class InCharge(Body):
    """Who carries it out. What is left out stays; null names nobody: a division only while it is a draft."""

    model_config = example(division_id="019a0000-0000-7000-8000-000000000001")

    division_id: Annotated[UUID | None, Field(description="An executing division of the entity.")] = None
    manager_id: Annotated[
        UUID | None, Field(description="The project manager: a person with a role in the entity.")
    ] = None


class BudgetRequest(Body):
    """Money asked for."""

    model_config = example(year=2026, source="state_budget", requested=250000, note="حسب المصفوفة المالية")

    year: _Year
    source: _Source
    requested: Annotated[
        Money | None, Field(description="How much, in Omani rials; null takes the request back.")
    ]
    note: _Note = None


class BudgetAnswered(Body):
    """What the bodies concerned answered."""

    model_config = example(
        year=2026,
        source="state_budget",
        answer="granted",
        approved=200000,
        answered_on="2025-10-15",
        letter_number="م/٢١٠/٢٠٢٥",
    )

    year: _Year
    source: _Source
    answer: Annotated[BudgetAnswer, Field(description="Granted, in whole or in part, or refused.")]
    approved: Annotated[
        Money | None, Field(description="How much is granted, in Omani rials; null where it is refused.")
    ] = None
    answered_on: Annotated[PlanDay, Field(description="The day of the answer.")]
    letter_number: Annotated[
        Annotated[Line, Field(min_length=1, max_length=100)] | None,
        Field(description="Number of the letter that answers."),
    ] = None


class Spending(Body):
    """What is spent by now."""

    model_config = example(year=2026, source="state_budget", spent=120500.5)

    year: _Year
    source: _Source
    spent: Annotated[Money, Field(description="In all of that year, in Omani rials.")]
    reason: Annotated[
        Words | None, Field(description="Why more is spent than was approved; needed then.")
    ] = None


class InitiativeStop(Body):
    """Why it is stopped."""

    model_config = example(reason="تغيّر الأولويات بعد دمج المبادرة في برنامج وطني")

    reason: Annotated[Words, Field(description="Why; those who work on it read it.")]
    decision: Annotated[
        RecordedDecision | None,
        Field(description="Needed when the head's office records the head's decision."),
    ] = None


class Baseline(View):
    """The dates as they were approved."""

    starts_on: Annotated[date, Field(description="The first day.")]
    ends_on: Annotated[date, Field(description="The last day.")]


class MilestoneBaseline(View):
    """A milestone as it was approved."""

    starts_on: Annotated[date, Field(description="When work on it was to begin.")]
    due_on: Annotated[date, Field(description="When it was to be reached.")]
    weight: _Weight


class Milestone(View):
    """A milestone of an initiative."""

    number: _Number
    title_ar: _TitleAr
    title_en: _TitleEn
    weight: _Weight
    starts_on: Annotated[date, Field(description="When work on it begins.")]
    due_on: Annotated[date, Field(description="When it is to be reached.")]
    acceptance: _Acceptance
    depends_on: _DependsOn
    done_on: Annotated[
        date | None, Field(description="The day by which an approved report says that it is reached.")
    ]
    baseline: Annotated[
        MilestoneBaseline | None, Field(description="As it was approved; null: added since, or not approved.")
    ]


class BudgetLine(View):
    """The money from one source in one year, in Omani rials."""

    year: _Year
    source: _Source
    requested: Annotated[Money, Field(description="What was asked for.")]
    answer: Annotated[BudgetAnswer | None, Field(description="The answer; null: none yet.")]
    answered_on: Annotated[date | None, Field(description="The day of the answer.")]
    letter_number: Annotated[Line | None, Field(description="Number of the letter that answers.")]
    approved: Annotated[Money | None, Field(description="What was granted.")]
    spent: Annotated[Money | None, Field(description="What is spent by now; null: nothing is said yet.")]
    overspent_reason: Annotated[Words | None, Field(description="Why more is spent than was approved.")]
    note: _Note


_Total = Annotated[Number, Field(ge=0)]


class MoneyTotals(View):
    """The sums over all years and sources, in Omani rials."""

    requested: Annotated[_Total, Field(description="Asked for.")]
    approved: Annotated[_Total, Field(description="Granted.")]
    spent: Annotated[_Total, Field(description="Spent.")]


class Effect(View):
    """What it is to move an indicator by."""

    indicator: Annotated[Ref, Field(description="The indicator.")]
    unit_ar: Annotated[Line, Field(description="The indicator's unit, in Arabic.")]
    unit_en: Annotated[Line, Field(description="The indicator's unit, in English.")]
    expected: _Expected
    by_year: _ByYear
    note: _Note


class InitiativeDecided(View):
    """A decision with its reason."""

    by: Annotated[PersonRef, Field(description="Who.")]
    at: Annotated[datetime, Field(description="When.")]
    reason: Annotated[Words, Field(description="Why.")]


class _Initiative(View):
    id: Annotated[UUID, Field(description="Its id.")]
    code: _Code
    kind: _Kind
    state: Annotated[InitiativeState, Field(description="Where it stands in its life.")]
    status: Annotated[
        InitiativeStatus | None,
        Field(description="How it is doing today, by the published rule; null: never approved."),
    ]
    classification: _Classification
    name_ar: _NameAr
    name_en: _NameEn
    entity: Annotated[Ref, Field(description="The entity.")]
    division: Annotated[Ref | None, Field(description="The division that carries it out.")]
    programme: Annotated[Ref | None, Field(description="The national programme that it is a part of.")]
    sectors: _Sectors
    starts_on: Annotated[date, Field(description="Its first day.")]
    ends_on: Annotated[date, Field(description="Its last day.")]
    percent: Annotated[Percent | None, Field(description="How far it has come, by the report approved last.")]
    planned_percent: Annotated[
        Annotated[Number, Field(ge=0, le=100)] | None,
        Field(description="How far it was to have come by today, by the plan as it was approved."),
    ]
    as_of: Annotated[date | None, Field(description="The day of which that report speaks.")]
    forecast_end: Annotated[date | None, Field(description="When it is expected to end, by that report.")]
    awaiting: Awaiting
    version: Version


class InitiativeItem(_Initiative):
    """An initiative in a list."""


class InitiativeRead(_Initiative):
    """One initiative: plan, money, effects, progress, and what you may do with it now."""

    goal: _Goal
    manager: Annotated[PersonRef | None, Field(description="The project manager.")]
    programme_weight: _ProgrammeWeight
    people_count: _People
    baseline: Annotated[Baseline | None, Field(description="Its dates as they were approved.")]
    latest_report_id: Annotated[UUID | None, Field(description="The progress report approved last.")]
    milestones: Annotated[list[Milestone], Field(max_length=200, description="The milestones by number.")]
    budget: Annotated[list[BudgetLine], Field(max_length=600, description="The money by year and source.")]
    money: Annotated[MoneyTotals, Field(description="The sums.")]
    effects: Annotated[list[Effect], Field(max_length=50, description="The indicators that it moves.")]
    proposed_by: Annotated[PersonRef | None, Field(description="Who proposed it; null: it was loaded.")]
    proposed_at: Annotated[datetime, Field(description="When.")]
    submitted_by: Annotated[PersonRef | None, Field(description="Who submitted it.")]
    submitted_at: Annotated[datetime | None, Field(description="When.")]
    approved_by: Annotated[PersonRef | None, Field(description="Who approved it.")]
    approved_at: Annotated[datetime | None, Field(description="When.")]
    revised_by: Annotated[PersonRef | None, Field(description="Who changed the plan last since.")]
    revised_at: Annotated[datetime | None, Field(description="When.")]
    closing_by: Annotated[PersonRef | None, Field(description="Who said that execution has ended.")]
    closing_at: Annotated[datetime | None, Field(description="When.")]
    closed_by: Annotated[PersonRef | None, Field(description="Who confirmed it.")]
    closed_at: Annotated[datetime | None, Field(description="When.")]
    returned: Annotated[
        InitiativeDecided | None,
        Field(description="The last return, until it is approved, or its end is confirmed."),
    ]
    stopped: Annotated[InitiativeDecided | None, Field(description="Why it was stopped.")]
    exceptional: Annotated[
        bool, Field(description="The head took a control step because four eyes left nobody.")
    ]
    actions: Actions


class InitiativeList(View):
    """A page of initiatives."""

    items: Annotated[list[InitiativeItem], Field(max_length=200, description="By name.")]
    next_cursor: NextCursor
