"""The life of a periodic evaluation: drafted by the office, approved by its manager, frozen (Guide M-3)."""

from datetime import date
from uuid import UUID

from app.enums import Classification, Role
from app.enums.evaluations import EvaluationState
from app.errors import invalid
from app.parties import party_key
from app.services.transitions import Awaited, Transition

_DRAFT = frozenset({EvaluationState.DRAFT.value})

CREATED = "evaluations.create"

EDIT = Transition("evaluations.edit", _DRAFT, EvaluationState.DRAFT)
APPROVE = Transition("evaluations.approve", _DRAFT, EvaluationState.APPROVED)
DISCARD = Transition("evaluations.discard", _DRAFT, EvaluationState.DISCARDED, reason=True)

TRANSITIONS = (EDIT, APPROVE, DISCARD)

DRAFTS = _DRAFT
"""The states in which it may still be written, and a control step is due."""

APPROVAL = "approve"
"""The step on its way, as the role rules name it."""

AWAITED: dict[str, Awaited] = {EvaluationState.DRAFT: Awaited(APPROVAL, APPROVE.action)}
"""Whom each state waits for; what was approved or discarded waits for nobody."""

DUE: dict[str, frozenset[str]] = {EvaluationState.DRAFT: frozenset({APPROVE.action})}
"""The control action that is due in a state."""

TOLD = ("title", "period_from", "period_to", "findings", "conclusion", "rating", "classification")
"""What an evaluation says, and may be said otherwise while it is a draft."""


def steps(entity_id: UUID) -> dict[str, tuple[str, ...]]:
    """Who approves it."""
    return {APPROVAL: (party_key(Role.MANAGER, entity_id),)}


def check_period(period_from: date, period_to: date, today: date) -> None:
    """Raise Invalid for a period that ends before it begins, or that has not begun."""
    if period_to < period_from:
        raise invalid(
            "#/period_to",
            "before_the_beginning",
            "The period ends before it begins.",
            "تنتهي الفترة قبل أن تبدأ.",
        )
    if period_from > today:
        raise invalid("#/period_from", "in_the_future", "The period is yet to begin.", "لم تبدأ الفترة بعد.")


def check_closed_enough(classification: str, *, restricted: bool) -> None:
    """Raise Invalid where it is to be read by more people than what it is about."""
    if restricted and classification != Classification.RESTRICTED:
        raise invalid(
            "#/classification",
            "more_open_than_subject",
            "What it is about is restricted, so it is too.",
            "موضوع التقييم مقيّد الاطلاع، فيكون كذلك.",
        )
