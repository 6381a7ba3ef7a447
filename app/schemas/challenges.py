"""Challenges: what is opened, tried, proposed, escalated, decided and read."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import Classification
from app.enums.challenges import (
    ChallengeKind,
    ChallengeLevel,
    ChallengeState,
    ChallengeTie,
    EscalationBody,
    LevelDecision,
)
from app.schemas.base import (
    NOT_BLANK_LINE,
    Actions,
    Awaiting,
    Body,
    Code,
    Count,
    Day,
    Name,
    NextCursor,
    Number,
    PeriodCode,
    PersonRef,
    Ref,
    Truth,
    Version,
    View,
    Whole,
    Words,
    example,
)
from app.schemas.escalation_routes import EscalationRouteRead

_ID = "019a0000-0000-7000-8000-000000000001"
_Money = Annotated[Number, Field(ge=0, max_digits=18, decimal_places=3), Field(description="In Omani rials.")]
_WorkingDays = Annotated[Whole, Field(ge=0, le=3650, description="In working days.")]
_Who = Annotated[str, Field(min_length=1, max_length=300, pattern=NOT_BLANK_LINE)]
_SolutionNumber = Annotated[Whole, Field(ge=1, le=20, description="The number of the solution.")]
_Title = Annotated[Name, Field(description="What blocks, in a line.")]
_Cause = Annotated[Words, Field(description="Why it blocks.")]
_Impact = Annotated[Words, Field(description="What comes of it, if it stays.")]
_Kind = Annotated[ChallengeKind, Field(description="What kind of challenge it is.")]
_Tie = Annotated[
    ChallengeTie, Field(description="Tied to a national programme or initiative, or the entity's own (X-4).")
]
_DivisionId = Annotated[
    UUID | None, Field(description="The division that owns it; by default the one in charge of the subject.")
]
_OwnerId = Annotated[
    UUID | None,
    Field(
        description="The person who owns it, of the same entity; by default who opens it, where no"
        " division does."
    ),
]
_PriorityId = Annotated[
    UUID | None, Field(description="The national priority; by default that of the subject.")
]
_Class = Annotated[
    Classification,
    Field(description="Who may read it; never more open than its subject, as it is by default."),
]
_Why = Annotated[Words, Field(description="Why; it stays with the challenge.")]


class ChallengeCreate(Body):
    """A challenge that blocks the execution of something."""

    model_config = example(
        about_id=_ID,
        kind="resources",
        tie="own",
        title="نقص الاعتماد المالي لبرنامج تدريب الباحثين عن عمل",
        cause="لم تُدرج مخصصات المرحلة الثانية في موازنة العام",
        impact="تأخر تدريب ٦٠٠ باحث عن عمل وعدم بلوغ مستهدف العام",
    )

    about_id: Annotated[
        UUID,
        Field(
            description="What it is about (Guide X-6): an initiative, project or simplification action, the entity's "
            "part in a national programme, a plan, a stage of one or of a report, a scorecard, an indicator, its "
            "improvement plan, a result, a definition; or a risk that has happened and is not closed (`not_occurred`): "
            "`/v1/risks/{id}/occur` opens the first challenge about one."
        ),
    ]
    kind: _Kind
    tie: _Tie
    title: _Title
    cause: _Cause
    impact: _Impact
    division_id: _DivisionId = None
    owner_id: _OwnerId = None
    priority_id: _PriorityId = None
    classification: Annotated[
        Classification | None,
        Field(description="Who may read it; never more open than its subject, as it is by default."),
    ] = None


class ChallengePatch(Body):
    """A change while the office holds it, as a JSON merge patch (RFC 7396)."""

    model_config = example(kind="coordination", impact="تأخر تدريب ٤٠٠ باحث عن عمل")

    kind: _Kind = Field(default_factory=lambda: ChallengeKind.OTHER)
    tie: _Tie = Field(default_factory=lambda: ChallengeTie.OWN)
    title: _Title = Field(default_factory=str)
    cause: _Cause = Field(default_factory=str)
    impact: _Impact = Field(default_factory=str)
    division_id: Annotated[UUID | None, Field(description="The division that owns it.")] = None
    owner_id: Annotated[UUID | None, Field(description="The person who owns it, of the same entity.")] = None
    priority_id: Annotated[UUID | None, Field(description="The national priority.")] = None
    classification: _Class = Field(default_factory=lambda: Classification.INTERNAL)


class AttemptCreate(Body):
    """Something that was tried to overcome it (Guide X-1, X-2)."""

    model_config = example(
        tried_on="2026-11-15",
        what="اجتماع مع دائرة الشؤون المالية لإعادة توزيع المخصصات",
        tried_by="مدير مكتب الرؤية",
    )

    tried_on: Annotated[Day, Field(description="When; not in the future.")]
    what: Annotated[Words, Field(description="What was tried, and what came of it.")]
    tried_by: Annotated[_Who | None, Field(description="Who tried it.")] = None


class SolutionCreate(Body):
    """A solution that is proposed, to be compared with the others."""

    model_config = example(
        title="مناقلة من بند التدريب الخارجي",
        effect="تمويل ٧٠٪ من المرحلة الثانية خلال الربع الجاري",
        cost=120000,
        days=30,
    )

    title: Annotated[Name, Field(description="What is proposed, in a line.")]
    effect: Annotated[Words, Field(description="What it would bring.")]
    cost: Annotated[_Money | None, Field(description="What it costs, in Omani rials; null: not known.")] = (
        None
    )
    days: Annotated[_WorkingDays | None, Field(description="Working days it takes; null: not known.")] = None


class SolutionWithdrawal(Body):
    """A solution that is not proposed any more."""

    model_config = example(number=1, reason="تعذرت المناقلة بعد إقفال البند")

    number: _SolutionNumber
    reason: _Why


class SolutionAnalysis(Body):
    """What a solution comes to (Guide O-3, O-5)."""

    model_config = example(
        number=1, analysis="الأقل كلفة والأسرع أثرًا، ويتطلب موافقة وزارة المالية", recommended=True
    )

    number: _SolutionNumber
    analysis: Annotated[Words, Field(description="The analysis.")]
    recommended: Annotated[Truth, Field(description="Whether this one is recommended, instead of any other.")]


class CoordinationRecord(Body):
    """The coordination with UNIT's specialist (Guide X-5)."""

    model_config = example(
        on="2026-11-18", with_whom="مختص وحدة المتابعة", note="اتُّفق على الرفع إلى رئيس الوحدة"
    )

    on: Annotated[Day, Field(description="When; not in the future.")]
    with_whom: Annotated[_Who, Field(description="UNIT's specialist.")]
    note: Annotated[Words | None, Field(description="What was agreed.")] = None


_Code = Annotated[Code, Field(description="Its code among people.", examples=["CH-2026-0001"])]
_State = Annotated[ChallengeState, Field(description="Where it stands.")]
_Level = Annotated[ChallengeLevel | None, Field(description="The level that holds it; null: it has ended.")]
_Due = Annotated[date | None, Field(description="The last day of that level, in Oman's calendar.")]
_Overdue = Annotated[bool, Field(description="That day has passed while the clock ran.")]


class ChallengeSubject(View):
    """What a challenge is about."""

    id: Annotated[UUID, Field(description="Its id.")]
    kind: Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$", description="What it is.")]
    code: Annotated[Code, Field(description="Its code, or that of its indicator.")]
    name_ar: Annotated[Name, Field(description="Its Arabic name, or that of its indicator.")]
    name_en: Annotated[Name, Field(description="Its English name, or that of its indicator.")]
    period: Annotated[PeriodCode | None, Field(description="The period of a result, the year of a plan.")]


class _Challenge(View):
    id: Annotated[UUID, Field(description="The challenge's id.")]
    code: _Code
    title: _Title
    entity: Annotated[Ref, Field(description="The entity whose execution it blocks.")]
    about: Annotated[ChallengeSubject, Field(description="What it is about.")]
    kind: _Kind
    tie: _Tie
    state: _State
    level: _Level
    body: Annotated[
        EscalationBody | None, Field(description="Which committee or body, where one of them holds it.")
    ]
    classification: Annotated[Classification, Field(description="Who may read it.")]
    division: Annotated[Ref | None, Field(description="The division that owns it.")]
    owner: Annotated[PersonRef | None, Field(description="The person who owns it.")]
    priority: Annotated[Ref | None, Field(description="The national priority that it holds up.")]
    opened_at: Annotated[datetime, Field(description="When it was opened.")]
    held_since: Annotated[datetime, Field(description="Since when it is where it is.")]
    due: _Due
    paused_at: Annotated[datetime | None, Field(description="Since when its clock stands still.")]
    overdue: _Overdue
    flagged: Annotated[
        bool, Field(description="It is overdue, and you are of the level above the one that holds it.")
    ]
    awaiting: Awaiting
    version: Version


class ChallengeItem(_Challenge):
    """A challenge in a list."""


class Attempt(View):
    """Something that was tried."""

    number: Annotated[Count, Field(description="In the order recorded.")]
    tried_on: Annotated[date, Field(description="When.")]
    what: Annotated[Words, Field(description="What was tried, and what came of it.")]
    tried_by: Annotated[_Who | None, Field(description="Who tried it.")]
    recorded_by: Annotated[PersonRef, Field(description="Who recorded it.")]
    recorded_at: Annotated[datetime, Field(description="When it was recorded.")]


class Analysis(View):
    """What somebody says a solution comes to."""

    text: Annotated[Words, Field(description="The analysis.")]
    by: Annotated[PersonRef, Field(description="Who analysed it.")]
    at: Annotated[datetime, Field(description="When.")]
    by_representative: Annotated[
        bool, Field(description="As the technical representative assigned to it or to its subject (O-3).")
    ]


class Solution(View):
    """A proposed solution: what it costs, how long it takes, what it brings."""

    number: _SolutionNumber
    title: Annotated[Name, Field(description="What is proposed.")]
    effect: Annotated[Words, Field(description="What it would bring.")]
    cost: Annotated[Number | None, Field(description="In Omani rials; null: not known.")]
    days: Annotated[int | None, Field(ge=0, le=3650, description="Working days it takes; null: not known.")]
    recommended: Annotated[bool, Field(description="The one that is recommended.")]
    analysis: Annotated[Analysis | None, Field(description="What it comes to.")]
    proposed_by: Annotated[PersonRef, Field(description="Who proposed it.")]
    proposed_at: Annotated[datetime, Field(description="When.")]
    withdrawn_at: Annotated[datetime | None, Field(description="When it was withdrawn; null: it stands.")]


class Coordination(View):
    """The coordination with UNIT's specialist."""

    on: Annotated[date, Field(description="When.")]
    with_whom: Annotated[_Who, Field(description="UNIT's specialist.")]
    note: Annotated[Words | None, Field(description="What was agreed.")]
    recorded_by: Annotated[PersonRef, Field(description="Who recorded it.")]


class StayRoute(View):
    """The route by which it came to a level."""

    id: Annotated[UUID, Field(description="The route's id.")]
    code: Annotated[Code, Field(description="Its code.")]
    title_ar: Annotated[Name, Field(description="What it is called, in Arabic.")]
    title_en: Annotated[Name, Field(description="What it is called, in English.")]


class StayLetter(View):
    """The letter of a decision of the head that was recorded."""

    letter_number: Annotated[_Who, Field(description="Number of the letter.")]
    letter_date: Annotated[date, Field(description="Date of the letter.")]


class StayAnswer(StayLetter):
    """The letter of a committee or an outside body."""

    of: Annotated[_Who, Field(description="Who answered.")]


class Stay(View):
    """A stay at a level: how it began, how long it lasted, how it was decided."""

    number: Annotated[Count, Field(description="1 for the first.")]
    level: Annotated[ChallengeLevel, Field(description="The level.")]
    body: Annotated[EscalationBody | None, Field(description="Which committee or body.")]
    route: Annotated[StayRoute | None, Field(description="By which route it came; null: back to the office.")]
    opened_at: Annotated[datetime, Field(description="When it came.")]
    opened_by: Annotated[PersonRef, Field(description="Who brought it.")]
    instruction: Annotated[Words | None, Field(description="What whoever brought it said.")]
    limit_days: Annotated[int, Field(ge=1, le=120, description="Working days that the level has.")]
    due: Annotated[date, Field(description="Its last day.")]
    paused_days: Annotated[
        int, Field(ge=0, le=1_000_000, description="Working days that the clock stood still so far.")
    ]
    paused_at: Annotated[datetime | None, Field(description="Since when it stands still now.")]
    pause_reason: Annotated[Words | None, Field(description="Why it stands still.")]
    ended_at: Annotated[datetime | None, Field(description="When it ended; null: it is there.")]
    days: Annotated[
        int | None,
        Field(ge=0, le=1_000_000, description="Working days it lasted, without those the clock stood still."),
    ]
    ruling: Annotated[LevelDecision | None, Field(description="What ended it.")]
    reason: Annotated[Words | None, Field(description="Why, and what is to be done.")]
    decided_by: Annotated[PersonRef | None, Field(description="Who decided, or recorded the answer.")]
    letter: Annotated[StayLetter | None, Field(description="The head's letter, where it was recorded.")]
    answer: Annotated[StayAnswer | None, Field(description="The letter of the committee or body.")]


class RoutingTable(View):
    """The version of the routing table that a challenge goes by."""

    id: Annotated[UUID, Field(description="The version's id.")]
    number: Annotated[Count, Field(description="Its number.")]


_Attempts = Annotated[list[Attempt], Field(max_length=100, description="What was tried.")]
_Solutions = Annotated[list[Solution], Field(max_length=20, description="Proposed solutions, side by side.")]
_Stays = Annotated[list[Stay], Field(max_length=201, description="Its stays at the levels, in order.")]


class ChallengeRead(_Challenge):
    """One challenge, its way through the levels, and what you may do with it now."""

    cause: _Cause
    impact: _Impact
    opened_by: Annotated[PersonRef, Field(description="Who opened it.")]
    attempts: _Attempts
    solutions: _Solutions
    coordination: Annotated[Coordination | None, Field(description="The coordination with UNIT (X-5).")]
    stays: _Stays
    ways: Annotated[
        list[EscalationRouteRead],
        Field(max_length=60, description="The routes by which it may go up from where it is (X-4)."),
    ]
    routing_table: Annotated[RoutingTable, Field(description="The version that it goes by.")]
    outcome: Annotated[Words | None, Field(description="How it was solved, or why it was accepted.")]
    ended_at: Annotated[datetime | None, Field(description="When it ended.")]
    ended_by: Annotated[PersonRef | None, Field(description="Who ended it.")]
    exceptional: Annotated[
        bool, Field(description="The head closed it because four eyes left no manager to do so.")
    ]
    actions: Actions


class ChallengeList(View):
    """A page of challenges."""

    items: Annotated[
        list[ChallengeItem],
        Field(max_length=200, description="What is due first comes first, what ended last."),
    ]
    next_cursor: NextCursor
