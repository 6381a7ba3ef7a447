"""Memberships: who holds which role where, and since when."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import Role, Tenure
from app.schemas.base import Actions, Body, Cursor, PersonRef, Ref, Version, View, example
from app.schemas.decisions import LETTER, RecordedDecision
from app.schemas.people import PERSON_EXAMPLE, EndsAt, IntervalState, StartsAt


class MembershipCreate(Body):
    """An appointment."""

    model_config = example(
        user_id=PERSON_EXAMPLE["id"],
        role="manager",
        tenure="acting",
        starts_at="2026-12-01T00:00:00+04:00",
        ends_at="2027-01-01T00:00:00+04:00",
        decision=LETTER,
    )

    user_id: Annotated[UUID, Field(description="Who is appointed.")]
    role: Annotated[Role, Field(description="To what. Administrators are not appointed here.")]
    tenure: Annotated[
        Tenure, Field(description="Acting: holds a post for a time, beside or in place of its holder.")
    ] = Tenure.SUBSTANTIVE
    division_id: Annotated[UUID | None, Field(description="The division; for the divisions' roles only.")] = (
        None
    )
    starts_at: StartsAt = None
    ends_at: EndsAt = None
    decision: Annotated[
        RecordedDecision | None,
        Field(description="Needed when the head's office records the head's decision."),
    ] = None


class MembershipItem(View):
    """A membership in a list."""

    id: Annotated[UUID, Field(description="The membership's id.")]
    user: Annotated[PersonRef, Field(description="Who holds the role.")]
    entity: Annotated[Ref | None, Field(description="Where; null for an administrator.")]
    division: Annotated[Ref | None, Field(description="The division, where the role is in one.")]
    role: Annotated[Role, Field(description="The role.")]
    tenure: Annotated[Tenure, Field(description="Substantive or acting.")]
    starts_at: Annotated[datetime, Field(description="Since when.")]
    ends_at: Annotated[datetime | None, Field(description="Until when; null: without an end.")]
    state: Annotated[IntervalState, Field(description="Planned, in force or ended, at this moment.")]
    decision_id: Annotated[UUID | None, Field(description="The recorded decision that it rests on.")]
    version: Version


class MembershipRead(MembershipItem):
    """A membership, and what you may do about it."""

    actions: Actions


class MembershipList(View):
    """A page of memberships."""

    items: Annotated[list[MembershipItem], Field(max_length=200, description="The memberships.")]
    next_cursor: Annotated[Cursor | None, Field(description="Send it back to read on; null at the end.")]
