"""Path runs: the path that a thing walks, its stages, what people do in them, and its timeline."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import SubjectKind
from app.enums.paths import (
    PathRunState,
    StageKind,
    StageOutcome,
    StageParty,
    StageState,
    StageTiming,
)
from app.schemas.base import (
    NOT_BLANK_LINE,
    Actions,
    Awaiting,
    Body,
    Code,
    Count,
    Day,
    Line,
    Name,
    NextCursor,
    PersonRef,
    Ref,
    Version,
    View,
    Whole,
    Words,
    example,
)
from app.schemas.decisions import RecordedDecision
from app.schemas.path_templates import NeededEvidence, Question, Quorum, StageKey

_ID = "019a0000-0000-7000-8000-000000000001"
_LETTER = {"number": "م و/٢٠٢٦/٤١٢", "date": "2026-11-10", "sender": "الأمانة العامة لمجلس الوزراء"}
_ANSWERS = {"aligned": {"answer": "yes"}, "templates": {"answer": "no", "remark": "ينقص نموذج المخاطر"}}

RunYear = Annotated[Whole, Field(ge=2000, le=2100, description="The year that due dates count from.")]
_Number = Annotated[Whole, Field(ge=1, le=1000)]


class AnswerGiven(StrEnum):
    """An answer to an item of a checklist."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"


class PathRunCreate(Body):
    """What is to walk which path."""

    model_config = example(subject_id=_ID, template_id=_ID, year=2027)

    subject_id: Annotated[UUID, Field(description="A plan, a scorecard, or the entity itself.")]
    template_id: Annotated[
        UUID, Field(description="An approved path template of the entity, for such a subject.")
    ]
    year: Annotated[
        RunYear | None, Field(description="Needed for an entity; a plan or scorecard has its own.")
    ] = None


class StageAnswer(Body):
    """What is answered to an item of the checklist."""

    answer: Annotated[AnswerGiven, Field(description="The answer.")]
    remark: Annotated[Words | None, Field(description="Needed with a no: what is missing.")] = None


class OutsideLetter(Body):
    """The letter by which a body outside answered."""

    model_config = example(**_LETTER)

    number: Annotated[
        str,
        Field(min_length=1, max_length=100, pattern=NOT_BLANK_LINE, description="Number of the letter."),
    ]
    date: Annotated[Day, Field(description="Date of the letter.")]
    sender: Annotated[Name, Field(description="Who sent it.")]


_Answers = Annotated[
    dict[StageKey, StageAnswer],
    Field(
        default_factory=dict,
        max_length=20,
        description="By the keys of the checklist's items; all of them before the stage ends well.",
    ),
]
_Decision = Annotated[
    RecordedDecision | None,
    Field(description="Needed when the head's office records the head's decision."),
]


class StageTaken(Body):
    """What goes with a stage that ends well."""

    model_config = example(answers=_ANSWERS)

    reason: Annotated[
        Words | None,
        Field(description="A remark; needed when the head decides because four eyes leaves nobody."),
    ] = None
    decision: _Decision = None
    answers: _Answers
    letter: Annotated[
        OutsideLetter | None,
        Field(description="Needed where the stage records the answer of a body outside."),
    ] = None


class StageReturned(Body):
    """What goes with a return."""

    model_config = example(
        reason="المبادرة الثالثة لا تحرك أي مؤشر، يرجى مراجعتها مع التقسيم المعني", to="A-15"
    )

    reason: Annotated[Words, Field(description="Why; who does it again reads it.")]
    to: Annotated[StageKey, Field(description="The stage from which on the path is walked again.")]
    decision: _Decision = None
    answers: _Answers


class StageSkipped(Body):
    """What goes with a stage that does not apply."""

    model_config = example(reason="لم ترد ملاحظات من الأمانة العامة لمجلس الوزراء")

    reason: Annotated[Words, Field(description="Why it does not apply.")]
    decision: _Decision = None


class StagePartyGiven(Body):
    """A party that a stage is given to."""

    party: Annotated[StageParty, Field(description="The party.")]
    division_id: Annotated[
        UUID | None, Field(description="The division, where the party is `division`; one of the entity.")
    ] = None


class StageReassign(Body):
    """To whom a stage is given, and why."""

    model_config = example(parties=[{"party": "specialist"}], reason="الدائرة المعنية في إجازة جماعية")

    parties: Annotated[
        list[StagePartyGiven], Field(min_length=1, max_length=10, description="The parties, in order.")
    ]
    reason: Annotated[Words, Field(description="Why.")]


class PathRunStop(Body):
    """Why a path is stopped."""

    model_config = example(reason="دُمجت الخطة في خطة الجهة الجديدة بعد إعادة الهيكلة")

    reason: Annotated[Words, Field(description="Why.")]


class WalkedSubject(View):
    """What walks the path."""

    kind: Annotated[SubjectKind, Field(description="What it is.")]
    id: Annotated[UUID, Field(description="Its id.")]


class TemplateOfRun(View):
    """The version of a template that a run keeps."""

    id: Annotated[UUID, Field(description="The version's id.")]
    code: Annotated[Code, Field(description="The template's code.")]
    number: Annotated[Count, Field(description="The version's number.")]
    title_ar: Annotated[Name, Field(description="Its title in Arabic.")]
    title_en: Annotated[Name, Field(description="Its title in English.")]


class NamedParty(View):
    """A party of a stage."""

    party: Annotated[
        str,
        Field(max_length=40, pattern=r"^[a-z_]+$", description="The party by name.", examples=["planning"]),
    ]
    division: Annotated[Ref | None, Field(description="The division, where one is named.")]


class Progress(View):
    """How far a run is."""

    total: Annotated[
        int, Field(ge=0, le=10_000, description="Its stages, each occasion of a recurring one counted.")
    ]
    over: Annotated[int, Field(ge=0, le=10_000, description="How many of them are over.")]


class _Stage(View):
    id: Annotated[UUID, Field(description="The id of this round of the stage.")]
    key: Annotated[StageKey, Field(description="Its name within the template.", examples=["A-17"])]
    number: Annotated[_Number, Field(description="Its place among the template's stages.")]
    occasion: Annotated[_Number, Field(description="1; of a recurring stage 1, 2 and so on.")]
    round: Annotated[_Number, Field(description="1; after a return 2 and so on.")]
    title_ar: Annotated[Name, Field(description="What is done, in Arabic.")]
    title_en: Annotated[Name, Field(description="What is done, in English.")]
    kind: Annotated[StageKind, Field(description="What is done in it.")]
    state: Annotated[StageState, Field(description="Where this round stands.")]


_DaysLate = Annotated[
    int,
    Field(ge=0, le=1_000_000, description="Omani working days past its due date, so far or at its end."),
]
_Timing = Annotated[StageTiming, Field(description="Where it stands in time today.")]


class _Timed(_Stage):
    due_from: Annotated[date | None, Field(description="From when it is planned; null: no such day is set.")]
    due: Annotated[date | None, Field(description="Until when; null: known once it opens.")]
    timing: _Timing
    days_late: _DaysLate
    opened_at: Annotated[datetime | None, Field(description="When it opened.")]
    ended_at: Annotated[datetime | None, Field(description="When it ended.")]


class OpenPathStage(_Timed):
    """A stage of a run that is open."""

    awaiting: Awaiting


class AnswerKept(View):
    """An answer to an item of a checklist."""

    answer: Annotated[AnswerGiven, Field(description="The answer.")]
    remark: Annotated[Words | None, Field(description="What was said with it.")]


class LetterKept(View):
    """The letter by which a body outside answered."""

    number: Annotated[Line, Field(max_length=100, description="Number of the letter.")]
    date: Annotated[date, Field(description="Date of the letter.")]
    sender: Annotated[Name, Field(description="Who sent it.")]


class StageAct(View):
    """What somebody did in a stage."""

    person: Annotated[PersonRef, Field(description="In whose name.")]
    parties: Annotated[
        list[NamedParty], Field(max_length=100, description="Which of the stage's parties they answered to.")
    ]
    outcome: Annotated[StageOutcome, Field(description="What they said of it.")]
    reason: Annotated[Words | None, Field(description="Why, or a remark.")]
    answers: Annotated[
        dict[StageKey, AnswerKept], Field(max_length=20, description="By the items of the checklist.")
    ]
    letter: Annotated[LetterKept | None, Field(description="The answer of a body outside.")]
    exceptional: Annotated[bool, Field(description="The head decided because four eyes left nobody.")]
    acting_for: Annotated[PersonRef | None, Field(description="Who had delegated it.")]
    recorded_by: Annotated[PersonRef | None, Field(description="Who recorded it for the head.")]
    decision_id: Annotated[UUID | None, Field(description="The head's decision, where it was recorded.")]
    at: Annotated[datetime, Field(description="When.")]


class PathStageShown(_Timed):
    """One round of a stage among those of its run."""

    group_number: Annotated[_Number, Field(description="Stages of the same group run side by side.")]
    parties: Annotated[
        list[NamedParty], Field(max_length=200, description="Who may take it, the first named in front.")
    ]
    reason: Annotated[Words | None, Field(description="Why it was returned, or does not apply; a remark.")]
    returned_to: Annotated[
        StageKey | None, Field(description="From which stage on the path is walked again.")
    ]
    superseded: Annotated[bool, Field(description="A later round counts, and not this one.")]
    acts: Annotated[list[StageAct], Field(max_length=100, description="What was done in it.")]


class _PathRun(View):
    id: Annotated[UUID, Field(description="The run's id.")]
    entity: Annotated[Ref, Field(description="Whose path it is.")]
    subject: Annotated[WalkedSubject, Field(description="What walks it.")]
    template: Annotated[TemplateOfRun, Field(description="The version of the template that it keeps.")]
    year: RunYear
    state: Annotated[PathRunState, Field(description="Where it stands.")]
    started_at: Annotated[datetime, Field(description="When it was started.")]
    ended_at: Annotated[datetime | None, Field(description="When it was finished or stopped.")]
    progress: Annotated[Progress, Field(description="How far it is.")]
    open_stages: Annotated[
        list[OpenPathStage],
        Field(
            max_length=200,
            description="The stages that are open: since when, until when, whom they wait for.",
        ),
    ]
    version: Version


class PathRunItem(_PathRun):
    """A run in a list, with whose turn it is and what is late."""


class PathRunRead(_PathRun):
    """A run with all its stages, round by round, and what you may do with it now."""

    kept_dates: Annotated[bool, Field(description="Due dates stand where they fall on days off.")]
    started_by: Annotated[PersonRef, Field(description="Who started it.")]
    stopped_by: Annotated[PersonRef | None, Field(description="Who stopped it.")]
    stop_reason: Annotated[Words | None, Field(description="Why it was stopped.")]
    stages: Annotated[
        list[PathStageShown], Field(max_length=5000, description="In the order of the template, by round.")
    ]
    actions: Actions


class RunOfStage(View):
    """The run that a stage is of."""

    id: Annotated[UUID, Field(description="The run's id.")]
    year: RunYear
    state: Annotated[PathRunState, Field(description="Where it stands.")]
    title_ar: Annotated[Name, Field(description="The template's title in Arabic.")]
    title_en: Annotated[Name, Field(description="The template's title in English.")]


class PathStageRead(PathStageShown):
    """One round of a stage: what it asks for, what was done, and what you may do with it now."""

    entity: Annotated[Ref, Field(description="Whose path it is.")]
    subject: Annotated[WalkedSubject, Field(description="What walks its path.")]
    run: Annotated[RunOfStage, Field(description="The run that it is of.")]
    collaborators: Annotated[
        list[StageParty], Field(max_length=30, description="Who works with its parties.")
    ]
    quorum: Annotated[Quorum | None, Field(description="How many must take it; null: one.")]
    checklist: Annotated[list[Question], Field(max_length=20, description="What must be answered.")]
    evidence: Annotated[list[NeededEvidence], Field(max_length=7, description="What must be attached.")]
    outcomes: Annotated[list[StageOutcome], Field(max_length=4, description="How it may end.")]
    returns_to: Annotated[list[StageKey], Field(max_length=80, description="Where it may be returned to.")]
    informs: Annotated[
        list[StageParty],
        Field(
            max_length=30,
            description="Who is told once it is done or approved: of the parties inside, who may see the path.",
        ),
    ]
    guide: Annotated[
        Annotated[Line, Field(max_length=100)] | None, Field(description="Where the guide speaks of it.")
    ]
    controls: Annotated[
        list[StageKey], Field(max_length=80, description="The stages whose people never take it (four eyes).")
    ]
    fires: Annotated[
        str | None,
        Field(
            max_length=60,
            pattern=r"^[a-z_]+\.[a-z_]+$",
            description="The transition of the subject that takes place when it ends well.",
            examples=["plans.approve"],
        ),
    ]
    awaiting: Awaiting
    version: Version
    actions: Actions


class PathRunList(View):
    """A page of runs."""

    items: Annotated[list[PathRunItem], Field(max_length=200, description="The newest first.")]
    next_cursor: NextCursor


class TimelineItem(_Stage):
    """A bar of the timeline: what was planned against what took place."""

    planned_from: Annotated[date | None, Field(description="From when it was planned; its due date else.")]
    planned_to: Annotated[date | None, Field(description="Until when; null: known once it opens.")]
    actual_from: Annotated[date | None, Field(description="When it opened; null: it has not.")]
    actual_to: Annotated[date | None, Field(description="When it ended; null: it has not, or never opened.")]
    timing: _Timing
    days_late: _DaysLate
    superseded: Annotated[bool, Field(description="A later round counts, and not this one.")]


class PathRunTimeline(View):
    """The timeline of a run, ready to be drawn."""

    id: Annotated[UUID, Field(description="The run's id.")]
    entity: Annotated[Ref, Field(description="Whose path it is.")]
    title_ar: Annotated[Name, Field(description="The template's title in Arabic.")]
    title_en: Annotated[Name, Field(description="The template's title in English.")]
    year: RunYear
    state: Annotated[PathRunState, Field(description="Where it stands.")]
    today: Annotated[date, Field(description="The day in Oman that it is seen from.")]
    bars: Annotated[
        list[TimelineItem], Field(max_length=5000, description="In the order of the template, by round.")
    ]
    version: Version
