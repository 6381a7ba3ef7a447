"""How a challenge moves between the levels: the bodies of its escalations, decisions and answers."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from app.enums.challenges import LevelDecision
from app.schemas.base import NOT_BLANK_LINE, Body, Day, Words, example
from app.schemas.decisions import RecordedDecision

_ID = "019a0000-0000-7000-8000-000000000001"
_Who = Annotated[str, Field(min_length=1, max_length=300, pattern=NOT_BLANK_LINE)]
_Decision = Annotated[
    RecordedDecision | None,
    Field(description="Needed when the head's office records the head's decision."),
]
_RouteId = Annotated[UUID, Field(description="The route, one of `ways`.")]
_Why = Annotated[Words, Field(description="Why; it stays with the challenge.")]


class ChallengeEscalation(Body):
    """An escalation by a route."""

    model_config = example(route_id=_ID, reason="استُنفدت الحلول داخل المكتب والتقسيمات المعنية")

    route_id: _RouteId
    reason: _Why


_Chosen = Literal[
    LevelDecision.SOLVE_HERE,
    LevelDecision.RETURN_WITH_INSTRUCTIONS,
    LevelDecision.ESCALATE,
    LevelDecision.CLOSE_AS_ACCEPTED,
]
_Ruling = Annotated[
    _Chosen,
    Field(
        description="`solve_here`: this level solves it, the office carries that out; `return_with_instructions`: the"
        " office goes on as the reason says; `escalate`: by a route; `close_as_accepted`: knowingly left as it is."
    ),
]
_Instructions = Annotated[Words, Field(description="Why, and what is to be done; the office reads it.")]
_ByRoute = Annotated[UUID | None, Field(description="For an escalation: the route, one of `ways`.")]


class ChallengeDecision(Body):
    """What a level decides about the challenge that it holds."""

    model_config = example(
        ruling="return_with_instructions", reason="يُعاد جدولة البرنامج وتُعرض البدائل خلال أسبوعين"
    )

    ruling: _Ruling
    reason: _Instructions
    route_id: _ByRoute = None
    decision: _Decision = None


class LetterOfAnswer(Body):
    """The letter by which a committee or an outside body answered."""

    model_config = example(of="وزارة المالية", letter_number="م م/٤١٢", letter_date="2026-11-25")

    of: Annotated[_Who, Field(description="Who answered.")]
    letter_number: Annotated[
        str, Field(min_length=1, max_length=100, pattern=NOT_BLANK_LINE, description="Number of the letter.")
    ]
    letter_date: Annotated[Day, Field(description="Date of the letter, since the escalation.")]


class ChallengeAnswer(Body):
    """What a committee or an outside body decided, as the head's office records it. The scan is evidence."""

    model_config = example(
        ruling="solve_here",
        reason="وافقت الوزارة على المناقلة المطلوبة",
        answer={"of": "وزارة المالية", "letter_number": "م م/٤١٢", "letter_date": "2026-11-25"},
    )

    ruling: _Ruling
    reason: _Instructions
    route_id: _ByRoute = None
    answer: Annotated[LetterOfAnswer, Field(description="Its letter.")]


class ChallengeStep(Body):
    """A step that is never taken without a reason."""

    model_config = example(reason="بانتظار صدور الموازنة المعدلة")

    reason: _Why
    decision: _Decision = None


class ChallengeClosing(Body):
    """How it was solved."""

    model_config = example(how="صُرفت المخصصات وبدأت المرحلة الثانية")

    how: Annotated[Words, Field(description="How it was solved.")]
    decision: _Decision = None
