"""What a body says with a step, as the services take it."""

from typing import Protocol

from app.schemas.decisions import RecordedDecision
from app.services.people.decisions import Letter
from app.services.people.steps import Said


class Step(Protocol):
    """A body that says why, and whose letter is recorded where one is."""

    @property
    def reason(self) -> str | None: ...

    @property
    def decision(self) -> RecordedDecision | None: ...


def said(step: Step | None) -> Said:
    """The reason, and the letter of the decision that is recorded."""
    return Said(step.reason if step else None, letter(step))


def letter(step: Step | None) -> Letter | None:
    """The letter that goes with a step, if one does."""
    return recorded(step.decision) if step else None


def recorded(decision: RecordedDecision | None) -> Letter | None:
    """The letter of a recorded decision."""
    return Letter(**decision.model_dump()) if decision else None
