"""Meetings: what is planned, changed, held, confirmed and read (Guide M-1, M-2)."""

from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import Classification
from app.enums.meetings import (
    AgendaReason,
    MeetingDecisionState,
    MeetingRole,
    MeetingState,
    WithWhom,
)
from app.schemas.base import (
    NOT_BLANK,
    NOT_BLANK_LINE,
    Actions,
    Awaiting,
    Body,
    Code,
    Count,
    Name,
    NextCursor,
    PeriodCode,
    PersonRef,
    Ref,
    Version,
    View,
    Whole,
    Words,
    example,
)
from app.schemas.people import Moment

_NEVER = datetime(2000, 1, 1, tzinfo=UTC)
_ID = "019a0000-0000-7000-8000-000000000001"

TitleAr = Annotated[Name, Field(description="What it is called, in Arabic.")]
TitleEn = Annotated[Name, Field(description="What it is called, in English.")]
WithWhomSaid = Annotated[
    WithWhom,
    Field(description="UNIT's offices team, project managers, divisions, or the office's own people (M-2)."),
]
_StartsAt = Annotated[Moment, Field(description="When it begins, with its offset.")]
_EndsAt = Annotated[Moment, Field(description="When it ends, with its offset; within a day.")]
Place = Annotated[
    Annotated[str, Field(min_length=1, max_length=300, pattern=NOT_BLANK_LINE)] | None,
    Field(description="Where people meet."),
]
Link = Annotated[
    Annotated[str, Field(max_length=2000, pattern=r"^https?://[\x21-\x7e]+$")] | None,
    Field(description="Where they meet online."),
]
ClassSaid = Annotated[
    Classification,
    Field(description="Who may read it; restricted: only who is invited, who planned it, and who leads."),
]
_Minutes = Annotated[
    str, Field(min_length=1, max_length=20_000, pattern=NOT_BLANK, description="The minutes.")
]
_Attended = Annotated[
    list[Annotated[Whole, Field(ge=1, le=100)]],
    Field(max_length=100, description="The numbers of those who came; everybody else did not."),
]
_Who = Annotated[str, Field(min_length=1, max_length=300, pattern=NOT_BLANK_LINE)]
_Role = Annotated[MeetingRole, Field(description="What they are there; one chair and one secretary at most.")]


class Invitation(Body):
    """Somebody who is invited: a person of the service, or an outsider by name and organisation."""

    model_config = example(user_id=_ID, role="chair")

    user_id: Annotated[
        UUID | None,
        Field(description="A person of the entity; of UNIT too, where the meeting is with its team."),
    ] = None
    name: Annotated[_Who | None, Field(description="The name of an outsider.")] = None
    organisation: Annotated[_Who | None, Field(description="Where the outsider is from.")] = None
    role: _Role = MeetingRole.MEMBER


Invitations = Annotated[list[Invitation], Field(max_length=100, description="Who is invited, in this order.")]

_PEOPLE = [
    {"user_id": _ID, "role": "chair"},
    {"name": "خالد بن سيف المعمري", "organisation": "شركة الحلول الرقمية", "role": "guest"},
]


class MeetingCreate(Body):
    """A single meeting."""

    model_config = example(
        with_whom="unit_team",
        title_ar="الاجتماع الدوري مع فريق المكاتب في وحدة المتابعة",
        title_en="Regular meeting with UNIT's offices team",
        starts_at="2026-12-06T09:00:00+04:00",
        ends_at="2026-12-06T10:30:00+04:00",
        place="قاعة الاجتماعات الرئيسية",
        people=_PEOPLE,
    )

    with_whom: WithWhomSaid
    title_ar: TitleAr
    title_en: TitleEn
    starts_at: _StartsAt
    ends_at: _EndsAt
    place: Place = None
    link: Link = None
    classification: ClassSaid = Classification.INTERNAL
    people: Invitations = Field(default_factory=list)


class MeetingPatch(Body):
    """A change as a JSON merge patch (RFC 7396): of what is planned while it is; of minutes and attendance once it was
    held, until the minutes are confirmed."""

    model_config = example(
        starts_at="2026-12-06T11:00:00+04:00",
        ends_at="2026-12-06T12:00:00+04:00",
        place="قاعة الاجتماعات الصغرى",
    )

    title_ar: TitleAr = Field(default_factory=str)
    title_en: TitleEn = Field(default_factory=str)
    starts_at: _StartsAt = Field(default_factory=lambda: _NEVER)
    ends_at: _EndsAt = Field(default_factory=lambda: _NEVER)
    place: Place = None
    link: Link = None
    classification: ClassSaid = Field(default_factory=lambda: Classification.INTERNAL)
    people: Annotated[list[Invitation], Field(max_length=100, description="Who is invited, as a whole.")] = (
        Field(default_factory=list)
    )
    minutes: _Minutes = Field(default_factory=str)
    attended: _Attended = Field(default_factory=list)


class MeetingReason(Body):
    """Why it is called off, ended or taken back."""

    model_config = example(reason="تعارض موعد الاجتماع مع اجتماع مجلس الوزراء")

    reason: Annotated[Words, Field(description="Why; everybody concerned reads it.")]


class MeetingHeld(Body):
    """Who came to a meeting, and what its minutes say."""

    model_config = example(attended=[1, 2], minutes="استُعرض تقدم المبادرات المتأخرة واتُّفق على خطة معالجة.")

    attended: _Attended
    minutes: Annotated[_Minutes | None, Field(description="The minutes; they may be written later.")] = None


class AgendaPoint(Body):
    """What is discussed."""

    model_config = example(title="تأخر مرحلة التدقيق في الخطة السنوية", about_id=_ID)

    title: Annotated[Name, Field(description="What is discussed, in a line.")]
    about_id: Annotated[
        UUID | None,
        Field(
            description="What it is about: a stage of a path, an indicator, a figure that is due, a challenge, a"
            " risk, an initiative, an action."
        ),
    ] = None


class AgendaSet(Body):
    """The whole agenda."""

    model_config = example(items=[{"title": "تأخر مرحلة التدقيق في الخطة السنوية", "about_id": _ID}])

    items: Annotated[list[AgendaPoint], Field(max_length=50, description="What is discussed, in this order.")]


class Topic(View):
    """What an agenda item or a decision is about."""

    id: Annotated[UUID, Field(description="Its id.")]
    kind: Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$", description="What it is.")]
    code: Annotated[Code | None, Field(description="Its code among people, or that of its indicator.")]
    title_ar: Annotated[Name, Field(description="Its Arabic name.")]
    title_en: Annotated[Name, Field(description="Its English name, or the Arabic one where it has no other.")]
    period: Annotated[PeriodCode | None, Field(description="The period of a figure.")]


TopicShown = Annotated[
    Topic | None, Field(description="What it is about; null where that is nothing, or not visible to you.")
]


class InvitedPerson(View):
    """Somebody who is invited."""

    number: Annotated[Count, Field(description="The number in the list.")]
    person: Annotated[PersonRef | None, Field(description="The person; null: an outsider.")]
    name: Annotated[_Who | None, Field(description="The name of an outsider.")]
    organisation: Annotated[_Who | None, Field(description="Where the outsider is from.")]
    role: _Role
    attended: Annotated[
        bool | None,
        Field(
            description="Whether they came; null: not recorded yet, or not told to you before it is confirmed."
        ),
    ]


class AgendaItemRead(View):
    """An item of the agenda."""

    number: Annotated[Count, Field(description="Its place.")]
    title: Annotated[Name, Field(description="What is discussed.")]
    about: TopicShown


class MeetingDecisionPart(View):
    """A decision among those of its meeting."""

    id: Annotated[UUID, Field(description="The decision's id.")]
    number: Annotated[Count, Field(description="In the order recorded.")]
    text: Annotated[Words, Field(description="What was decided.")]
    about: TopicShown
    decided_on: Annotated[date, Field(description="When.")]
    state: Annotated[MeetingDecisionState, Field(description="Where it stands.")]
    version: Version


class MeetingSeriesRef(View):
    """The series that a meeting is of."""

    id: Annotated[UUID, Field(description="The series' id.")]
    title_ar: TitleAr
    title_en: TitleEn


class _Meeting(View):
    id: Annotated[UUID, Field(description="The meeting's id.")]
    code: Annotated[Code, Field(description="Its code among people.", examples=["MT-2026-0001"])]
    entity: Annotated[Ref, Field(description="The entity whose office meets.")]
    series: Annotated[
        MeetingSeriesRef | None, Field(description="The series that it is of, where you may see that.")
    ]
    with_whom: WithWhomSaid
    title_ar: TitleAr
    title_en: TitleEn
    starts_at: Annotated[datetime, Field(description="When it begins.")]
    ends_at: Annotated[datetime, Field(description="When it ends.")]
    place: Place
    link: Link
    classification: ClassSaid
    state: Annotated[MeetingState, Field(description="Where it stands.")]
    invited: Annotated[bool, Field(description="Whether you are invited.")]
    sequence: Annotated[
        int, Field(ge=0, le=2_000_000_000, description="Rises with each change that calendars show.")
    ]
    awaiting: Awaiting
    version: Version


class MeetingItem(_Meeting):
    """A meeting in a list."""


class MeetingRead(_Meeting):
    """One meeting, and what you may do with it now."""

    people: Annotated[list[InvitedPerson], Field(max_length=100, description="Who is invited.")]
    agenda: Annotated[list[AgendaItemRead], Field(max_length=50, description="What it discusses.")]
    minutes: Annotated[
        _Minutes | None,
        Field(description="The minutes; until they are confirmed only to the office and who is invited."),
    ]
    decisions: Annotated[
        list[MeetingDecisionPart],
        Field(max_length=100, description="What it decided; to whoever is told the minutes."),
    ]
    planned_by: Annotated[PersonRef, Field(description="Who planned it.")]
    planned_at: Annotated[datetime, Field(description="When it was planned.")]
    held_at: Annotated[datetime | None, Field(description="When it was recorded that it was held.")]
    confirmed_by: Annotated[PersonRef | None, Field(description="Who confirmed the minutes.")]
    confirmed_at: Annotated[datetime | None, Field(description="When they were confirmed.")]
    exceptional: Annotated[bool, Field(description="The head confirmed them, because nobody else was left.")]
    cancelled_at: Annotated[datetime | None, Field(description="When it was called off.")]
    cancel_reason: Annotated[Words | None, Field(description="Why it was called off.")]
    actions: Actions


class MeetingList(View):
    """A page of meetings."""

    items: Annotated[list[MeetingItem], Field(max_length=200, description="The meetings.")]
    next_cursor: NextCursor


class AgendaProposal(View):
    """Something that is open and might be discussed."""

    kind: Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$", description="What it is.")]
    subject_id: Annotated[UUID, Field(description="Its id: `about_id` of an agenda item.")]
    code: Annotated[Code | None, Field(description="Its code among people, or that of its indicator.")]
    title_ar: Annotated[Name, Field(description="Its Arabic name.")]
    title_en: Annotated[Name, Field(description="Its English name, or the Arabic one where it has no other.")]
    period: Annotated[PeriodCode | None, Field(description="The period of a figure.")]
    why: Annotated[AgendaReason, Field(description="Why it is proposed.")]
    since: Annotated[date | None, Field(description="Since when it is so, where that is known.")]
    due: Annotated[date | None, Field(description="When it is, or was, due.")]
    on_agenda: Annotated[bool, Field(description="It stands on this agenda already.")]


class AgendaProposals(View):
    """What the service proposes for the agenda of a meeting."""

    meeting_id: Annotated[UUID, Field(description="The meeting's id.")]
    proposals: Annotated[
        list[AgendaProposal], Field(max_length=100, description="What is open, the most urgent first.")
    ]
    more: Annotated[bool, Field(description="There is more than is shown.")]
