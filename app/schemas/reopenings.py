"""Reopenings: leaves to correct what is approved, or to enter what is missing in a closed period."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.enums import ReopeningState
from app.schemas.base import (
    Actions,
    Awaiting,
    Body,
    Day,
    NextCursor,
    PeriodCode,
    PersonRef,
    Ref,
    Version,
    View,
    Words,
    example,
)


class ReopeningCreate(Body):
    """What is asked: leave to correct an approved result, or to enter one in a closed period."""

    model_config = example(reason="نشر المركز الوطني للإحصاء قيمة معدّلة", expires_on="2026-12-31")

    reason: Annotated[
        Words, Field(description="Why the figure must be corrected, or was not entered in time.")
    ]
    expires_on: Annotated[Day, Field(description="Last day on which it may be used.")]


class _Reopening(View):
    id: Annotated[UUID, Field(description="The reopening's id.")]
    entity: Annotated[Ref, Field(description="The owner entity.")]
    indicator: Annotated[Ref, Field(description="The indicator of the figure.")]
    period: PeriodCode
    result_id: Annotated[UUID | None, Field(description="The approved result to be corrected.")]
    obligation_id: Annotated[
        UUID | None, Field(description="The obligation of the closed period to be entered.")
    ]
    state: Annotated[ReopeningState, Field(description="Asked, granted, refused or used.")]
    grantor: Annotated[Literal["unit", "head"], Field(description="Who decides about it.")]
    reason: Annotated[Words, Field(description="Why it was asked.")]
    asked_by: Annotated[PersonRef, Field(description="Who asked.")]
    asked_at: Annotated[datetime, Field(description="When.")]
    expires_on: Annotated[date, Field(description="Last day on which it may be used.")]
    decided_by: Annotated[PersonRef | None, Field(description="Who granted or refused it.")]
    decided_at: Annotated[datetime | None, Field(description="When.")]
    decision_reason: Annotated[Words | None, Field(description="The reason given with the decision.")]
    expired: Annotated[bool, Field(description="Granted, never used, and no longer usable.")]
    awaiting: Awaiting
    version: Version


class ReopeningItem(_Reopening):
    """A reopening in a list."""


class ReopeningRead(_Reopening):
    """A reopening, and what you may do with it now."""

    actions: Actions


class ReopeningList(View):
    """A page of reopenings."""

    items: Annotated[list[ReopeningItem], Field(max_length=200, description="The latest asked first.")]
    next_cursor: NextCursor
