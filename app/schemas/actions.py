"""Actions: what is opened, noted, put off, reported, confirmed and read."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import Classification, SubjectKind
from app.enums.actions import ActionSource, ActionState
from app.schemas.base import (
    NOT_BLANK_LINE,
    Actions,
    Awaiting,
    Body,
    Code,
    Day,
    Name,
    NextCursor,
    PeriodCode,
    PersonRef,
    Ref,
    Version,
    View,
    Words,
    example,
)

_ID = "019a0000-0000-7000-8000-000000000001"
_Title = Annotated[Name, Field(description="What is to be done, in a line.")]
_Description = Annotated[Words | None, Field(description="What it asks in full.")]
_DivisionId = Annotated[
    UUID | None, Field(description="The division that owns it; either this or `owner_id`.")
]
_OwnerId = Annotated[
    UUID | None, Field(description="The person of the entity who owns it; either this or `division_id`.")
]
_Class = Annotated[
    Classification,
    Field(
        description="Who may read it; never more open than what it comes from or serves, as it is by default."
    ),
]
_Due = Annotated[Day, Field(description="Until when, in Oman's calendar.")]
_Source = Annotated[ActionSource, Field(description="What it comes from.")]
_Why = Annotated[Words, Field(description="Why; it stays with the action.")]
_Outcome = Annotated[Words, Field(description="What came of it.")]
_Note = Annotated[Words, Field(description="How far it has come.")]


class Directive(Body):
    """A directive of senior management (Guide M-9)."""

    model_config = example(
        issued_by="وكيل الوزارة للتخطيط", letter_number="م و/٣٤١", letter_date="2026-11-10"
    )

    issued_by: Annotated[
        str, Field(min_length=1, max_length=300, pattern=NOT_BLANK_LINE, description="Who issued it.")
    ]
    letter_number: Annotated[
        str, Field(min_length=1, max_length=100, pattern=NOT_BLANK_LINE, description="Number of the letter.")
    ]
    letter_date: Annotated[Day, Field(description="Date of the letter; not in the future.")]


class ActionCreate(Body):
    """Something that is to be done by one owner until a day."""

    model_config = example(
        source="challenge",
        source_id=_ID,
        title="مخاطبة وزارة المالية بشأن مناقلة مخصصات المرحلة الثانية",
        division_id=_ID,
        due="2027-01-15",
    )

    source: _Source
    source_id: Annotated[
        UUID | None,
        Field(
            description="The thing of the entity that it comes from; null only for a directive and a proposal for"
            " improvement."
        ),
    ] = None
    about_id: Annotated[
        UUID | None,
        Field(
            description="What it serves: a challenge, or what a challenge can be about (an initiative or project, a plan,"
            " an indicator, a result, a risk)."
        ),
    ] = None
    title: _Title
    description: _Description = None
    division_id: _DivisionId = None
    owner_id: _OwnerId = None
    due: Annotated[Day, Field(description="Until when, in Oman's calendar; not before today.")]
    classification: Annotated[
        Classification | None,
        Field(
            description="Who may read it; never more open than what it comes from or serves, as it is by default."
        ),
    ] = None
    directive: Annotated[
        Directive | None,
        Field(description="The letter and who issued it, of a directive and of nothing else."),
    ] = None


class ActionPatch(Body):
    """A change before it is reported, as a JSON merge patch (RFC 7396). Its day is put off by a step of its own."""

    model_config = example(
        title="مخاطبة وزارة المالية ووزارة الاقتصاد بشأن المناقلة", division_id=None, owner_id=_ID
    )

    title: _Title = Field(default_factory=str)
    description: _Description = None
    division_id: _DivisionId = None
    owner_id: _OwnerId = None
    classification: _Class = Field(default_factory=lambda: Classification.INTERNAL)


class ActionNoteCreate(Body):
    """How far an action has come."""

    model_config = example(note="أُرسل الكتاب إلى وزارة المالية وبانتظار الرد")

    note: _Note


class ActionReport(Body):
    """Its owner says that it is done."""

    model_config = example(outcome="وافقت وزارة المالية على مناقلة ١٢٠ ألف ريال عُماني")

    outcome: _Outcome


class ActionPostpone(Body):
    """A day that is put off."""

    model_config = example(due="2027-02-15", reason="تأخر رد الجهة المختصة")

    due: Annotated[Day, Field(description="The new day: later than the present one, and not before today.")]
    reason: _Why


class NamedThing(View):
    """A thing that an action comes from or serves."""

    id: Annotated[UUID, Field(description="Its id.")]
    kind: Annotated[SubjectKind, Field(description="What kind of thing it is.")]
    code: Annotated[Code, Field(description="Its code among people, or that of what it belongs to.")]
    name_ar: Annotated[Name, Field(description="What it is called in Arabic, or as it was written.")]
    name_en: Annotated[Name, Field(description="What it is called in English, or as it was written.")]
    period: Annotated[PeriodCode | None, Field(description="The period of a result.")]


class _Action(View):
    id: Annotated[UUID, Field(description="The action's id.")]
    code: Annotated[Code, Field(description="Its code among people.")]
    title: _Title
    entity: Annotated[Ref, Field(description="Whose action it is.")]
    source: _Source
    comes_from: Annotated[
        NamedThing | None, Field(description="The thing that it comes from; null for what has no such thing.")
    ]
    about: Annotated[NamedThing | None, Field(description="What it serves, where that was said.")]
    classification: Annotated[Classification, Field(description="Who may read it.")]
    division: Annotated[Ref | None, Field(description="The division that owns it.")]
    owner: Annotated[PersonRef | None, Field(description="The person who owns it.")]
    due: _Due
    state: Annotated[ActionState, Field(description="How far it has come.")]
    overdue: Annotated[bool, Field(description="Its day is past and its owner has not reported it.")]
    postponed: Annotated[int, Field(ge=0, le=50, description="How often its day was put off.")]
    opened_at: Annotated[datetime, Field(description="When it was opened or proposed.")]
    reported_at: Annotated[datetime | None, Field(description="When its owner reported it.")]
    ended_at: Annotated[datetime | None, Field(description="When it was confirmed, cancelled or refused.")]
    awaiting: Awaiting
    version: Version


class ActionItem(_Action):
    """An action in a list."""


class ActionNoteRead(View):
    """What was said on the way."""

    number: Annotated[int, Field(ge=1, le=200, description="The number of the note.")]
    note: _Note
    written_by: Annotated[PersonRef, Field(description="Who wrote it.")]
    written_at: Annotated[datetime, Field(description="When.")]


class ActionPostponementRead(View):
    """A day that was put off."""

    number: Annotated[int, Field(ge=1, le=50, description="Which time it was.")]
    due_before: Annotated[date, Field(description="The day before.")]
    due: Annotated[date, Field(description="The day from then on.")]
    reason: _Why
    postponed_by: Annotated[PersonRef, Field(description="Who put it off.")]
    postponed_at: Annotated[datetime, Field(description="When.")]


class DirectiveRead(View):
    """The letter of a directive of senior management."""

    issued_by: Annotated[str, Field(max_length=300, pattern=NOT_BLANK_LINE, description="Who issued it.")]
    letter_number: Annotated[
        str, Field(max_length=100, pattern=NOT_BLANK_LINE, description="Number of the letter.")
    ]
    letter_date: Annotated[date, Field(description="Date of the letter.")]


class ActionReturned(View):
    """A report that came back."""

    by: Annotated[PersonRef, Field(description="Who returned it.")]
    at: Annotated[datetime, Field(description="When.")]
    reason: _Why


class ActionRead(_Action):
    """An action with what was said on the way, and what you may do with it now."""

    description: _Description
    directive: Annotated[DirectiveRead | None, Field(description="The letter of a directive.")]
    outcome: Annotated[Words | None, Field(description="What came of it, as its owner reported.")]
    notes: Annotated[
        list[ActionNoteRead], Field(max_length=200, description="What was said on the way, in order.")
    ]
    postponements: Annotated[
        list[ActionPostponementRead], Field(max_length=50, description="Each day that was put off, in order.")
    ]
    opened_by: Annotated[PersonRef, Field(description="Who opened or proposed it.")]
    accepted_by: Annotated[PersonRef | None, Field(description="The head who accepted the proposal.")]
    accepted_at: Annotated[datetime | None, Field(description="When the proposal was accepted.")]
    reported_by: Annotated[PersonRef | None, Field(description="Who reported it.")]
    returned: Annotated[ActionReturned | None, Field(description="The last return of a report.")]
    ended_by: Annotated[PersonRef | None, Field(description="Who confirmed, cancelled or refused it.")]
    end_reason: Annotated[Words | None, Field(description="Why it was cancelled or refused.")]
    exceptional: Annotated[bool, Field(description="The head confirmed it because four eyes left nobody.")]
    actions: Actions


class ActionList(View):
    """A page of actions."""

    items: Annotated[
        list[ActionItem],
        Field(max_length=200, description="What is due first comes first, what has ended last."),
    ]
    next_cursor: NextCursor


class FollowUp(View):
    """An action where it is shown with what it comes from."""

    id: Annotated[UUID, Field(description="The action's id.")]
    code: Annotated[Code, Field(description="Its code among people.")]
    title: _Title
    division: Annotated[Ref | None, Field(description="The division that owns it.")]
    owner: Annotated[PersonRef | None, Field(description="The person who owns it.")]
    due: _Due
    state: Annotated[ActionState, Field(description="How far it has come.")]
    overdue: Annotated[bool, Field(description="Its day is past and its owner has not reported it.")]
    outcome: Annotated[Words | None, Field(description="What came of it, as its owner reported.")]


FollowUps = Annotated[
    list[FollowUp],
    Field(
        max_length=200,
        description="The actions that come from it and that you may see, in the order opened: the first 200.",
    ),
]

_Count = Annotated[int, Field(ge=0, le=1_000_000)]


class _Counts(View):
    total: Annotated[_Count, Field(description="All of them.")]
    open: Annotated[_Count, Field(description="Those that somebody still works on.")]
    overdue: Annotated[_Count, Field(description="Those past their day that their owner has not reported.")]
    due_soon: Annotated[_Count, Field(description="Those due today or within the next five working days.")]
    done: Annotated[_Count, Field(description="Those that were confirmed.")]
    on_time_share: Annotated[
        float | None,
        Field(ge=0, le=1, description="Of those done, the share reported by their day; null of nothing."),
    ]


class ActionsBySource(_Counts):
    """The actions of one kind of source."""

    source: _Source


class ActionsByEntity(_Counts):
    """The actions of one entity."""

    entity: Annotated[Ref, Field(description="The entity.")]


class ActionsByDivision(_Counts):
    """The actions that one division owns."""

    division: Annotated[Ref | None, Field(description="The division; null: those that persons own.")]


class ActionStatistics(_Counts):
    """How actions stand."""

    by_source: Annotated[
        list[ActionsBySource], Field(max_length=200, description="The most open ones first.")
    ]
    by_entity: Annotated[
        list[ActionsByEntity], Field(max_length=200, description="The most open ones first.")
    ]
    by_division: Annotated[
        list[ActionsByDivision], Field(max_length=200, description="The most open ones first.")
    ]
