"""What meetings decided (Guide M-2, X-1)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums.meetings import MeetingDecisionState
from app.schemas.base import (
    Actions,
    Body,
    Code,
    Count,
    Day,
    NextCursor,
    PersonRef,
    Ref,
    Version,
    View,
    Words,
    example,
)
from app.schemas.meetings import TitleAr, TitleEn, TopicShown

_TEXT = "تُعاد جدولة المرحلة الثانية من البرنامج ويُرفع التقرير خلال أسبوعين"
_Text = Annotated[Words, Field(description="What was decided.")]
_AboutId = Annotated[
    UUID | None,
    Field(
        description="About what: a stage of a path, an indicator, a figure that is due, a challenge, a risk, an"
        " initiative, an action."
    ),
]
_DecidedOn = Annotated[Day, Field(description="When; not before the meeting, and not in the future.")]


class MeetingDecisionCreate(Body):
    """A decision of a meeting that was held."""

    model_config = example(text=_TEXT, about_id="019a0000-0000-7000-8000-000000000001")

    text: _Text
    about_id: _AboutId = None
    decided_on: Annotated[
        _DecidedOn | None, Field(description="When; by default the day of the meeting.")
    ] = None


class MeetingDecisionPatch(Body):
    """A change while the minutes are not confirmed, as a JSON merge patch (RFC 7396)."""

    model_config = example(text=_TEXT)

    text: _Text = Field(default_factory=str)
    about_id: _AboutId = None
    decided_on: _DecidedOn = Field(default_factory=lambda: date.max)


class MeetingRef(View):
    """A meeting, in short."""

    id: Annotated[UUID, Field(description="The meeting's id.")]
    code: Annotated[Code, Field(description="Its code among people.", examples=["MT-2026-0001"])]
    title_ar: TitleAr
    title_en: TitleEn
    starts_at: Annotated[datetime, Field(description="When it began.")]


class _Decision(View):
    id: Annotated[UUID, Field(description="The decision's id.")]
    number: Annotated[Count, Field(description="Its number in the meeting.")]
    meeting: Annotated[MeetingRef, Field(description="The meeting that decided.")]
    entity: Annotated[Ref, Field(description="The entity whose office met.")]
    text: _Text
    about: TopicShown
    decided_on: Annotated[date, Field(description="When.")]
    state: Annotated[MeetingDecisionState, Field(description="Where it stands.")]
    recorded_by: Annotated[PersonRef, Field(description="Who recorded it.")]
    recorded_at: Annotated[datetime, Field(description="When it was recorded.")]
    version: Version


class MeetingDecisionItem(_Decision):
    """A decision in a list."""


class MeetingDecisionRead(_Decision):
    """One decision, and what you may do with it now."""

    actions: Actions


class MeetingDecisionList(View):
    """A page of decisions."""

    items: Annotated[list[MeetingDecisionItem], Field(max_length=200, description="The decisions.")]
    next_cursor: NextCursor


class DecisionAbout(View):
    """What a meeting decided about a thing."""

    id: Annotated[UUID, Field(description="The decision's id.")]
    text: _Text
    decided_on: Annotated[date, Field(description="When.")]
    state: Annotated[MeetingDecisionState, Field(description="Final once the minutes are confirmed.")]
    meeting: Annotated[MeetingRef, Field(description="The meeting that decided.")]
