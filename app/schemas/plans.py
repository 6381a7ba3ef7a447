"""Annual plans: their criteria and items, what quality control says of them, how they are covered and funded."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import Classification
from app.enums.initiatives import BudgetSource
from app.enums.paths import StageTiming
from app.enums.plans import PlanItemKind, PlanItemState, PlanState, Question
from app.schemas.base import (
    NOT_BLANK_LINE,
    Actions,
    Body,
    Code,
    Count,
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

_CRITERION = {
    "key": "alignment",
    "ar": "ارتباط المبادرة بأحد أهداف رؤية عُمان 2040",
    "en": "The initiative serves a goal of Oman Vision 2040",
}
_PlanYear = Annotated[int, Field(ge=2021, le=2100, description="The calendar year.", examples=[2027])]
_NAME_AR = "Its Arabic name."
_NAME_EN = "Its English name."
_SERVES = "The plan of the nation that it serves."
_CLASSIFICATION = "Who may read it. Restricted: only who is named on its way, and the head."
_Key = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z][a-z0-9_]*$")]
_TITLE_AR = "A goal's own words, in Arabic; of goals only."
_TITLE_EN = "The same in English."
_NOTE = "What else is to be said of it."
_PRIORITY = "The national priority that a goal serves."
_DropReason = Annotated[Words | None, Field(description="Why it left the plan; null: it is in it.")]


class Criterion(Body):
    """What decides which programmes and initiatives may enter the plan (Guide P-5)."""

    model_config = example(**_CRITERION)

    key: Annotated[_Key, Field(description="Its key, by which proposals name it.", examples=["alignment"])]
    ar: Annotated[Words, Field(description="What it asks, in Arabic.")]
    en: Annotated[Words, Field(description="What it asks, in English.")]


_Criteria = Annotated[
    list[Criterion],
    Field(max_length=30, description="What decides who may enter the plan; they replace all."),
]


class PlanCreate(Body):
    """The annual plan of a year."""

    model_config = example(
        year=2027,
        name_ar="الخطة السنوية لعام 2027",
        name_en="Annual plan 2027",
        criteria=[_CRITERION],
    )

    year: _PlanYear
    name_ar: Annotated[Name, Field(description=_NAME_AR)]
    name_en: Annotated[Name, Field(description=_NAME_EN)]
    development_plan_id: Annotated[UUID | None, Field(description=_SERVES)] = None
    classification: Annotated[Classification, Field(description=_CLASSIFICATION)] = Classification.INTERNAL
    criteria: Annotated[
        list[Criterion],
        Field(default_factory=list, max_length=30, description="What decides who may enter the plan."),
    ]


class PlanPatch(Body):
    """A change of a plan in work, as a JSON merge patch (RFC 7396); criteria are replaced as a whole."""

    model_config = example(criteria=[_CRITERION])

    name_ar: Annotated[Name, Field(description=_NAME_AR)] = Field(default_factory=str)
    name_en: Annotated[Name, Field(description=_NAME_EN)] = Field(default_factory=str)
    development_plan_id: Annotated[UUID | None, Field(description=_SERVES)] = None
    classification: Annotated[Classification, Field(description=_CLASSIFICATION)] = Classification.INTERNAL
    criteria: Annotated[
        list[Criterion],
        Field(
            default_factory=list, max_length=30, description="What decides who may enter the plan; all of it."
        ),
    ]


class PlanVersionCreate(Body):
    """A new version of the plan in force."""

    model_config = example(reason="أضيفت مبادرة بتوجيه من الإدارة العليا")

    reason: Annotated[Words, Field(description="Why it differs from the version in force.")]


class PlanItemCreate(Body):
    """What enters the plan; its kind says what else is needed (Guide P-2)."""

    model_config = example(
        kind="goal",
        title_ar="رفع نسبة التعمين في القطاع الخاص",
        title_en="Raise the share of Omanis in the private sector",
    )

    kind: Annotated[PlanItemKind, Field(description="A goal in its own words, an indicator, an initiative.")]
    title_ar: Annotated[Name | None, Field(description=_TITLE_AR)] = None
    title_en: Annotated[Name | None, Field(description=_TITLE_EN)] = None
    priority_id: Annotated[UUID | None, Field(description=_PRIORITY)] = None
    indicator_id: Annotated[UUID | None, Field(description="An active indicator of the entity.")] = None
    initiative_id: Annotated[
        UUID | None, Field(description="An initiative of the entity that runs in the plan's year.")
    ] = None
    note: Annotated[Words | None, Field(description=_NOTE)] = None


class PlanItemPatch(Body):
    """A change of an item, as a JSON merge patch (RFC 7396): null empties a field."""

    model_config = example(note="تنفذ بالشراكة مع القطاع الخاص")

    title_ar: Annotated[Name | None, Field(description=_TITLE_AR)] = None
    title_en: Annotated[Name | None, Field(description=_TITLE_EN)] = None
    priority_id: Annotated[UUID | None, Field(description=_PRIORITY)] = None
    note: Annotated[Words | None, Field(description=_NOTE)] = None


class PlanItemDrop(Body):
    """Why an item leaves the plan."""

    model_config = example(reason="لا تحقق معايير الإدراج في الخطة")

    reason: Annotated[Words, Field(description="Why; it stays readable in the plan.")]


class CheckAnswer(Body):
    """The answer to one question of quality."""

    model_config = example(question="aligned", passed=True)

    question: Annotated[
        Question,
        Field(
            description="Aligned with the vision? In the right template? Indicators accurate and calculable? Able to"
            " move them? Well worded?"
        ),
    ]
    passed: Annotated[bool, Field(description="Whether it is so.")]
    remark: Annotated[Words | None, Field(description="What is to be put right; needed for a no.")] = None


class PlanCheckCreate(Body):
    """What quality control finds of one item (Guide P-6)."""

    model_config = example(
        item_id="019aa7d2-51c0-7000-8000-000000000041",
        answers=[
            {"question": "aligned", "passed": True},
            {"question": "wording", "passed": False, "remark": "صياغة الهدف غير قابلة للقياس"},
        ],
    )

    item_id: Annotated[UUID, Field(description="The item of the plan.")]
    answers: Annotated[
        list[CheckAnswer], Field(min_length=1, max_length=5, description="Each question once.")
    ]


class PlatformEntryCreate(Body):
    """Where an approved plan was entered (annex A 41)."""

    model_config = example(
        platform="منصة منظومة الإجادة المؤسسية", reference="EX-2027-114", entered_on="2026-12-28"
    )

    platform: Annotated[
        str, Field(min_length=1, max_length=300, pattern=NOT_BLANK_LINE, description="The platform.")
    ]
    reference: Annotated[Line | None, Field(description="Its reference there.")] = None
    entered_on: Annotated[Day, Field(description="The day; not in the future.")]


class JobPlanLinkCreate(Body):
    """How many employees of a division have the plan's indicators in their job plans: counts, no names (Guide P-11)."""

    model_config = example(division_id="019aa7d2-51c0-7000-8000-000000000051", half=1, staff=46, linked=31)

    division_id: Annotated[UUID, Field(description="The division.")]
    half: Annotated[int, Field(ge=1, le=2, description="The half of the year.")]
    staff: Annotated[Count, Field(description="Employees of the division.")]
    linked: Annotated[int, Field(ge=0, le=1_000_000, description="Those whose job plans are linked.")]
    remark: Annotated[Words | None, Field(description="What is to be said of it.")] = None


class PlanStage(View):
    """An open stage of the path that the plan walks."""

    id: Annotated[UUID, Field(description="The stage's id.")]
    key: Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9_.-]+$", description="Its key.")]
    title_ar: Annotated[Name, Field(description="What is done, in Arabic.")]
    title_en: Annotated[Name, Field(description="What is done, in English.")]
    due: Annotated[date | None, Field(description="Until when; null: no date is set.")]
    timing: Annotated[StageTiming, Field(description="Where it stands in time.")]


class PlanPath(View):
    """The path that the plan walks to its approval."""

    id: Annotated[UUID, Field(description="The run's id.")]
    title_ar: Annotated[Name, Field(description="The path, in Arabic.")]
    title_en: Annotated[Name, Field(description="The path, in English.")]
    stages: Annotated[list[PlanStage], Field(max_length=200, description="Whose turn it is now.")]


class _Plan(View):
    id: Annotated[UUID, Field(description="The plan's id.")]
    entity: Annotated[Ref, Field(description="Whose plan it is.")]
    year: _PlanYear
    number: Annotated[Count, Field(description="Which version of the year's plan it is.")]
    name_ar: Annotated[Name, Field(description=_NAME_AR)]
    name_en: Annotated[Name, Field(description=_NAME_EN)]
    classification: Annotated[Classification, Field(description=_CLASSIFICATION)]
    state: Annotated[PlanState, Field(description="Where it stands on its way.")]
    proposals_open: Annotated[bool, Field(description="Whether staff may propose now.")]
    recorded_at: Annotated[datetime, Field(description="When it was begun.")]
    approved_at: Annotated[datetime | None, Field(description="When the head approved it finally.")]
    confirmed_at: Annotated[
        datetime | None,
        Field(
            description="When the approval of the Secretariat-General of the Council of Ministers was recorded."
        ),
    ]
    path: Annotated[PlanPath | None, Field(description="The path that it walks now; null: none runs.")]
    version: Version


class PlanListItem(_Plan):
    """An annual plan in a list."""


class PlanStep(View):
    """Who took a step, when."""

    by: Annotated[PersonRef, Field(description="Who.")]
    at: Annotated[datetime, Field(description="When.")]


class PlanVerified(PlanStep):
    """The verification that the plan is aligned (Guide P-7)."""

    outdated: Annotated[bool, Field(description="What the plan says has changed since.")]


class PlanApproved(PlanStep):
    """The head's final approval."""

    decision_id: Annotated[UUID | None, Field(description="The recorded decision; null: signed in.")]


class PlanReturned(PlanStep):
    """The last return."""

    reason: Annotated[Words, Field(description="Why.")]


class PlanCheckRead(View):
    """The latest answer to a question about an item."""

    question: Annotated[Question, Field(description="What was asked.")]
    passed: Annotated[bool, Field(description="Whether it is so.")]
    remark: Annotated[Words | None, Field(description="What is to be put right.")]
    by: Annotated[PersonRef, Field(description="Who checked.")]
    at: Annotated[datetime, Field(description="When.")]
    counts: Annotated[
        bool, Field(description="False: the item, or what it names, says something else since.")
    ]


_Rials = Annotated[Number, Field(ge=0)]


class _Money(View):
    requested: Annotated[_Rials, Field(description="Asked for, in Omani rials.")]
    granted: Annotated[_Rials, Field(description="Granted of it.")]
    refused: Annotated[_Rials, Field(description="Refused of it.")]
    unanswered: Annotated[_Rials, Field(description="Nobody has answered yet.")]


_BudgetYear = Annotated[int, Field(ge=2000, le=2100, description="The year.")]


class ItemBudget(_Money):
    """The money of an item in one year."""

    year: _BudgetYear


class PlanBudget(_Money):
    """The money of the plan's kept items in one year from one source (Guide P-10)."""

    year: _BudgetYear
    source: Annotated[BudgetSource, Field(description="Where it comes from.")]


class PlanInitiative(View):
    """An initiative by name, with its dates."""

    id: Annotated[UUID, Field(description="The initiative's id.")]
    code: Annotated[Code, Field(description="Its code among people.")]
    name_ar: Annotated[Name, Field(description=_NAME_AR)]
    name_en: Annotated[Name, Field(description=_NAME_EN)]
    starts_on: Annotated[date, Field(description="Its first day.")]
    ends_on: Annotated[date, Field(description="Its last day.")]


_Funding = Annotated[
    str,
    Field(
        max_length=20,
        pattern=r"^(none_asked|unanswered|refused|granted)$",
        description="How the money stands that it asks for in the plan's year: `none_asked`, `unanswered`, `refused`,"
        " or `granted`, as soon as some of it is.",
        examples=["granted"],
    ),
]


_Unfit = Annotated[
    str | None,
    Field(
        max_length=30,
        pattern=r"^(restricted|initiative_ended|outside_the_year|indicator_not_active)$",
        description="Why the plan is not approved with it as it is: its initiative is restricted and the plan is not, is"
        " discarded or stopped, or lies outside the plan's year; its indicator is not active. Null: nothing.",
        examples=["initiative_ended"],
    ),
]


class PlanEffect(View):
    """What an initiative in the plan is to move an indicator by (Guide I-7)."""

    indicator: Annotated[Ref, Field(description="The indicator.")]
    expected: Annotated[Number | None, Field(description="By how much, in its unit; null: not said.")]
    by_year: Annotated[int | None, Field(ge=2000, le=2100, description="By the end of which year.")]


class PlanItemRead(View):
    """What the plan holds."""

    id: Annotated[UUID, Field(description="The item's id.")]
    number: Annotated[Count, Field(description="Its number, which it keeps in later versions.")]
    kind: Annotated[PlanItemKind, Field(description="What it is.")]
    title_ar: Annotated[Name | None, Field(description=_TITLE_AR)]
    title_en: Annotated[Name | None, Field(description=_TITLE_EN)]
    priority: Annotated[Ref | None, Field(description=_PRIORITY)]
    indicator: Annotated[Ref | None, Field(description="The indicator.")]
    initiative: Annotated[
        PlanInitiative | None,
        Field(description="The initiative; null also where it is restricted and the plan is not."),
    ]
    effects: Annotated[list[PlanEffect], Field(max_length=50, description="What the initiative is to move.")]
    note: Annotated[Words | None, Field(description=_NOTE)]
    state: Annotated[PlanItemState, Field(description="Whether it is still in the plan.")]
    drop_reason: _DropReason
    dropped_at: Annotated[datetime | None, Field(description="When it left the plan.")]
    checks: Annotated[
        list[PlanCheckRead], Field(max_length=5, description="The latest answer to each question.")
    ]
    unfit: _Unfit
    funding: _Funding
    budget: Annotated[list[ItemBudget], Field(max_length=101, description="Its money by year.")]


_Share = Annotated[float | None, Field(ge=0, le=1)]


class PlanCoverage(View):
    """How much of what the entity answers for the plan moves."""

    indicators: Annotated[int, Field(ge=0, le=100_000, description="Active indicators of the entity.")]
    indicators_moved: Annotated[
        int, Field(ge=0, le=100_000, description="Those that the plan lists or an initiative in it moves.")
    ]
    indicators_share: Annotated[_Share, Field(description="The share of 0 to 1; null of nothing.")]
    priorities: Annotated[int, Field(ge=0, le=1000, description="National priorities that they serve.")]
    priorities_covered: Annotated[
        int, Field(ge=0, le=1000, description="Those of which an indicator is moved, or which a goal serves.")
    ]
    priorities_share: Annotated[_Share, Field(description="The share of 0 to 1; null of nothing.")]
    unmoved: Annotated[
        list[Ref], Field(max_length=200, description="Indicators that nothing moves, the first 200 by code.")
    ]


class PlatformEntry(View):
    """Where the plan was entered."""

    platform: Annotated[Name, Field(description="The platform.")]
    reference: Annotated[Words | None, Field(description="Its reference there.")]
    entered_on: Annotated[date, Field(description="The day.")]


class JobPlanLinkRead(View):
    """The link to job plans of one division in one half of the year."""

    id: Annotated[UUID, Field(description="The link's id.")]
    division: Annotated[Ref, Field(description="The division.")]
    half: Annotated[int, Field(ge=1, le=2, description="The half of the year.")]
    staff: Annotated[Count, Field(description="Employees of the division.")]
    linked: Annotated[int, Field(ge=0, le=1_000_000, description="Those whose job plans are linked.")]
    share: Annotated[_Share, Field(description="The share of 0 to 1.")]
    remark: Annotated[Words | None, Field(description="What is to be said of it.")]
    recorded_by: Annotated[PersonRef, Field(description="Who recorded it.")]
    recorded_at: Annotated[datetime, Field(description="When.")]
    verified_by: Annotated[PersonRef | None, Field(description="Who verified it.")]
    verified_at: Annotated[datetime | None, Field(description="When.")]


_Told = Annotated[str, Field(max_length=8000, pattern=r"^[^\u0000]*$")]


class PlanChange(View):
    """One point in which the plan differs from what was approved before."""

    field: Annotated[
        str,
        Field(
            max_length=60,
            pattern=r"^[a-z_]+(\.[a-z0-9_]+)?$",
            description="Which field; a criterion by its key, an item by its number.",
            examples=["items.3"],
        ),
    ]
    before: Annotated[_Told | None, Field(description="What it said; null: nothing.")]
    after: Annotated[_Told | None, Field(description="What it says; null: nothing.")]


class PlanRead(_Plan):
    """One version of an annual plan with all that it holds, and what you may do with it now."""

    development_plan: Annotated[Ref | None, Field(description=_SERVES)]
    reason: Annotated[Words | None, Field(description="Why it differs from the version before it.")]
    criteria: _Criteria
    drafted_by: Annotated[PersonRef, Field(description="Who began it.")]
    verified: Annotated[PlanVerified | None, Field(description="Who verified that it is aligned.")]
    preliminary: Annotated[PlanStep | None, Field(description="The head's preliminary approval.")]
    approved: Annotated[PlanApproved | None, Field(description="The head's final approval.")]
    confirmed: Annotated[PlanStep | None, Field(description="Who recorded the outside approval.")]
    returned: Annotated[PlanReturned | None, Field(description="The last return, until it is approved.")]
    exceptional: Annotated[bool, Field(description="The head verified it, because four eyes left nobody.")]
    funded_cut_at: Annotated[
        datetime | None, Field(description="When only what is funded was left in it (Guide P-9).")
    ]
    platform_entry: Annotated[PlatformEntry | None, Field(description="Where it was entered.")]
    contents: Annotated[list[PlanItemRead], Field(max_length=500, description="Its items, by number.")]
    coverage: Annotated[PlanCoverage, Field(description="What it moves.")]
    budgets: Annotated[list[PlanBudget], Field(max_length=600, description="Its money by year and source.")]
    job_plan_links: Annotated[
        list[JobPlanLinkRead], Field(max_length=2000, description="The link to job plans, by half.")
    ]
    difference: Annotated[
        list[PlanChange],
        Field(max_length=2000, description="Against what was approved before; nothing for the first."),
    ]
    actions: Actions


class PlanList(View):
    """A page of annual plans."""

    items: Annotated[list[PlanListItem], Field(max_length=200, description="The latest begun first.")]
    next_cursor: NextCursor


class PlanCall(View):
    """A plan that takes proposals now."""

    id: Annotated[UUID, Field(description="The plan's id.")]
    entity: Annotated[Ref, Field(description="Whose plan it is.")]
    year: _PlanYear
    name_ar: Annotated[Name, Field(description=_NAME_AR)]
    name_en: Annotated[Name, Field(description=_NAME_EN)]
    criteria: _Criteria


class PlanCallList(View):
    """A page of the plans that take proposals of yours."""

    items: Annotated[list[PlanCall], Field(max_length=200, description="The latest begun first.")]
    next_cursor: NextCursor
