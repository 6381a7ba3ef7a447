"""Detailed execution plans and their tasks."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums.detailed_plans import DetailedPlanAbout, DetailedPlanState
from app.enums.plans import PlanState
from app.schemas.base import (
    NOT_BLANK,
    Actions,
    Awaiting,
    Body,
    Count,
    Day,
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

_PlanYear = Annotated[Whole, Field(ge=2021, le=2100)]
_NameAr = Annotated[Name, Field(description="Its name in Arabic.")]
_NameEn = Annotated[Name, Field(description="Its name in English.")]
_Note = Annotated[Words | None, Field(description="What else is to be known of it.")]
_Short = Annotated[str, Field(min_length=1, max_length=300, pattern=NOT_BLANK)]
_Output = Annotated[_Short, Field(description="What comes of it.")]
_Owner = Annotated[_Short, Field(description="Who does it.")]
_TitleAr = Annotated[_Short, Field(description="What is done, in Arabic.")]
_TitleEn = Annotated[_Short | None, Field(description="What is done, in English.")]
_Weight = Annotated[
    Number,
    Field(
        gt=0,
        le=100,
        decimal_places=2,
        description="Its percent of the whole; those of all tasks sum to 100 when the plan is presented.",
    ),
]
_Milestone = Annotated[
    Annotated[Whole, Field(ge=1, le=999)] | None,
    Field(description="The number of the milestone of the initiative that it serves."),
]
_About = Annotated[
    DetailedPlanAbout, Field(description="An initiative, the scorecard, or the excellence indicators.")
]
_TASK = {
    "title_ar": "إعداد كراسة المنافسة وطرحها",
    "title_en": "Write and publish the tender",
    "output": "كراسة منافسة معتمدة",
    "owner": "دائرة المشاريع",
    "starts_on": "2027-01-10",
    "ends_on": "2027-03-31",
    "weight": 100,
}
_PLAN = {
    "name_ar": "الخطة التفصيلية لمبادرة منصة التوظيف",
    "name_en": "Detailed plan of the employment platform",
    "tasks": [_TASK],
}


class DetailedPlanTaskCreate(Body):
    """A task of a detailed plan."""

    model_config = example(**_TASK)

    title_ar: _TitleAr
    title_en: _TitleEn = None
    output: _Output
    owner: _Owner
    starts_on: Annotated[Day, Field(description="Its first day.")]
    ends_on: Annotated[Day, Field(description="Its last day.")]
    weight: _Weight
    indicator_id: Annotated[UUID | None, Field(description="The indicator of the entity that it serves.")] = (
        None
    )
    milestone: _Milestone = None


_Tasks = Annotated[
    list[DetailedPlanTaskCreate],
    Field(default_factory=list, max_length=100, description="The tasks in their order; they replace all."),
]


class DetailedPlanCreate(Body):
    """A detailed plan as it is begun. Of an initiative its division is that which carries it out; of the scorecard or the
    excellence indicators the division is named."""

    model_config = example(
        plan_id="019a0000-0000-7000-8000-000000000004",
        about="initiative",
        initiative_id="019a0000-0000-7000-8000-000000000005",
        **_PLAN,
    )

    plan_id: Annotated[UUID, Field(description="The annual plan; it may still be a draft.")]
    about: _About
    initiative_id: Annotated[UUID | None, Field(description="The initiative, which the plan holds.")] = None
    scorecard_id: Annotated[UUID | None, Field(description="The scorecard of the plan's year.")] = None
    division_id: Annotated[
        UUID | None, Field(description="The executing division, unless it is about an initiative.")
    ] = None
    name_ar: _NameAr
    name_en: _NameEn
    note: _Note = None
    tasks: _Tasks


class DetailedPlanPatch(Body):
    """A change of a draft, as a JSON merge patch (RFC 7396): null empties the note; tasks are replaced as a whole."""

    model_config = example(note="بعد ملاحظات دائرة التخطيط", tasks=[_TASK])

    name_ar: _NameAr = Field(default_factory=str)
    name_en: _NameEn = Field(default_factory=str)
    note: _Note = None
    tasks: _Tasks


class DetailedPlanOf(View):
    """The annual plan that a detailed plan belongs to."""

    id: Annotated[UUID, Field(description="The id of its version.")]
    name_ar: _NameAr
    name_en: _NameEn
    year: Annotated[_PlanYear, Field(description="Its calendar year.")]
    state: Annotated[PlanState, Field(description="Where it stands.")]


class DetailedPlanScorecard(View):
    """The scorecard that a detailed plan is about."""

    id: Annotated[UUID, Field(description="The id of its version.")]
    year: Annotated[int, Field(ge=2000, le=2100, description="Its year.")]
    number: Annotated[Count, Field(description="The number of its version.")]


class _DetailedPlan(View):
    id: Annotated[UUID, Field(description="The version's id.")]
    entity: Annotated[Ref, Field(description="The entity.")]
    plan: Annotated[DetailedPlanOf, Field(description="The annual plan, as it stood when this was begun.")]
    year: Annotated[_PlanYear, Field(description="The calendar year.")]
    about: _About
    initiative: Annotated[Ref | None, Field(description="The initiative that it is about.")]
    scorecard: Annotated[DetailedPlanScorecard | None, Field(description="The scorecard that it is about.")]
    division: Annotated[Ref, Field(description="The executing division.")]
    number: Annotated[Count, Field(description="1 for the first version; later ones count on.")]
    state: Annotated[DetailedPlanState, Field(description="Where it stands.")]
    name_ar: _NameAr
    name_en: _NameEn
    drafted_at: Annotated[datetime, Field(description="When it was begun.")]
    presented_at: Annotated[
        datetime | None, Field(description="When it was put before the head of the division.")
    ]
    endorsed_at: Annotated[datetime | None, Field(description="When the head of the division approved it.")]
    submitted_at: Annotated[datetime | None, Field(description="When it was entered.")]
    reviewed_at: Annotated[datetime | None, Field(description="When it was reviewed.")]
    approved_at: Annotated[datetime | None, Field(description="When the office approved it.")]
    awaiting: Awaiting
    version: Version


class DetailedPlanItem(_DetailedPlan):
    """A detailed plan in a list."""


class DetailedPlanTask(View):
    """A task of a detailed plan."""

    number: Annotated[int, Field(ge=1, le=100, description="Its place.")]
    title_ar: _TitleAr
    title_en: _TitleEn
    output: _Output
    owner: _Owner
    starts_on: Annotated[date, Field(description="Its first day.")]
    ends_on: Annotated[date, Field(description="Its last day.")]
    weight: _Weight
    indicator: Annotated[Ref | None, Field(description="The indicator that it serves.")]
    milestone: _Milestone


class DetailedPlanReturned(View):
    """A detailed plan that came back."""

    by: Annotated[PersonRef, Field(description="Who returned it.")]
    at: Annotated[datetime, Field(description="When.")]
    reason: Annotated[Words, Field(description="Why.")]


_Told = Annotated[str, Field(max_length=2000, pattern=r"^[^\u0000]*$")]


class DetailedPlanChange(View):
    """One field in which a version differs from the one before it."""

    field: Annotated[
        str,
        Field(
            max_length=60,
            pattern=r"^[a-z_]+(\.[0-9]{1,3}\.[a-z_]+)?$",
            description="Which field; that of a task by its place.",
            examples=["tasks.2.weight"],
        ),
    ]
    before: Annotated[_Told | None, Field(description="What it said; null: nothing.")]
    after: Annotated[_Told | None, Field(description="What it says; null: nothing.")]


class DetailedPlanRead(_DetailedPlan):
    """One version of a detailed plan with its tasks, and what you may do with it now."""

    note: _Note
    tasks: Annotated[list[DetailedPlanTask], Field(max_length=100, description="The tasks in their order.")]
    drafted_by: Annotated[PersonRef, Field(description="Who began it.")]
    endorsed_by: Annotated[PersonRef | None, Field(description="The head of the division who approved it.")]
    submitted_by: Annotated[PersonRef | None, Field(description="Who entered it.")]
    reviewed_by: Annotated[PersonRef | None, Field(description="Who reviewed it.")]
    approved_by: Annotated[PersonRef | None, Field(description="Who approved it for the office.")]
    returned: Annotated[
        DetailedPlanReturned | None, Field(description="The last return, until it is approved.")
    ]
    exceptional: Annotated[
        bool, Field(description="The head took a control step because four eyes left nobody.")
    ]
    drop_reason: Annotated[Words | None, Field(description="Why it was dropped.")]
    difference: Annotated[
        list[DetailedPlanChange],
        Field(max_length=1000, description="Against the version before it; nothing for the first."),
    ]
    actions: Actions


class DetailedPlanList(View):
    """A page of detailed plans."""

    items: Annotated[list[DetailedPlanItem], Field(max_length=200, description="The newest first.")]
    next_cursor: NextCursor
