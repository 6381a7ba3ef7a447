"""Periodic evaluations: what is drafted, approved and read."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import Classification
from app.enums.evaluations import EvaluationRating, EvaluationState
from app.schemas.actions import FollowUps, NamedThing
from app.schemas.base import (
    Actions,
    Awaiting,
    Body,
    Code,
    Day,
    Name,
    NextCursor,
    PersonRef,
    Ref,
    Version,
    View,
    Words,
    example,
)

_Title = Annotated[Name, Field(description="What it is called.")]
_From = Annotated[Day, Field(description="The first day of the period; not in the future.")]
_To = Annotated[Day, Field(description="The last day of the period.")]
_Findings = Annotated[Words, Field(description="What was found.")]
_Conclusion = Annotated[Words, Field(description="What follows from it.")]
_Rating = Annotated[EvaluationRating, Field(description="Whether the period was on track.")]
_Class = Annotated[
    Classification,
    Field(description="Who may read it; never more open than what it is about, as it is by default."),
]


class EvaluationCreate(Body):
    """How the progress of a period is judged (Guide M-3)."""

    model_config = example(
        title="تقييم تقدم برامج الخطة السنوية للربع الثالث",
        period_from="2026-07-01",
        period_to="2026-09-30",
        findings="تأخر برنامجان من سبعة عن مواعيد مراحلهما",
        conclusion="يلزم إجراء تصحيحي لبرنامج التدريب المقرون بالتشغيل",
        rating="at_risk",
    )

    title: _Title
    period_from: _From
    period_to: _To
    about_id: Annotated[
        UUID | None,
        Field(
            description="The thing of the entity that it judges: a risk, or what a risk can be about (an initiative or"
            " project, a plan, an indicator, a result); null: the progress of the entity as a whole."
        ),
    ] = None
    findings: _Findings
    conclusion: _Conclusion
    rating: _Rating
    classification: Annotated[
        Classification | None,
        Field(description="Who may read it; never more open than what it is about, as it is by default."),
    ] = None


class EvaluationPatch(Body):
    """A change of a draft, as a JSON merge patch (RFC 7396)."""

    model_config = example(rating="on_track", conclusion="عولجت أسباب التأخر خلال الفترة")

    title: _Title = Field(default_factory=str)
    period_from: _From = Field(default_factory=date.today)
    period_to: _To = Field(default_factory=date.today)
    findings: _Findings = Field(default_factory=str)
    conclusion: _Conclusion = Field(default_factory=str)
    rating: _Rating = Field(default_factory=lambda: EvaluationRating.ON_TRACK)
    classification: _Class = Field(default_factory=lambda: Classification.INTERNAL)


class _Evaluation(View):
    id: Annotated[UUID, Field(description="The evaluation's id.")]
    code: Annotated[Code, Field(description="Its code among people.")]
    title: _Title
    entity: Annotated[Ref, Field(description="Whose progress it judges.")]
    about: Annotated[
        NamedThing | None,
        Field(
            description="The thing that it judges; null: the entity as a whole, or nothing that you may see."
        ),
    ]
    period_from: _From
    period_to: _To
    rating: _Rating
    classification: Annotated[Classification, Field(description="Who may read it.")]
    state: Annotated[EvaluationState, Field(description="How far it has come.")]
    drafted_by: Annotated[PersonRef, Field(description="Who drafted it.")]
    drafted_at: Annotated[datetime, Field(description="When it was drafted.")]
    awaiting: Awaiting
    version: Version


class EvaluationItem(_Evaluation):
    """An evaluation in a list."""


class EvaluationRead(_Evaluation):
    """An evaluation with the actions that come from it, and what you may do with it now."""

    findings: _Findings
    conclusion: _Conclusion
    follow_up: FollowUps
    ended_by: Annotated[PersonRef | None, Field(description="Who approved or discarded it.")]
    ended_at: Annotated[datetime | None, Field(description="When it was approved or discarded.")]
    discard_reason: Annotated[Words | None, Field(description="Why it was discarded.")]
    exceptional: Annotated[bool, Field(description="The head approved it because four eyes left nobody.")]
    actions: Actions


class EvaluationList(View):
    """A page of evaluations."""

    items: Annotated[list[EvaluationItem], Field(max_length=200, description="The latest period first.")]
    next_cursor: NextCursor
