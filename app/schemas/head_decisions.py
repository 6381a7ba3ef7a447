"""The head's decisions, as they are read."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.schemas.base import ActionName, Actions, Cursor, Line, PersonRef, Ref, View


class HeadDecisionItem(View):
    """A decision of the head in a list, as the head's office recorded it."""

    id: Annotated[UUID, Field(description="The decision's id.")]
    entity: Annotated[Ref, Field(description="The entity.")]
    action: Annotated[ActionName, Field(description="What was decided.")]
    subject_id: Annotated[UUID | None, Field(description="About what.")]
    decided_by: Annotated[PersonRef, Field(description="The head, or acting head, who decided.")]
    recorded_by: Annotated[PersonRef, Field(description="Who recorded it in the head's office.")]
    letter_number: Annotated[Line, Field(description="Number of the letter.")]
    letter_date: Annotated[date, Field(description="Date of the letter.")]
    recorded_at: Annotated[datetime, Field(description="When it was recorded.")]


class HeadDecisionRead(HeadDecisionItem):
    """A recorded decision. It never changes."""

    actions: Actions


class HeadDecisionList(View):
    """A page of recorded decisions."""

    items: Annotated[list[HeadDecisionItem], Field(max_length=200, description="The latest first.")]
    next_cursor: Annotated[Cursor | None, Field(description="Send it back to read on; null at the end.")]
