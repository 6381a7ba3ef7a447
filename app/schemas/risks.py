"""Risks: what is registered and read."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import Classification
from app.enums.challenges import ChallengeState
from app.enums.risks import ResourceKind, RiskGrade, RiskKind, RiskLevel, RiskState, RiskStrategy
from app.schemas.actions import FollowUps
from app.schemas.base import (
    NOT_BLANK_LINE,
    Actions,
    Awaiting,
    Body,
    Code,
    Count,
    Name,
    NextCursor,
    Number,
    PeriodCode,
    PersonRef,
    Ref,
    Version,
    View,
    Words,
    example,
)
from app.schemas.risk_steps import Impact, Level, Probability, ResidualImpact, ResidualProbability

_ID = "019a0000-0000-7000-8000-000000000001"
_Kind = Annotated[
    RiskKind,
    Field(
        description="What it comes from: the first five are of the office itself (K-1), the others of delivery."
    ),
]
_Title = Annotated[Name, Field(description="What may happen, in a line.")]
_Cause = Annotated[Words, Field(description="What it would come from.")]
_Effect = Annotated[Words, Field(description="What would come of it.")]
_OwnerId = Annotated[
    UUID | None,
    Field(
        description="The person who owns it, of the same entity; by default who registers it, where no division does."
    ),
]
_Class = Annotated[
    Classification,
    Field(description="Who may read it; never more open than its subject, as it is by default."),
]
Score = Annotated[int, Field(ge=1, le=25, description="Probability times impact.")]
Grade = Annotated[
    RiskGrade, Field(description="By the thresholds of the settings that it was assessed with.")
]


class RiskCreate(Body):
    """A risk with its first assessment."""

    model_config = example(
        about_id=_ID,
        kind="resources",
        title="تعذر توفير مدربين للدفعة الثانية",
        cause="الاعتماد على معهد واحد دون عقد ملزم",
        effect="تأخر تدريب ٦٠٠ باحث عن عمل وعدم بلوغ مستهدف العام",
        probability=4,
        impact=4,
    )

    about_id: Annotated[
        UUID | None,
        Field(
            description="What it is about: an initiative, project or simplification action, the entity's part in a"
            " national programme, a plan, a stage of one or of a report, a scorecard, an indicator, its improvement plan,"
            " a result, a definition; null: the office itself."
        ),
    ] = None
    entity_id: Annotated[
        UUID | None, Field(description="The entity whose office it is about, where it is about nothing else.")
    ] = None
    kind: _Kind
    title: _Title
    cause: _Cause
    effect: _Effect
    probability: Probability
    impact: Impact
    residual_probability: ResidualProbability = None
    residual_impact: ResidualImpact = None
    division_id: Annotated[
        UUID | None,
        Field(description="The division that owns it; by default the one in charge of the subject."),
    ] = None
    owner_id: _OwnerId = None
    classification: Annotated[
        Classification | None,
        Field(description="Who may read it; never more open than its subject, as it is by default."),
    ] = None


class RiskPatch(Body):
    """A change while it may still happen, as a JSON merge patch (RFC 7396)."""

    model_config = example(kind="stakeholders", effect="تأخر تدريب ٤٠٠ باحث عن عمل")

    kind: _Kind = Field(default_factory=lambda: RiskKind.CHANGE)
    title: _Title = Field(default_factory=str)
    cause: _Cause = Field(default_factory=str)
    effect: _Effect = Field(default_factory=str)
    division_id: Annotated[UUID | None, Field(description="The division that owns it.")] = None
    owner_id: Annotated[UUID | None, Field(description="The person who owns it, of the same entity.")] = None
    classification: _Class = Field(default_factory=lambda: Classification.INTERNAL)


class RiskSubject(View):
    """What a risk is about."""

    id: Annotated[UUID, Field(description="Its id.")]
    kind: Annotated[str, Field(max_length=40, pattern=r"^[a-z_]+$", description="What it is.")]
    code: Annotated[Code, Field(description="Its code, or that of its indicator.")]
    name_ar: Annotated[Name, Field(description="Its Arabic name, or that of its indicator.")]
    name_en: Annotated[Name, Field(description="Its English name, or that of its indicator.")]
    period: Annotated[PeriodCode | None, Field(description="The period of a result.")]


class RiskRating(View):
    """Levels, and what they come to."""

    probability: Annotated[Level, Field(description="How likely.")]
    impact: Annotated[Level, Field(description="How grave.")]
    score: Score
    grade: Grade


_Inherent = Annotated[RiskRating, Field(description="Before the treatment.")]
_Residual = Annotated[RiskRating | None, Field(description="With the treatment; null: not assessed yet.")]


class _Risk(View):
    id: Annotated[UUID, Field(description="The risk's id.")]
    code: Annotated[Code, Field(description="Its code among people.", examples=["RK-2026-0001"])]
    title: _Title
    entity: Annotated[Ref, Field(description="The entity that it threatens.")]
    about: Annotated[RiskSubject | None, Field(description="What it is about; null: the office itself.")]
    kind: _Kind
    state: Annotated[RiskState, Field(description="Where it stands.")]
    strategy: Annotated[RiskStrategy | None, Field(description="What is done about it (K-3).")]
    inherent: _Inherent
    residual: _Residual
    score: Annotated[
        int,
        Field(
            ge=1, le=25, description="What counts: the residual score, or the inherent where there is none."
        ),
    ]
    grade: Grade
    classification: Annotated[Classification, Field(description="Who may read it.")]
    division: Annotated[Ref | None, Field(description="The division that owns it.")]
    owner: Annotated[PersonRef | None, Field(description="The person who owns it.")]
    assessed_at: Annotated[datetime, Field(description="When it was last assessed.")]
    review_on: Annotated[
        date | None,
        Field(description="Until when it is assessed anew (K-5); null: it is over, or has happened."),
    ]
    overdue: Annotated[bool, Field(description="That day has passed.")]
    awaiting: Awaiting
    version: Version


class RiskItem(_Risk):
    """A risk in a list."""


class RiskSettingsRef(View):
    """A version of the settings of risks."""

    id: Annotated[UUID, Field(description="The version's id.")]
    number: Annotated[Count, Field(description="Its number.")]


class RiskAssessmentRead(View):
    """An assessment. It never changes."""

    number: Annotated[Count, Field(description="1 for the first.")]
    settings: Annotated[RiskSettingsRef, Field(description="The version that it went by.")]
    inherent: _Inherent
    residual: _Residual
    note: Annotated[Words | None, Field(description="What it rests on.")]
    assessed_by: Annotated[PersonRef, Field(description="Who assessed.")]
    assessed_at: Annotated[datetime, Field(description="When.")]


class RiskLetter(View):
    """The letter of a decision of the head that was recorded."""

    letter_number: Annotated[
        str, Field(min_length=1, max_length=100, pattern=NOT_BLANK_LINE, description="Number of the letter.")
    ]
    letter_date: Annotated[date, Field(description="Date of the letter.")]


_Letter = Annotated[RiskLetter | None, Field(description="The head's letter, where it was recorded.")]


class RiskResourceRead(View):
    """What the treatment asked for, and what the head granted (K-4)."""

    number: Annotated[Count, Field(description="In the order asked.")]
    kind: Annotated[ResourceKind, Field(description="Money, people or technology.")]
    strategy: Annotated[RiskStrategy, Field(description="For which strategy.")]
    what: Annotated[Name, Field(description="What is needed.")]
    asked: Annotated[Number, Field(description="How much was asked for.")]
    unit: Annotated[
        str,
        Field(min_length=1, max_length=60, pattern=NOT_BLANK_LINE, description="In what; `OMR` for money."),
    ]
    asked_by: Annotated[PersonRef, Field(description="Who asked.")]
    asked_at: Annotated[datetime, Field(description="When.")]
    granted: Annotated[Number | None, Field(description="How much was granted; null: not answered yet.")]
    granted_by: Annotated[PersonRef | None, Field(description="The head who answered.")]
    granted_at: Annotated[datetime | None, Field(description="When.")]
    letter: _Letter


class RiskRaisingRead(View):
    """That it was raised, and what came back (K-3)."""

    number: Annotated[Count, Field(description="1 for the first.")]
    level: Annotated[RiskLevel, Field(description="To whom.")]
    reason: Annotated[Words, Field(description="Why.")]
    raised_by: Annotated[PersonRef, Field(description="Who raised it.")]
    raised_at: Annotated[datetime, Field(description="When.")]
    answer: Annotated[Words | None, Field(description="What is to be done; null: not answered yet.")]
    answered_by: Annotated[PersonRef | None, Field(description="Who answered.")]
    answered_at: Annotated[datetime | None, Field(description="When.")]
    letter: _Letter


class RiskChallenge(View):
    """The challenge that a risk became."""

    id: Annotated[UUID, Field(description="The challenge's id.")]
    code: Annotated[Code, Field(description="Its code.")]
    title: Annotated[Name, Field(description="What blocks.")]
    state: Annotated[ChallengeState, Field(description="Where it stands.")]


class RiskRead(_Risk):
    """One risk, how it was assessed and treated, and what you may do with it now."""

    cause: _Cause
    effect: _Effect
    plan: Annotated[
        Words | None, Field(description="How the strategy is carried out, or why it is accepted.")
    ]
    settings: Annotated[RiskSettingsRef, Field(description="The version that its levels are of.")]
    registered_by: Annotated[PersonRef, Field(description="Who registered it.")]
    registered_at: Annotated[datetime, Field(description="When.")]
    assessments: Annotated[list[RiskAssessmentRead], Field(max_length=200, description="Each, in order.")]
    resources: Annotated[
        list[RiskResourceRead], Field(max_length=50, description="What its treatment asked for.")
    ]
    raisings: Annotated[list[RiskRaisingRead], Field(max_length=50, description="To whom it was raised.")]
    follow_up: FollowUps
    challenge: Annotated[
        RiskChallenge | None, Field(description="What it became when it happened, as far as you may see it.")
    ]
    lessons: Annotated[Words | None, Field(description="What was learned from it.")]
    closed_at: Annotated[datetime | None, Field(description="When it was closed.")]
    closed_by: Annotated[PersonRef | None, Field(description="Who closed it.")]
    exceptional: Annotated[
        bool,
        Field(
            description="The head once decided on its acceptance, on what it needs or on what was raised because four eyes left"
            " nobody else to."
        ),
    ]
    actions: Actions


class RiskList(View):
    """A page of risks."""

    items: Annotated[list[RiskItem], Field(max_length=200, description="Ranked: the highest score first.")]
    next_cursor: NextCursor
