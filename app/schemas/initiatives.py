"""Initiatives and projects: what is said of them, what they cost and move, and how they are doing."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import Classification
from app.enums.initiatives import (
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
    Line,
    Name,
    NextCursor,
    Number,
    PersonRef,
    Ref,
    Version,
    View,
    Whole,
    Words,
    example,
)
from app.schemas.budgets import BudgetLine, MoneyTotals
from app.schemas.planned import MilestoneNumber, Percent, PlanDay, PlanYear

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
    Annotated[Whole, Field(ge=0, le=1_000_000)] | None,
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
