"""The life of an improvement plan, and what one must be so that it can be carried out (Guide I-8, O-3)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from app.enums import IndicatorLevel, IndicatorState, Party, Role
from app.enums.scorecards import ImprovementPlanState
from app.errors import Conflict, FieldError, Forbidden, Invalid, Text, unknown_reference
from app.parties import Actor, party_key
from app.services.evidence import rules as evidence
from app.services.transitions import Awaited, Transition

_DRAFT = frozenset({ImprovementPlanState.DRAFT.value})
_SUBMITTED = frozenset({ImprovementPlanState.SUBMITTED.value})
_ASSURED = frozenset({ImprovementPlanState.ASSURED.value})
_APPROVED = frozenset({ImprovementPlanState.APPROVED.value})

EDIT = Transition("improvement_plans.edit", _DRAFT, ImprovementPlanState.DRAFT)
DISCARD = Transition("improvement_plans.discard", _DRAFT, ImprovementPlanState.DISCARDED)
SUBMIT = Transition("improvement_plans.submit", _DRAFT, ImprovementPlanState.SUBMITTED)
WITHDRAW = Transition("improvement_plans.withdraw", _SUBMITTED, ImprovementPlanState.DRAFT)
ASSURE = Transition("improvement_plans.assure", _SUBMITTED, ImprovementPlanState.ASSURED)
RETURN = Transition(
    "improvement_plans.return", _SUBMITTED | _ASSURED, ImprovementPlanState.DRAFT, reason=True
)
APPROVE = Transition("improvement_plans.approve", _ASSURED, ImprovementPlanState.APPROVED)
REPORT = Transition("improvement_plans.report", _APPROVED, ImprovementPlanState.APPROVED)
COMPLETE = Transition("improvement_plans.complete", _APPROVED, ImprovementPlanState.COMPLETED)
END = Transition("improvement_plans.end", _APPROVED, ImprovementPlanState.ENDED, reason=True)

TRANSITIONS = (EDIT, DISCARD, SUBMIT, WITHDRAW, ASSURE, RETURN, APPROVE, REPORT, COMPLETE, END)

OPEN = _DRAFT | _SUBMITTED | _ASSURED | _APPROVED
"""The states in which somebody still works on it; an indicator has one such plan at most."""

CONTROLLED = _SUBMITTED | _ASSURED
"""The states in which a control step is due, so that four eyes has a meaning."""

STANDS = _APPROVED | {ImprovementPlanState.COMPLETED.value, ImprovementPlanState.ENDED.value}
"""What was approved."""

TAKES_EVIDENCE = _DRAFT | _APPROVED
"""In a draft it proves the cause, afterwards what was done."""

DRAFTING, ASSURANCE, APPROVAL, CONTROL, CARRY_OUT, ATTACH = (
    "draft",
    "assure",
    "approve",
    "control",
    "carry_out",
    "attach",
)
"""The steps on its way, as the role rules name them; `attach`: who brings evidence in the state that it is in."""

AWAITED: dict[str, Awaited] = {
    ImprovementPlanState.DRAFT: Awaited(DRAFTING, SUBMIT.action),
    ImprovementPlanState.SUBMITTED: Awaited(ASSURANCE, ASSURE.action),
    ImprovementPlanState.ASSURED: Awaited(APPROVAL, APPROVE.action),
    ImprovementPlanState.APPROVED: Awaited(CARRY_OUT, REPORT.action),
}
"""Whom each state waits for; a state that is not here waits for nobody."""

DUE: dict[str, frozenset[str]] = {
    ImprovementPlanState.SUBMITTED: frozenset({ASSURE.action, RETURN.action}),
    ImprovementPlanState.ASSURED: frozenset({APPROVE.action, RETURN.action}),
}
"""The control actions that are due in a state."""

FIELDS = ("cause", "goal", "due")
"""What a plan says beside its actions."""

Actions = Sequence[Mapping[str, Any]]


def steps(
    entity_id: UUID,
    state: str,
    represented: Collection[UUID],
    divisions: Collection[UUID],
) -> dict[str, tuple[str, ...]]:
    """Who drafts, assures the quality, approves and carries out (Guide O-3). `represented`: of the plan and its
    indicator, to which a technical representative is assigned now. `divisions`: those of its actions."""
    representatives = (party_key(Role.TECHNICAL_REPRESENTATIVE, each) for each in represented)
    specialist, manager = party_key(Role.SPECIALIST, entity_id), party_key(Role.MANAGER, entity_id)
    carry_out = (*(party_key(Party.DIVISION, each) for each in divisions), specialist)
    assure = (*representatives, specialist)
    control = {
        ImprovementPlanState.SUBMITTED: assure,
        ImprovementPlanState.ASSURED: (manager,),
    }
    return {
        DRAFTING: (specialist,),
        ASSURANCE: assure,
        APPROVAL: (manager,),
        # Where no control step is due, every controlling party: they learn that the state is wrong (409).
        CONTROL: control.get(ImprovementPlanState(state), (*assure, manager)),
        CARRY_OUT: carry_out,
        ATTACH: (specialist,) if state in _DRAFT else carry_out,
    }


def open_now(transition: Transition, row: Mapping[str, Any]) -> bool:
    """What else than the state a transition asks."""
    if transition is SUBMIT:
        return bool(row["steps"]) and evidence.is_submittable(row["proof"])
    if transition is APPROVE:
        return evidence.is_approvable(row["proof"])
    return transition is not COMPLETE or (not _undone(row["steps"]) and evidence.is_approvable(row["proof"]))


def check_indicator(level: str, state: str) -> None:
    """Raise NotVision for another indicator than an active vision indicator (Guide I-8)."""
    if level != IndicatorLevel.VISION or state != IndicatorState.ACTIVE:
        raise NotVision()


def check(due: date, actions: Actions, divisions: Collection[UUID]) -> None:
    """Whether each action ends with the plan and is of a division of the entity (`divisions`). Raises Invalid with every
    fault."""
    faults = tuple(_faults(due, actions, divisions))
    if faults:
        raise Invalid(errors=faults)


def _faults(due: date, actions: Actions, divisions: Collection[UUID]) -> Iterator[FieldError]:
    for number, action in enumerate(actions):
        if action["division_id"] is not None and action["division_id"] not in divisions:
            yield from unknown_reference(f"#/steps/{number}/division_id").errors
        if action["due"] > due:
            yield FieldError("too_late", _TOO_LATE, pointer=f"#/steps/{number}/due")


def check_submittable(row: Mapping[str, Any]) -> None:
    """Raise IncompletePlan for a draft without an action, EvidenceMissing when a file is still to come."""
    if not row["steps"]:
        raise IncompletePlan(errors=(FieldError("too_few", _NO_ACTION, pointer="#/steps"),))
    evidence.check_submittable(row["proof"])


def check_report(actor: Actor, entity_id: UUID, division_id: UUID | None) -> None:
    """Raise Forbidden for a division that would report another's action."""
    if actor.holds(Role.SPECIALIST, entity_id):
        return
    if division_id is None or not actor.holds(Party.DIVISION, division_id):
        raise Forbidden(_OF_ANOTHER)


def check_done(row: Mapping[str, Any]) -> None:
    """Raise StepsOpen while an action is not done, EvidenceUnverified while evidence is not decided about."""
    undone = tuple(
        FieldError("not_done", _NOT_DONE, pointer=f"#/steps/{number}") for number in _undone(row["steps"])
    )
    if undone:
        raise StepsOpen(errors=undone)
    evidence.check_approvable(row["proof"])


def _undone(actions: Actions) -> list[int]:
    return [number for number, action in enumerate(actions) if action["done_on"] is None]


class NotVision(Conflict):
    code = "not_vision"
    title = Text(
        "Improvement plans are made for active vision indicators",
        "تُعدّ خطط التحسين لمؤشرات الرؤية المفعّلة",
    )


class IncompletePlan(Conflict):
    code = "incomplete_plan"
    title = Text("The plan is not complete enough to be submitted", "الخطة غير مكتملة للرفع")


class StepsOpen(Conflict):
    code = "steps_open"
    title = Text("Some steps are not done yet", "لم تُنجز بعض الإجراءات بعد")


_TOO_LATE = Text("The step ends after the plan.", "ينتهي الإجراء بعد موعد الخطة.")
_NO_ACTION = Text("A plan has a step.", "لا بد للخطة من إجراء.")
_NOT_DONE = Text("The step is not done yet.", "لم يُنجز الإجراء بعد.")
_OF_ANOTHER = Text(
    "A division reports its own steps.",
    "يبلّغ كل تقسيم عن إجراءاته.",
)
