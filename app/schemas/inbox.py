"""What waits for a person."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import SubjectKind
from app.schemas.base import ActionName, Cursor, Name, PeriodCode, Ref, View


class Title(View):
    """A name in both languages."""

    ar: Annotated[Name, Field(description="In Arabic.")]
    en: Annotated[Name, Field(description="In English.")]


class InboxItem(View):
    """One thing that waits for you."""

    subject_id: Annotated[UUID, Field(description="The id of the thing.")]
    kind: Annotated[SubjectKind, Field(description="What it is.")]
    title: Annotated[
        Title,
        Field(
            description="What it is called; where it has no name, the indicator, initiative or entity that it is of; of"
            " evidence, a challenge and the like both."
        ),
    ]
    period: Annotated[
        PeriodCode | None, Field(description="The period of a result, or of what evidence is about.")
    ]
    entity: Annotated[Ref, Field(description="The entity that it belongs to.")]
    action: Annotated[ActionName, Field(description="What is awaited.")]
    party: Annotated[
        str,
        Field(
            max_length=40,
            pattern=r"^[a-z_]+$",
            description="In which of your roles; with `of=division`, of whom there.",
        ),
    ]
    substitute: Annotated[bool, Field(description="That party stands in for the one that is named first.")]
    since: Annotated[datetime, Field(description="Since when it waits.")]
    due: Annotated[date | None, Field(description="Until when; null: no date is set.")]
    late: Annotated[bool, Field(description="That day has passed, in Oman's calendar.")]
    overdue_days: Annotated[
        int,
        Field(ge=0, le=1_000_000, description="How many days ago, counting every day; 0: it is not late."),
    ]


class InboxList(View):
    """A page of the inbox."""

    items: Annotated[list[InboxItem], Field(max_length=200, description="The longest waiting first.")]
    next_cursor: Annotated[Cursor | None, Field(description="Send it back to read on; null at the end.")]
