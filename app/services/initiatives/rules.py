"""The life of an initiative, and who takes its steps: pure guards (Guide N-1, N-5, N-6, N-8, P-10)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.enums import Classification, DivisionFunction, Role, Step
from app.enums.initiatives import InitiativeKind, InitiativeState
from app.errors import Conflict, Text, invalid, unknown_reference
from app.parties import PROJECT_MANAGER, party_key
from app.services.transitions import Awaited, Transition

_DRAFT = frozenset({InitiativeState.DRAFT.value})
_SUBMITTED = frozenset({InitiativeState.SUBMITTED.value})
_APPROVED = frozenset({InitiativeState.APPROVED.value})
_CLOSING = frozenset({InitiativeState.CLOSING.value})

RUNNING = _APPROVED | _CLOSING
"""It is carried out: progress is reported, checks are made on the ground, an effect on an indicator is expected."""

STANDING = _DRAFT | _SUBMITTED | RUNNING
"""It has not ended."""

IN_FORCE = RUNNING | {InitiativeState.CLOSED.value, InitiativeState.STOPPED.value}
"""It was approved once: its entity and UNIT see it."""

CONTROLLED = _SUBMITTED | _CLOSING
"""The states in which a control step is due, so that four eyes has a meaning."""

# What may be done in several states leaves the state as it is, so it names no single one.
EDIT = Transition("initiatives.edit", _DRAFT, InitiativeState.DRAFT)
DISCARD = Transition("initiatives.discard", _DRAFT, InitiativeState.DISCARDED)
SUBMIT = Transition("initiatives.submit", _DRAFT, InitiativeState.SUBMITTED)
WITHDRAW = Transition("initiatives.withdraw", _SUBMITTED, InitiativeState.DRAFT)
APPROVE = Transition("initiatives.approve", _SUBMITTED, InitiativeState.APPROVED)
RETURN = Transition("initiatives.return", _SUBMITTED, InitiativeState.DRAFT, reason=True)
REVISE = Transition("initiatives.revise", _APPROVED, InitiativeState.APPROVED, reason=True)
PUT_IN_CHARGE = Transition("initiatives.put_in_charge", STANDING, InitiativeState.APPROVED)
STOP = Transition("initiatives.stop", RUNNING, InitiativeState.STOPPED, reason=True)
ASK_TO_CLOSE = Transition("initiatives.ask_to_close", _APPROVED, InitiativeState.CLOSING)
CONFIRM_CLOSING = Transition("initiatives.confirm_closing", _CLOSING, InitiativeState.CLOSED)
RETURN_TO_WORK = Transition("initiatives.return_to_work", _CLOSING, InitiativeState.APPROVED, reason=True)
REQUEST_BUDGET = Transition("initiatives.request_budget", STANDING, InitiativeState.APPROVED)
ANSWER_BUDGET = Transition("initiatives.answer_budget", STANDING, InitiativeState.APPROVED)
RECORD_SPENDING = Transition("initiatives.record_spending", RUNNING, InitiativeState.APPROVED)

TRANSITIONS = (
    EDIT,
    DISCARD,
    SUBMIT,
    WITHDRAW,
    APPROVE,
    RETURN,
    REVISE,
    PUT_IN_CHARGE,
    STOP,
    ASK_TO_CLOSE,
    CONFIRM_CLOSING,
    RETURN_TO_WORK,
    REQUEST_BUDGET,
    ANSWER_BUDGET,
    RECORD_SPENDING,
)

VOUCHED = EDIT.sources | ASK_TO_CLOSE.sources
"""The states in which who verified its evidence says nothing more that it proves: what the draft is, that it has ended."""

CLOSE, CHECK, CONTROL = "close", "check", "control"
"""Steps beside those of the chain: who confirms the closing, who checks on the ground, who returns it."""

AWAITED: dict[str, Awaited] = {
    InitiativeState.DRAFT: Awaited(Step.ENTER, SUBMIT.action),
    InitiativeState.SUBMITTED: Awaited(Step.APPROVE, APPROVE.action),
    InitiativeState.CLOSING: Awaited(CLOSE, CONFIRM_CLOSING.action),
}
"""Whom each state waits for; a state that is not here waits for nobody."""

DUE: dict[str, frozenset[str]] = {
    InitiativeState.SUBMITTED: frozenset({APPROVE.action, RETURN.action}),
    InitiativeState.CLOSING: frozenset({CONFIRM_CLOSING.action, RETURN_TO_WORK.action}),
}
"""The control actions that are due in a state."""

BEGUN_HERE: Mapping[str, frozenset[str]] = {
    "progress_reports.create": RUNNING,
    "site_checks.create": RUNNING,
    "assignments.create": STANDING,
}
"""What is made under an initiative without a line in a transition table, and in which of its states."""


def steps(
    kind: str,
    classification: str,
    initiative_id: UUID,
    entity_id: UUID,
    enter: tuple[str, ...],
    *,
    has_manager: bool,
) -> dict[str, tuple[str, ...]]:
    """Who takes each step. `enter`: whom the entity's chain of detailed plans names to enter, for the division in
    charge. A foresight initiative is approved by the technical representative assigned to it (Guide N-6), any other
    by the office's manager. The specialists confirm the end of a restricted one only where they are named to enter it:
    otherwise they do not see it."""
    representative = party_key(Role.TECHNICAL_REPRESENTATIVE, initiative_id)
    manager, specialist = party_key(Role.MANAGER, entity_id), party_key(Role.SPECIALIST, entity_id)
    approve = (representative,) if kind == InitiativeKind.FORESIGHT else (manager,)
    specialists = (
        () if classification == Classification.RESTRICTED and specialist not in enter else (specialist,)
    )
    own = (party_key(PROJECT_MANAGER, initiative_id),) if has_manager else ()
    return {
        Step.ENTER: (*own, *enter),
        Step.APPROVE: approve,
        CONTROL: approve,
        CLOSE: (manager, *specialists),
        CHECK: (representative, specialist, manager),
    }


def check_in_charge(function: DivisionFunction | None) -> None:
    """Raise Invalid for a division that the entity does not have (None), or that does not execute (Guide N-8)."""
    if function is None:
        raise unknown_reference("#/division_id")
    if function is not DivisionFunction.EXECUTING:
        raise invalid(
            "#/division_id",
            "not_executing",
            "Only an executing division carries out an initiative.",
            "لا يتولى تنفيذ المبادرة إلا تقسيم منفّذ.",
        )


def open_now(transition: Transition, row: Mapping[str, Any]) -> bool:
    """What else than the state a transition asks of the initiative."""
    if transition is CONFIRM_CLOSING:
        return bool(row["proof"].verified_by) and not row["has_open_report"]
    if transition is ASK_TO_CLOSE:
        return not row["has_open_report"]
    if transition in (ANSWER_BUDGET, RECORD_SPENDING):
        return bool(row["budget"])
    return True


def check_closing(row: Mapping[str, Any]) -> None:
    """Raise ReportInWork while a progress report is on its way: what is closed is reported to its end."""
    if row["has_open_report"]:
        raise ReportInWork()


def check_proven(row: Mapping[str, Any]) -> None:
    """Raise ClosingNotProven unless a document that proves the end is verified (Guide N-5, V-2): one that came after the
    initiative was approved."""
    if not row["proof"].verified_by:
        raise ClosingNotProven()


class IncompleteInitiative(Conflict):
    code = "incomplete_initiative"
    title = Text("The initiative is not complete enough to be submitted", "المبادرة غير مكتملة للرفع")


class ClosingNotProven(Conflict):
    code = "closing_not_proven"
    title = Text(
        "No document that proves the end of execution is verified yet",
        "لم يُتحقق بعد من أي وثيقة تثبت انتهاء التنفيذ",
    )


class ReportInWork(Conflict):
    code = "report_in_work"
    title = Text(
        "A progress report of it is on its way: finish or discard it first",
        "يوجد تقرير إنجاز قيد العمل لهذه المبادرة، فأكمله أو استبعده أولًا",
    )


class NotRunning(Conflict):
    code = "initiative_not_running"
    title = Text("The initiative is not being carried out", "المبادرة ليست قيد التنفيذ")


class NoSuchLine(Conflict):
    code = "no_budget_request"
    title = Text(
        "Nothing was requested from this source for this year", "لم يُطلب شيء من هذا المصدر في هذه السنة"
    )
