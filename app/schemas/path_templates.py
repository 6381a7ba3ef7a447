"""Path templates: the stages that a plan, a scorecard or an entity's year goes through, as data."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import Chain, EvidenceKind, Frequency
from app.enums.paths import (
    DueFrom,
    DueKind,
    PathTemplateState,
    QuorumOf,
    RunsOn,
    StageKind,
    StageOutcome,
    StageParty,
)
from app.schemas.base import (
    NOT_BLANK_LINE,
    ONE_LINE,
    Actions,
    Awaiting,
    Body,
    Code,
    Count,
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

_DUE = {"kind": "date", "month": 5, "day": 15, "year": -1}
_DRAFTED = {
    "key": "draft",
    "title_ar": "إعداد مسودة الخطة",
    "title_en": "Draft the plan",
    "kind": "prepare",
    "responsible": [{"party": "enterer"}],
    "due": _DUE,
}
_APPROVED = {
    "key": "approval",
    "title_ar": "اعتماد الخطة من رئيس الوحدة",
    "title_en": "The head approves the plan",
    "kind": "approve",
    "responsible": [{"party": "head"}],
    "due": {"kind": "offset", "since": "previous_group", "working_days": 5},
    "outcomes": ["approved", "returned"],
    "returns_to": ["draft"],
    "controls": ["draft"],
    "fires": "plans.approve",
}
_GROUPS = [[_DRAFTED], [_APPROVED]]
_ID = "019a0000-0000-7000-8000-000000000001"

StageKey = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]
_Key = Annotated[StageKey, Field(description="Its name within the template.", examples=["A-17"])]
_Keys = Annotated[list[StageKey], Field(max_length=80)]
_Parties = Annotated[list[StageParty], Field(max_length=30)]
_Month = Annotated[Whole, Field(ge=1, le=12)]
_Day = Annotated[Whole, Field(ge=1, le=31)]
_RelativeYear = Annotated[Whole, Field(ge=-2, le=1)]
_WorkingDays = Annotated[Whole, Field(ge=-400, le=400)]
_Minimum = Annotated[Whole, Field(ge=1, le=20, description="How many files at least.")]
_QuorumCount = Annotated[Whole, Field(ge=2, le=50, description="How many of them must take the stage.")]
_TitleAr = Annotated[Name, Field(description="What is done, in Arabic.")]
_TitleEn = Annotated[Name, Field(description="What is done, in English.")]
_Guide = Annotated[
    Annotated[str, Field(min_length=1, max_length=100, pattern=NOT_BLANK_LINE)] | None,
    Field(description="Where the guide speaks of it."),
]
_Action = Annotated[str, Field(max_length=60, pattern=r"^[a-z_]+\.[a-z_]+$")]
_Fires = Annotated[
    _Action | None,
    Field(
        description="The transition of the plan or scorecard that takes place when the stage ends well.",
        examples=["plans.approve"],
    ),
]
_Well = "How it may end; `returned` only with `returns_to`."
_Kind = Annotated[StageKind, Field(description="What is done in it.")]
_ReturnsTo = "Keys of stages of earlier groups, from which on a return reopens the path."
_Controls = "Keys of the stages whose people never take this one (four eyes)."
_Collaborators = "Who works with the responsible."
_Informs = "Who is told once it is done or approved: of the parties inside, who may see the path; others are only shown."

_YEAR = "Counted from the year of the run: -1 is the year before it."


class ResponsibleCreate(Body):
    """Who has a stage."""

    party: Annotated[StageParty, Field(description="The party.")]
    division_id: Annotated[
        UUID | None, Field(description="The division, where the party is `division`; one of the entity.")
    ] = None


class MonthCreate(Body):
    """A month."""

    month: Annotated[_Month, Field(description="1 to 12.")]
    year: Annotated[_RelativeYear, Field(description=_YEAR)] = 0


class DueCreate(Body):
    """When a stage is due. Which members it has, its kind says."""

    model_config = example(**_DUE)

    kind: Annotated[DueKind, Field(description="How the other members are read.")]
    month: Annotated[_Month | None, Field(description="Of a date, or of the start of a range.")] = None
    day: Annotated[_Day | None, Field(description="Of that month.")] = None
    year: Annotated[_RelativeYear, Field(description=_YEAR)] = 0
    end_month: Annotated[_Month | None, Field(description="Of the end of a range.")] = None
    end_day: Annotated[_Day | None, Field(description="Of that month.")] = None
    end_year: Annotated[_RelativeYear, Field(description=_YEAR)] = 0
    months: Annotated[
        list[MonthCreate],
        Field(default_factory=list, max_length=12, description="In each of these months, in their order."),
    ]
    since: Annotated[DueFrom | None, Field(description="What an offset is counted from.")] = None
    working_days: Annotated[
        _WorkingDays | None, Field(description="Omani working days after it; before it if negative.")
    ] = None
    frequency: Annotated[Frequency | None, Field(description="How often it recurs within the year.")] = None


class QuestionCreate(Body):
    """A question that is answered before the stage ends well."""

    key: Annotated[StageKey, Field(description="Its name within the stage.")]
    ar: Annotated[Name, Field(description="The question in Arabic.")]
    en: Annotated[Name, Field(description="The question in English.")]


class NeededEvidenceCreate(Body):
    """Files without which the stage does not end well."""

    kind: Annotated[EvidenceKind | None, Field(description="Of which kind; null: of any.")] = None
    minimum: _Minimum = 1


class QuorumCreate(Body):
    """How many must take the stage before it ends well."""

    of: Annotated[QuorumOf, Field(description="Parties that each take it, or people of them.")]
    count: _QuorumCount


class StageCreate(Body):
    """One stage."""

    model_config = example(**_APPROVED)

    key: _Key
    title_ar: _TitleAr
    title_en: _TitleEn
    kind: _Kind
    responsible: Annotated[
        list[ResponsibleCreate],
        Field(min_length=1, max_length=10, description="Who has it; one of them will do, without a quorum."),
    ]
    due: Annotated[DueCreate, Field(description="When it is due.")]
    collaborators: Annotated[_Parties, Field(default_factory=list, description=_Collaborators)]
    quorum: Annotated[QuorumCreate | None, Field(description="How many must take it.")] = None
    checklist: Annotated[
        list[QuestionCreate], Field(default_factory=list, max_length=20, description="What must be answered.")
    ]
    evidence: Annotated[
        list[NeededEvidenceCreate],
        Field(default_factory=list, max_length=7, description="What must be attached, each kind once."),
    ]
    outcomes: Annotated[
        list[StageOutcome],
        Field(default_factory=lambda: [StageOutcome.DONE], min_length=1, max_length=4, description=_Well),
    ]
    returns_to: Annotated[_Keys, Field(default_factory=list, description=_ReturnsTo)]
    controls: Annotated[_Keys, Field(default_factory=list, description=_Controls)]
    fires: _Fires = None
    informs: Annotated[_Parties, Field(default_factory=list, description=_Informs)]
    guide: _Guide = None


_Group = Annotated[list[StageCreate], Field(min_length=1, max_length=80)]
_GROUPS_SAID = "The groups in their order; the stages of a group run side by side, the next group after them."
_Groups = Annotated[list[_Group], Field(min_length=1, max_length=60, description=_GROUPS_SAID)]
_CodeOf = "Its code within the entity; the versions of a template share it."
_RUNS_ON = "What walks it: a plan, a scorecard, or the entity's year as a whole."
_CHAIN = "The chain of the role plan that `enterer`, `reviewer` and `approver` are of."
_NOTE = "Why it differs from the version or model before it."


class PathTemplateCreate(Body):
    """A new template, or the next version of one. With `copied_from_id` it begins as that one, and the other
    members say what differs; without, all but the note are needed."""

    model_config = example(copied_from_id=_ID, note="لا توجد لجنة استشارية في الجهة")

    copied_from_id: Annotated[
        UUID | None, Field(description="A model, or a version of a template of the entity.")
    ] = None
    code: Annotated[Code | None, Field(description=_CodeOf, examples=["annual_plan"])] = None
    runs_on: Annotated[RunsOn | None, Field(description=_RUNS_ON)] = None
    chain: Annotated[Chain | None, Field(description=_CHAIN)] = None
    title_ar: Annotated[Name | None, Field(description="Its title in Arabic.")] = None
    title_en: Annotated[Name | None, Field(description="Its title in English.")] = None
    note: Annotated[Words | None, Field(description=_NOTE)] = None
    groups: Annotated[_Groups | None, Field(description=_GROUPS_SAID)] = None


class PathTemplatePatch(Body):
    """A change of a draft, as a JSON merge patch (RFC 7396); the groups are replaced as a whole."""

    model_config = example(title_ar="مسار الخطة السنوية في الوزارة", groups=_GROUPS)

    title_ar: Annotated[Name, Field(default_factory=str, description="Its title in Arabic.")]
    title_en: Annotated[Name, Field(default_factory=str, description="Its title in English.")]
    note: Annotated[Words | None, Field(description=_NOTE)] = None
    chain: Annotated[Chain, Field(description=_CHAIN)] = Chain.PLANS
    groups: Annotated[
        list[_Group], Field(default_factory=list, min_length=1, max_length=60, description=_GROUPS_SAID)
    ]


class PathTemplateNewVersion(Body):
    """The next version of a template. It begins as what the approved one says."""

    model_config = example(note="طلبت الأمانة العامة لمجلس الوزراء مواعيد أبكر")

    note: Annotated[Words, Field(description="Why it is to differ.")]


class Responsible(View):
    """Who has a stage."""

    party: Annotated[StageParty, Field(description="The party.")]
    division_id: Annotated[UUID | None, Field(description="The division, where one is named.")]


class Month(View):
    """A month."""

    month: Annotated[_Month, Field(description="1 to 12.")]
    year: Annotated[_RelativeYear, Field(description=_YEAR)]


class Due(View):
    """When a stage is due. Which members it has, its kind says."""

    kind: Annotated[DueKind, Field(description="How the other members are read.")]
    month: Annotated[_Month | None, Field(description="Of a date, or of the start of a range.")]
    day: Annotated[_Day | None, Field(description="Of that month.")]
    year: Annotated[_RelativeYear, Field(description=_YEAR)]
    end_month: Annotated[_Month | None, Field(description="Of the end of a range.")]
    end_day: Annotated[_Day | None, Field(description="Of that month.")]
    end_year: Annotated[_RelativeYear, Field(description=_YEAR)]
    months: Annotated[list[Month], Field(max_length=12, description="In each of these months.")]
    since: Annotated[DueFrom | None, Field(description="What an offset is counted from.")]
    working_days: Annotated[
        _WorkingDays | None, Field(description="Omani working days after it; before it if negative.")
    ]
    frequency: Annotated[Frequency | None, Field(description="How often it recurs within the year.")]


class Question(View):
    """A question that is answered before the stage ends well."""

    key: Annotated[StageKey, Field(description="Its name within the stage.")]
    ar: Annotated[Name, Field(description="The question in Arabic.")]
    en: Annotated[Name, Field(description="The question in English.")]


class NeededEvidence(View):
    """Files without which the stage does not end well."""

    kind: Annotated[EvidenceKind | None, Field(description="Of which kind; null: of any.")]
    minimum: _Minimum


class Quorum(View):
    """How many must take the stage before it ends well."""

    of: Annotated[QuorumOf, Field(description="Parties that each take it, or people of them.")]
    count: _QuorumCount


class Stage(View):
    """One stage."""

    key: _Key
    title_ar: _TitleAr
    title_en: _TitleEn
    kind: _Kind
    responsible: Annotated[
        list[Responsible], Field(max_length=10, description="Who has it; one will do, without a quorum.")
    ]
    due: Annotated[Due, Field(description="When it is due.")]
    collaborators: Annotated[_Parties, Field(description=_Collaborators)]
    quorum: Annotated[Quorum | None, Field(description="How many must take it; null: one.")]
    checklist: Annotated[list[Question], Field(max_length=20, description="What must be answered.")]
    evidence: Annotated[list[NeededEvidence], Field(max_length=7, description="What must be attached.")]
    outcomes: Annotated[list[StageOutcome], Field(max_length=4, description=_Well)]
    returns_to: Annotated[_Keys, Field(description=_ReturnsTo)]
    controls: Annotated[_Keys, Field(description=_Controls)]
    fires: _Fires
    informs: Annotated[_Parties, Field(description=_Informs)]
    guide: _Guide


class _PathTemplate(View):
    id: Annotated[UUID, Field(description="The version's id.")]
    entity: Annotated[Ref | None, Field(description="Whose it is; null: a model that ships.")]
    code: Annotated[Code, Field(description=_CodeOf)]
    number: Annotated[Count, Field(description="1 for the first version; later ones count on.")]
    state: Annotated[PathTemplateState, Field(description="Where it stands on its way to being in force.")]
    runs_on: Annotated[RunsOn, Field(description=_RUNS_ON)]
    chain: Annotated[Chain, Field(description=_CHAIN)]
    title_ar: Annotated[Name, Field(description="Its title in Arabic.")]
    title_en: Annotated[Name, Field(description="Its title in English.")]
    note: Annotated[Words | None, Field(description=_NOTE)]
    stages: Annotated[Count, Field(description="How many stages it has.")]
    copied_from_id: Annotated[UUID | None, Field(description="The version or model that it began as.")]
    recorded_at: Annotated[datetime, Field(description="When it was begun, or loaded.")]
    drafted_by: Annotated[PersonRef | None, Field(description="Who began it; null: it ships.")]
    submitted_at: Annotated[datetime | None, Field(description="When it was put before the head.")]
    approved_at: Annotated[datetime | None, Field(description="When the head approved it.")]
    awaiting: Awaiting
    version: Version


class PathTemplateItem(_PathTemplate):
    """A version of a path template in a list."""


class PathTemplateReturned(View):
    """A template that came back."""

    by: Annotated[PersonRef, Field(description="Who returned it.")]
    at: Annotated[datetime, Field(description="When.")]
    reason: Annotated[Words, Field(description="Why.")]


_Told = Annotated[str, Field(max_length=4000, pattern=r"^[^\u0000]*$")]


class PathTemplateChange(View):
    """One field in which a version differs from the one before it."""

    stage: Annotated[StageKey | None, Field(description="Of which stage; null: of the template itself.")]
    field: Annotated[
        str,
        Field(
            max_length=60,
            pattern=ONE_LINE,
            description="Which field. `stage`: it is new or gone; `after`, `beside`: it stands elsewhere.",
            examples=["due"],
        ),
    ]
    before: Annotated[_Told | None, Field(description="What it said; null: nothing.")]
    after: Annotated[_Told | None, Field(description="What it says; null: nothing.")]


class PathTemplateRead(_PathTemplate):
    """One version of a path template with its stages, how it differs from the one before it, and what you may do
    with it now."""

    groups: Annotated[
        list[Annotated[list[Stage], Field(max_length=80)]], Field(max_length=60, description=_GROUPS_SAID)
    ]
    submitted_by: Annotated[PersonRef | None, Field(description="Who put it before the head.")]
    approved_by: Annotated[PersonRef | None, Field(description="The head who approved it.")]
    returned: Annotated[
        PathTemplateReturned | None, Field(description="The last return, until it is approved.")
    ]
    difference: Annotated[
        list[PathTemplateChange],
        Field(max_length=5000, description="Against the version before it; nothing for the first."),
    ]
    actions: Actions


class PathTemplateList(View):
    """A page of path templates."""

    items: Annotated[list[PathTemplateItem], Field(max_length=200, description="By code.")]
    next_cursor: NextCursor
