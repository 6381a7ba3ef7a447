"""What an annual plan holds: its items, what quality control says of them, and their money."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums.initiatives import BudgetSource
from app.enums.plans import PlanItemKind, PlanItemState, Question
from app.schemas.base import Body, Code, Count, Name, Number, PersonRef, Ref, Truth, View, Words, example

_TITLE_AR = "A goal's own words, in Arabic; of goals only."
_TITLE_EN = "The same in English."
_NOTE = "What else is to be said of it."
_PRIORITY = "The national priority that a goal serves."
_DropReason = Annotated[Words | None, Field(description="Why it left the plan; null: it is in it.")]


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
    passed: Annotated[Truth, Field(description="Whether it is so.")]
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
    name_ar: Annotated[Name, Field(description="Its Arabic name.")]
    name_en: Annotated[Name, Field(description="Its English name.")]
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
