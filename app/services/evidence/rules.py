"""The life of a piece of evidence, and what a result must carry of it: pure guards (Guide V-1 to V-3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.enums import EvidenceState, IndicatorState
from app.errors import Conflict, FieldError, Text
from app.services.transitions import Awaited, Transition
from app.words import EVIDENCE_KINDS

_AWAITING_FILE = frozenset({EvidenceState.AWAITING_FILE.value})
_SCANNING = frozenset({EvidenceState.SCANNING.value})
_SUBMITTED = frozenset({EvidenceState.SUBMITTED.value})
_DECIDED = frozenset({EvidenceState.VERIFIED.value, EvidenceState.REJECTED.value})
_STANDING = frozenset({IndicatorState.DRAFT.value, IndicatorState.ACTIVE.value})

EDIT = Transition("evidence.edit", _AWAITING_FILE | _SUBMITTED, EvidenceState.SUBMITTED)
UPLOAD = Transition("evidence.upload", _AWAITING_FILE, EvidenceState.SUBMITTED)
VERIFY = Transition("evidence.verify", _SUBMITTED, EvidenceState.VERIFIED)
REJECT = Transition("evidence.reject", _SUBMITTED, EvidenceState.REJECTED, reason=True)
WITHDRAW = Transition("evidence.withdraw", _AWAITING_FILE | _SCANNING | _SUBMITTED, EvidenceState.WITHDRAWN)
SUPERSEDE = Transition("evidence.supersede", _SUBMITTED | _DECIDED, EvidenceState.SUPERSEDED, reason=True)
"""Asking for it opens a successor; the state changes when the successor's file is there."""

TRANSITIONS = (EDIT, UPLOAD, VERIFY, REJECT, WITHDRAW, SUPERSEDE)

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

OF_WHO_BRINGS = frozenset({UPLOAD.action, EDIT.action, SUPERSEDE.action, "evidence.create"})
"""The actions by which somebody has a hand in what a figure is proved with: they count as an edit of the figure, so
that whoever brings its proof never reviews or approves it."""

UNDECIDED = frozenset(
    {EvidenceState.AWAITING_FILE.value, EvidenceState.SCANNING.value, EvidenceState.SUBMITTED.value}
)
"""What still waits for somebody, or for the scanner: nothing is frozen with it."""

MOST = 200
"""Pieces of evidence about one thing, those that ended included: far more than anybody reads."""

READABLE = _SUBMITTED | _DECIDED | {EvidenceState.SUPERSEDED.value}
"""The states in which a file that is there may be read: never before it is known to be free of malware."""


@dataclass(frozen=True, slots=True)
class Undecided:
    """A piece of evidence that still waits for somebody."""

    title: str
    state: str


@dataclass(frozen=True, slots=True)
class Required:
    """What a thing must carry at least of one kind (null: of any), how many are there, and how many verified."""

    kind: str | None
    minimum: int
    present: int
    verified: int


@dataclass(frozen=True, slots=True)
class Proof:
    """How the evidence of a thing stands, and who verified some of it."""

    undecided: tuple[Undecided, ...] = ()
    required: tuple[Required, ...] = ()
    verified_by: frozenset[UUID] = frozenset()


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


class TooMuchEvidence(Conflict):
    code = "too_much_evidence"
    title = Text(
        f"At most {MOST} pieces of evidence are brought about one thing",
        f"الحد الأقصى {MOST} دليل للموضوع الواحد",
    )


def check_room(pieces: int) -> None:
    """Whether another piece of evidence may be brought, beside as many. Raises TooMuchEvidence."""
    if pieces >= MOST:
        raise TooMuchEvidence()


def check_subject(transition: Transition, row: Mapping[str, Any]) -> None:
    """Whether the subject of the evidence is in a state that lets the transition be taken: a draft, or for the
    verifier anything not yet approved. Raises SubjectDecided."""
    if not _subject_takes(transition, row):
        raise SubjectDecided()


def check_upload(row: Mapping[str, Any]) -> None:
    """Whether a file may be uploaded, as far as the subject goes. Raises SubjectDecided."""
    check_subject(UPLOAD, row)


def open_now(transition: Transition, row: Mapping[str, Any]) -> bool:
    """What else than its state a transition asks: that of its subject, and that no successor is on its way."""
    if transition is SUPERSEDE and row["successor_id"] is not None:
        return False
    return _subject_takes(transition, row)


def _subject_takes(transition: Transition, row: Mapping[str, Any]) -> bool:
    return bool(row["subject_undecided" if transition in OF_THE_VERIFIER else "subject_takes"])


def check_readable(row: Mapping[str, Any], state: str) -> None:
    """Raise NoFile unless there is a file, and it is known to be free of malware."""
    if row["sha256"] is None or state not in READABLE:
        raise NoFile()


def upload_to(*, scans: bool) -> Transition:
    """The upload. Where somebody looks for malware (`scans`), the file can be read by nobody, and proves nothing, until
    it is passed."""
    return Transition(UPLOAD.action, UPLOAD.sources, EvidenceState.SCANNING if scans else UPLOAD.target)


def edit_in(state: str) -> Transition:
    """An edit leaves the state as it is."""
    return Transition(EDIT.action, frozenset({state}), state)


class EvidenceMissing(Conflict):
    code = "evidence_missing"
    title = Text("Evidence that is required is missing", "تنقص أدلة مطلوبة")


class EvidenceUnverified(Conflict):
    code = "evidence_unverified"
    title = Text(
        "First the evidence is verified or rejected, and enough of it verified",
        "يلزم أولًا البت في الأدلة، والتحقق من العدد المطلوب منها",
    )


def _not_submittable(proof: Proof) -> tuple[FieldError, ...]:
    files = [
        FieldError(
            "file_missing",
            Text(
                f"The file of '{each.title}' is missing: upload it, or withdraw the evidence.",
                f"لم يُرفع ملف «{each.title}»، فارفعه أو اسحب الدليل.",
            ),
        )
        for each in proof.undecided
        if each.state == EvidenceState.AWAITING_FILE
    ]
    lacking = [
        _lacking(each, each.minimum - each.present) for each in proof.required if each.present < each.minimum
    ]
    return (*files, *lacking)


def _not_approvable(proof: Proof) -> tuple[FieldError, ...]:
    undecided = [
        FieldError(
            "undecided",
            Text(
                f"'{each.title}' is neither verified nor rejected.",
                f"لم يُبت بعد في الدليل «{each.title}».",
            ),
        )
        for each in proof.undecided
    ]
    lacking = [
        _lacking(each, each.minimum - each.verified, verified=True)
        for each in proof.required
        if each.verified < each.minimum
    ]
    return (*undecided, *lacking)


def _lacking(required: Required, count: int, *, verified: bool = False) -> FieldError:
    kind = required.kind
    of_kind_en = "of any kind" if kind is None else f"of the kind '{kind}'"
    of_kind_ar = "من أي نوع" if kind is None else f"من نوع «{EVIDENCE_KINDS[kind]}»"
    en, ar = ("Verified evidence", "أدلة متحقق منها") if verified else ("Evidence", "أدلة")
    return FieldError(
        "unverified" if verified else "missing",
        Text(f"{en} {of_kind_en} is lacking: {count}.", f"تنقص {ar} {of_kind_ar}، وعددها: {count}."),
    )


def is_submittable(proof: Proof) -> bool:
    """Whether `check_submittable` would pass."""
    return not _not_submittable(proof)


def check_submittable(proof: Proof) -> None:
    """Whether a draft carries what it must, and no file is still to come. Raises EvidenceMissing, with what is
    missing and how many."""
    faults = _not_submittable(proof)
    if faults:
        raise EvidenceMissing(errors=faults)


def is_approvable(proof: Proof) -> bool:
    """Whether `check_approvable` would pass."""
    return not _not_approvable(proof)


def check_approvable(proof: Proof) -> None:
    """Whether a thing can be approved with its evidence: it is frozen then, so nothing may be undecided, and
    what is required must be verified (Guide V-3). Raises EvidenceUnverified."""
    faults = _not_approvable(proof)
    if faults:
        raise EvidenceUnverified(errors=faults)
