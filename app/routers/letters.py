"""What a body says with a step, as the services take it."""

from app.schemas.decisions import RecordedDecision, StepTaken, StepWithReason
from app.services.people.decisions import Letter
from app.services.people.steps import Said


def said(step: StepTaken | StepWithReason | None) -> Said:
    """The reason, and the letter of the decision that is recorded."""
    return Said(step.reason if step else None, letter(step))


def letter(step: StepTaken | StepWithReason | None) -> Letter | None:
    """The letter that goes with a step, if one does."""
    return recorded(step.decision) if step else None


def recorded(decision: RecordedDecision | None) -> Letter | None:
    """The letter of a recorded decision."""
    return Letter(**decision.model_dump()) if decision else None
