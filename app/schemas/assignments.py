"""Assignments: who works on which indicator or result, for a time."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.schemas.base import Actions, Body, Cursor, PeriodCode, PersonRef, Ref, Version, View, example
from app.schemas.people import PERSON_EXAMPLE, EndsAt, IntervalState, StartsAt


class AssignmentCreate(Body):
    """Who is put to work on what."""

    model_config = example(
        user_id=PERSON_EXAMPLE["id"],
        subject_id="019a0000-0000-7000-8000-000000000003",
        ends_at="2027-01-01T00:00:00+04:00",
    )

    user_id: Annotated[UUID, Field(description="Who is assigned; holds a role in the entity.")]
    subject_id: Annotated[
        UUID,
        Field(
            description="An indicator, a result, an initiative or a communication plan of the entity, or the entity itself."
        ),
    ]
    starts_at: StartsAt = None
    ends_at: EndsAt = None


class AssignmentItem(View):
    """An assignment in a list."""

    id: Annotated[UUID, Field(description="The assignment's id.")]
    user: Annotated[PersonRef, Field(description="Who is assigned.")]
    entity: Annotated[Ref, Field(description="The entity.")]
    subject_id: Annotated[UUID, Field(description="To what.")]
    subject_kind: Annotated[
        Literal[
            "indicator",
            "result",
            "entity",
            "initiative",
            "scorecard",
            "improvement_plan",
            "plan",
            "communication_plan",
        ],
        Field(description="What that is."),
    ]
    indicator: Annotated[
        Ref | None,
        Field(
            description="The indicator, or that of the result; null: the result is not yours to see, or it is neither."
        ),
    ]
    period: Annotated[PeriodCode | None, Field(description="The result's period.")]
    starts_at: Annotated[datetime, Field(description="Since when.")]
    ends_at: Annotated[datetime | None, Field(description="Until when; null: without an end.")]
    state: Annotated[IntervalState, Field(description="Planned, in force or ended, at this moment.")]
    version: Version


class AssignmentRead(AssignmentItem):
    """An assignment, and what you may do about it."""

    actions: Actions


class AssignmentList(View):
    """A page of assignments."""

    items: Annotated[list[AssignmentItem], Field(max_length=200, description="The assignments.")]
    next_cursor: Annotated[Cursor | None, Field(description="Send it back to read on; null at the end.")]
