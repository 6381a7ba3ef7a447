"""The life of a version of a path template: proposed by the office, approved by the head before work starts
(Guide P-4). What its stages must be stands in `checking`."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.enums import Role, Step
from app.enums.paths import PathTemplateState
from app.parties import party_key
from app.services.transitions import Awaited, Transition

_DRAFT = frozenset({PathTemplateState.DRAFT.value})
_SUBMITTED = frozenset({PathTemplateState.SUBMITTED.value})
_APPROVED = frozenset({PathTemplateState.APPROVED.value})

EDIT = Transition("path_templates.edit", _DRAFT, PathTemplateState.DRAFT)
DISCARD = Transition("path_templates.discard", _DRAFT, PathTemplateState.DISCARDED)
SUBMIT = Transition("path_templates.submit", _DRAFT, PathTemplateState.SUBMITTED)
WITHDRAW = Transition("path_templates.withdraw", _SUBMITTED, PathTemplateState.DRAFT)
RETURN = Transition("path_templates.return", _SUBMITTED, PathTemplateState.DRAFT, reason=True)
APPROVE = Transition("path_templates.approve", _SUBMITTED, PathTemplateState.APPROVED)
NEW_VERSION = Transition("path_templates.new_version", _APPROVED, PathTemplateState.APPROVED)
"""Opening the next version leaves the one in force as it is."""

TRANSITIONS = (EDIT, DISCARD, SUBMIT, WITHDRAW, RETURN, APPROVE, NEW_VERSION)

AWAITED: dict[str, Awaited] = {
    PathTemplateState.DRAFT: Awaited(Step.ENTER, SUBMIT.action),
    PathTemplateState.SUBMITTED: Awaited(Step.APPROVE, APPROVE.action),
}
"""Whom each state waits for: the office that drafts, then the head."""

FIELDS = ("title_ar", "title_en", "note", "chain")
"""What a version says beside its stages."""


def steps(entity_id: UUID | None) -> dict[str, tuple[str, ...]]:
    """Who drafts a template of the entity, and who approves it; nobody for a model."""
    if entity_id is None:
        return {}
    return {
        Step.ENTER: (party_key(Role.SPECIALIST, entity_id), party_key(Role.MANAGER, entity_id)),
        Step.APPROVE: (party_key(Role.HEAD, entity_id),),
    }


def open_now(transition: Transition, row: Mapping[str, Any]) -> bool:
    """What else than the state a transition asks: one version of a template is in work at a time."""
    return transition is not NEW_VERSION or not row["in_work"]
