"""A decision of the head, as the head's office records it."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.schemas.base import NOT_BLANK_LINE, Body, Day, Words, example

LETTER = {
    "decided_by_id": "019a0000-0000-7000-8000-000000000001",
    "letter_number": "١٢/٢٠٢٦",
    "letter_date": "2026-11-15",
}


class RecordedDecision(Body):
    """Who decided, and the letter that says so: heads do not sign in."""

    model_config = example(**LETTER)

    decided_by_id: Annotated[UUID, Field(description="The head, or the acting head, who decided.")]
    letter_number: Annotated[
        str,
        Field(min_length=1, max_length=100, pattern=NOT_BLANK_LINE, description="Number of the letter."),
    ]
    letter_date: Annotated[Day, Field(description="Date of the letter.")]


class StepTaken(Body):
    """What goes with a step: a reason where one is given, the letter where the head's office records."""

    model_config = example(reason="لا يوجد مراجع آخر في الجهة")

    reason: Annotated[
        Words | None, Field(description="Needed when the head decides because four eyes leaves nobody.")
    ] = None
    decision: Annotated[
        RecordedDecision | None,
        Field(description="Needed when the head's office records the head's decision."),
    ] = None


class StepWithReason(Body):
    """A step that is never taken without a reason."""

    model_config = example(reason="القيمة لا تطابق التقرير السنوي، يرجى التحقق من المصدر")

    reason: Annotated[Words, Field(description="Why; the person concerned reads it.")]
    decision: Annotated[
        RecordedDecision | None,
        Field(description="Needed when the head's office records the head's decision."),
    ] = None
