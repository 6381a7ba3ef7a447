"""Improvement plans: what is done about a vision indicator, by whom and until when."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums.scorecards import ImprovementPlanState
from app.schemas.base import (
    Actions,
    Awaiting,
    Body,
    Day,
    Name,
    NextCursor,
    PersonRef,
    Ref,
    Version,
    View,
    Whole,
    Words,
    example,
)

_STEP = {
    "title": "توقيع اتفاقيات تدريب مقرون بالتشغيل مع عشر منشآت",
    "division_id": "019a0000-0000-7000-8000-000000000001",
    "due": "2027-06-30",
}
_Cause = Annotated[Words, Field(description="Why the indicator stands where it stands.")]
_Goal = Annotated[Words, Field(description="What the plan is to bring about.")]
_Due = Annotated[Day, Field(description="Until when it is carried out.")]
_Title = Annotated[Name, Field(description="What is to be done.")]
_StepDue = Annotated[Day, Field(description="Until when; not after the plan's own day.")]
_Number = Annotated[Whole, Field(ge=1, le=100, description="The number of the step in its plan.")]


class ImprovementStepCreate(Body):
    """One step of a plan."""

    model_config = example(**_STEP)

    title: _Title
    division_id: Annotated[
        UUID | None, Field(description="The division of the entity that does it; null: the office.")
    ] = None
    due: _StepDue


_Steps = Annotated[
    list[ImprovementStepCreate],
    Field(default_factory=list, max_length=50, description="In their order; they replace all."),
]


class ImprovementPlanCreate(Body):
    """A plan to improve a vision indicator of the entity."""

    model_config = example(
        cause="ضعف مواءمة مخرجات التدريب لاحتياجات القطاع الخاص",
        goal="رفع نسبة التعمين نقطتين مئويتين قبل نهاية 2027",
        due="2027-12-31",
        steps=[_STEP],
    )

    cause: _Cause
    goal: _Goal
    due: _Due
    steps: _Steps


class ImprovementPlanPatch(Body):
    """A change of a draft, as a JSON merge patch (RFC 7396); steps are replaced as a whole."""

    model_config = example(goal="رفع نسبة التعمين ثلاث نقاط مئوية قبل نهاية 2027", steps=[_STEP])

    cause: _Cause = Field(default_factory=str)
    goal: _Goal = Field(default_factory=str)
    due: _Due = Field(default_factory=date.today)
    steps: _Steps


class ImprovementReport(Body):
    """What became of a step."""

    model_config = example(number=1, done_on="2027-05-20", note="وُقعت اتفاقيات مع اثنتي عشرة منشأة")

    number: _Number
    done_on: Annotated[
        Day | None, Field(description="The day on which it was done; null: it is not done after all.")
    ]
    note: Annotated[Words | None, Field(description="What was done.")] = None


class ImprovementStep(View):
    """One step of a plan, and what became of it."""

    number: _Number
    title: _Title
    division: Annotated[Ref | None, Field(description="The division that does it; null: the office.")]
    due: Annotated[date, Field(description="Until when.")]
    late: Annotated[bool, Field(description="The plan is carried out, the day is past and it is not done.")]
    done_on: Annotated[date | None, Field(description="The day on which it was done; null: not yet.")]
    done_note: Annotated[Words | None, Field(description="What was done.")]
    reported_by: Annotated[PersonRef | None, Field(description="Who said so.")]


class _ImprovementPlan(View):
    id: Annotated[UUID, Field(description="The plan's id.")]
    entity: Annotated[Ref, Field(description="The owner entity.")]
    indicator: Annotated[Ref, Field(description="The vision indicator that it is to improve.")]
    state: Annotated[ImprovementPlanState, Field(description="How far it has come.")]
    cause: _Cause
    goal: _Goal
    due: Annotated[date, Field(description="Until when it is carried out.")]
    late: Annotated[
        bool, Field(description="It is carried out, and its day, or that of a step not done, is past.")
    ]
    step_count: Annotated[int, Field(ge=0, le=100, description="How many steps it has.")]
    done_count: Annotated[int, Field(ge=0, le=100, description="How many of them are done.")]
    drafted_by: Annotated[PersonRef, Field(description="Who began it.")]
    drafted_at: Annotated[datetime, Field(description="When it was begun.")]
    submitted_at: Annotated[datetime | None, Field(description="When it was submitted.")]
    assured_at: Annotated[datetime | None, Field(description="When its quality was assured.")]
    approved_at: Annotated[datetime | None, Field(description="When it was approved.")]
    ended_at: Annotated[datetime | None, Field(description="When it was completed or given up.")]
    awaiting: Awaiting
    version: Version


class ImprovementPlanItem(_ImprovementPlan):
    """An improvement plan in a list."""


class ImprovementPlanReturned(View):
    """A plan that came back."""

    by: Annotated[PersonRef, Field(description="Who returned it.")]
    at: Annotated[datetime, Field(description="When.")]
    reason: Annotated[Words, Field(description="Why.")]


class ImprovementPlanRead(_ImprovementPlan):
    """An improvement plan with its steps, and what you may do with it now."""

    steps: Annotated[list[ImprovementStep], Field(max_length=100, description="What is done, in order.")]
    submitted_by: Annotated[PersonRef | None, Field(description="Who submitted it.")]
    assured_by: Annotated[PersonRef | None, Field(description="Who assured its quality.")]
    approved_by: Annotated[PersonRef | None, Field(description="Who approved it.")]
    ended_by: Annotated[PersonRef | None, Field(description="Who completed it or gave it up.")]
    returned: Annotated[
        ImprovementPlanReturned | None, Field(description="The last return, until it is approved.")
    ]
    end_reason: Annotated[Words | None, Field(description="Why it was given up.")]
    exceptional: Annotated[
        bool, Field(description="The head took a control step because four eyes left nobody.")
    ]
    actions: Actions


class ImprovementPlanList(View):
    """A page of improvement plans."""

    items: Annotated[
        list[ImprovementPlanItem], Field(max_length=200, description="The latest drafted first.")
    ]
    next_cursor: NextCursor
