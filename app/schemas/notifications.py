"""What a person was told, how they want to hear of it, and the work of the clock that keeps failing."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import SubjectKind
from app.enums.notifications import MailPace, Reason, Work
from app.schemas.base import (
    ActionName,
    Actions,
    Body,
    Name,
    NextCursor,
    PeriodCode,
    Ref,
    Version,
    View,
    example,
)
from app.schemas.inbox import Title

PaceField = Annotated[
    MailPace,
    Field(description="At once, in one mail on the morning of a working day, or not by e-mail at all."),
]


class NotificationItem(View):
    """One thing that you were told."""

    id: Annotated[UUID, Field(description="Its id.")]
    reason: Annotated[
        Reason,
        Field(
            description="`awaited`: it waits for you; `told`: something was done with what you worked on;"
            " `invited`: what you are invited to was planned, changed or called off; `flagged`: a challenge is"
            " overdue at the level below yours, of which you are told once of each time that it comes there; the"
            " others remind you of what waits: before its day, on it, after it."
        ),
    ]
    subject_id: Annotated[UUID, Field(description="The id of the thing.")]
    kind: Annotated[SubjectKind, Field(description="What it is.")]
    title: Annotated[Title, Field(description="What it is about, as your inbox says it.")]
    period: Annotated[
        PeriodCode | None, Field(description="The period of a result, or of what evidence is about.")
    ]
    entity: Annotated[Ref, Field(description="The entity that it belongs to.")]
    action: Annotated[
        ActionName, Field(description="What was awaited, of you or of the level below yours, or was done.")
    ]
    due: Annotated[
        date | None,
        Field(description="Until when it was awaited, or when it takes place; null: no date was set."),
    ]
    created_at: Annotated[datetime, Field(description="When you were told.")]
    read_at: Annotated[datetime | None, Field(description="When you marked it as read; null: you have not.")]


class NotificationList(View):
    """A page of what you were told."""

    items: Annotated[list[NotificationItem], Field(max_length=200, description="The newest first.")]
    next_cursor: NextCursor


class NotificationSettings(View):
    """How you hear of what is new. Here you are always told; this is about e-mail."""

    email: PaceField
    version: Version
    actions: Actions


class NotificationSettingsPatch(Body):
    """What changes; what is left out stays."""

    model_config = example(email="at_once")

    email: PaceField = MailPace.DAILY


class ParkedJob(View):
    """Work of the clock that keeps failing."""

    id: Annotated[UUID, Field(description="Its id.")]
    what: Annotated[
        Work,
        Field(
            description="`tell`: somebody is to be told of an event; `mail`: a mail goes out; the others are what the"
            " clock does of itself, and come again in their time."
        ),
    ]
    attempts: Annotated[int, Field(ge=0, le=2_000_000_000, description="How often it was tried in vain.")]
    last_error: Annotated[
        Name | None, Field(description="How it failed the last time: the kind of fault and its code.")
    ]
    since: Annotated[datetime, Field(description="Since when nobody tries it, or since when it fails.")]


class ParkedJobList(View):
    """A page of it."""

    items: Annotated[list[ParkedJob], Field(max_length=200, description="The longest failing first.")]
    next_cursor: NextCursor
