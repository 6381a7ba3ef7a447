"""Delegations: the holder of a post lets a specialist take one of its actions for a time."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.errors import Text
from app.permissions import DELEGABLE
from app.schemas.base import ActionName, Actions, Body, Cursor, PersonRef, Ref, Version, View, Words, example
from app.schemas.people import PERSON_EXAMPLE, IntervalState, Moment, StartsAt


def _delegable(action: str) -> str:
    if action not in DELEGABLE:
        words = Text("This action is not delegable.", "هذا الإجراء غير قابل للتفويض.")
        raise PydanticCustomError("not_delegable", "not delegable", {"text": words})
    return action


class DelegationCreate(Body):
    """Whom the holder of a post lets take which action, and for how long."""

    model_config = example(
        delegate_id=PERSON_EXAMPLE["id"],
        action="results.approve",
        ends_at="2027-01-01T00:00:00+04:00",
        reason="إجازة اعتيادية",
    )

    delegate_id: Annotated[UUID, Field(description="A specialist of the entity.")]
    action: Annotated[
        ActionName,
        AfterValidator(_delegable),
        Field(description="Which action.", json_schema_extra={"enum": list(DELEGABLE)}),
    ]
    starts_at: StartsAt = None
    ends_at: Annotated[Moment, Field(description="Until when, with its offset; at most one year.")]
    reason: Annotated[Words, Field(description="Why.")]


class DelegationItem(View):
    """A delegation in a list. It rests on the delegator's post: when that ends, so does it."""

    id: Annotated[UUID, Field(description="The delegation's id.")]
    entity: Annotated[Ref, Field(description="The entity.")]
    delegator: Annotated[PersonRef, Field(description="Whose action it is.")]
    delegate: Annotated[PersonRef, Field(description="Who may take it.")]
    action: Annotated[ActionName, Field(description="Which action.")]
    reason: Annotated[Words, Field(description="Why.")]
    starts_at: Annotated[datetime, Field(description="Since when.")]
    ends_at: Annotated[datetime, Field(description="Until when.")]
    state: Annotated[IntervalState, Field(description="Planned, in force or ended, at this moment.")]
    version: Version


class DelegationRead(DelegationItem):
    """A delegation, and what you may do about it."""

    actions: Actions


class DelegationList(View):
    """A page of delegations."""

    items: Annotated[list[DelegationItem], Field(max_length=200, description="The delegations.")]
    next_cursor: Annotated[Cursor | None, Field(description="Send it back to read on; null at the end.")]
