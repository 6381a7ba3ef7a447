"""The life of a piece of evidence, and what a result must carry of it: pure guards (Guide V-1 to V-3)."""

from collections.abc import Mapping
from typing import Any

from app.enums import EvidenceState, IndicatorState
from app.errors import Conflict, Text
from app.services.transitions import Awaited, Transition

_AWAITING_FILE = frozenset({EvidenceState.AWAITING_FILE.value})
_SUBMITTED = frozenset({EvidenceState.SUBMITTED.value})
_DECIDED = frozenset({EvidenceState.VERIFIED.value, EvidenceState.REJECTED.value})
_STANDING = frozenset({IndicatorState.DRAFT.value, IndicatorState.ACTIVE.value})

EDIT = Transition("evidence.edit", _AWAITING_FILE | _SUBMITTED, EvidenceState.SUBMITTED)
UPLOAD = Transition("evidence.upload", _AWAITING_FILE, EvidenceState.SUBMITTED)
VERIFY = Transition("evidence.verify", _SUBMITTED, EvidenceState.VERIFIED)
REJECT = Transition("evidence.reject", _SUBMITTED, EvidenceState.REJECTED, reason=True)
WITHDRAW = Transition("evidence.withdraw", _AWAITING_FILE | _SUBMITTED, EvidenceState.WITHDRAWN)
SUPERSEDE = Transition("evidence.supersede", _SUBMITTED | _DECIDED, EvidenceState.SUPERSEDED, reason=True)
"""Asking for it opens a successor; the state changes when the successor's file is there."""

TRANSITIONS = (EDIT, UPLOAD, VERIFY, REJECT, WITHDRAW, SUPERSEDE)

_SCANNING = frozenset({EvidenceState.SCANNING.value})
UPLOAD_TO_SCAN = Transition(UPLOAD.action, UPLOAD.sources, EvidenceState.SCANNING)
"""The upload where a scanner is configured: the file can be read by nobody, and proves nothing, until it is passed."""
PASS = Transition("evidence.pass", _SCANNING, EvidenceState.SUBMITTED)
INFECT = Transition("evidence.infect", _SCANNING, EvidenceState.INFECTED)
"""The scanner's own steps: no person is entitled to them, so no role rule names them."""

REQUIRE = Transition("indicators.require_evidence", _STANDING, IndicatorState.ACTIVE)
"""Of the indicator whose results must carry evidence: it stays what it is."""

ATTACH, VERIFICATION = "attach", "verify"
"""The steps on the way of a piece of evidence, as the role rules name them."""

AWAITED: dict[str, Awaited] = {
    EvidenceState.AWAITING_FILE: Awaited(ATTACH, UPLOAD.action),
    EvidenceState.SUBMITTED: Awaited(VERIFICATION, VERIFY.action),
}
"""Whom each state waits for; a state that is not here waits for nobody."""

DUE: dict[str, frozenset[str]] = {EvidenceState.SUBMITTED: frozenset({VERIFY.action, REJECT.action})}
"""The control actions that are due in a state."""

OF_THE_VERIFIER = (VERIFY, REJECT, PASS, INFECT)
"""What is done while the subject is decided about; all else only while the subject is a draft."""

UNDECIDED = frozenset(
    {EvidenceState.AWAITING_FILE.value, EvidenceState.SCANNING.value, EvidenceState.SUBMITTED.value}
)
"""What still waits for somebody, or for the scanner: nothing is frozen with it."""

READABLE = _SUBMITTED | _DECIDED | {EvidenceState.WITHDRAWN.value, EvidenceState.SUPERSEDED.value}
"""The states in which a file that is there may be read: never before it is known to be free of malware."""

MOST_RULES = 7
"""One for each kind, and one for any kind."""


class NoFile(Conflict):
    code = "no_file"
    title = Text("There is no file to be read yet", "لا يوجد ملف يمكن قراءته بعد")


class SubjectDecided(Conflict):
    code = "subject_decided"
    title = Text(
        "What the evidence is about is not open for this any more",
        "لم يعد ما يتعلق به الدليل مفتوحًا لهذا الإجراء",
    )


class Succeeded(Conflict):
    code = "already_succeeded"
    title = Text("Another piece of evidence takes its place already", "حلّ محله دليل آخر من قبل")


def check_subject(transition: Transition, row: Mapping[str, Any]) -> None:
    """Whether the subject of the evidence is in a state that lets the transition be taken: a draft, or for the
    verifier anything not yet approved. Raises SubjectDecided."""
    if not row["subject_undecided" if transition in OF_THE_VERIFIER else "subject_takes"]:
        raise SubjectDecided()


def open_now(transition: Transition, row: Mapping[str, Any]) -> bool:
    """What else than its state a transition asks: that of its subject, and that no successor is on its way."""
    if transition is SUPERSEDE and row["successor_id"] is not None:
        return False
    return bool(row["subject_undecided" if transition in OF_THE_VERIFIER else "subject_takes"])


def check_readable(row: Mapping[str, Any], state: str) -> None:
    """Raise NoFile unless there is a file, and it is known to be free of malware."""
    if row["sha256"] is None or state not in READABLE:
        raise NoFile()


def edit_in(state: str) -> Transition:
    """An edit leaves the state as it is."""
    return Transition(EDIT.action, frozenset({state}), state)
