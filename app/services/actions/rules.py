"""The life of an action: opened by the office, done by its owner, confirmed by somebody else (Guide M-2, M-9, X-2)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from app.enums import Classification, Party, Role
from app.enums.actions import OF_ITS_OWN, ActionSource, ActionState
from app.errors import Conflict, FieldError, Invalid, Text, fault_at, invalid
from app.parties import PERSON, party_key
from app.services.evidence import rules as evidence
from app.services.transitions import Awaited, Transition

_PROPOSED = frozenset({ActionState.PROPOSED.value})
_OPEN = frozenset({ActionState.OPEN.value})
_REPORTED = frozenset({ActionState.REPORTED.value})

OPENED = "actions.open"

EDIT = Transition("actions.edit", _PROPOSED | _OPEN, ActionState.OPEN)
ACCEPT = Transition("actions.accept", _PROPOSED, ActionState.OPEN)
REFUSE = Transition("actions.refuse", _PROPOSED, ActionState.REFUSED, reason=True)
NOTE = Transition("actions.note", _OPEN, ActionState.OPEN)
POSTPONE = Transition("actions.postpone", _OPEN, ActionState.OPEN, reason=True)
REPORT = Transition("actions.report", _OPEN, ActionState.REPORTED)
CONFIRM = Transition("actions.confirm", _REPORTED, ActionState.DONE)
RETURN = Transition("actions.return", _REPORTED, ActionState.OPEN, reason=True)
CANCEL = Transition("actions.cancel", _PROPOSED | _OPEN | _REPORTED, ActionState.CANCELLED, reason=True)

TRANSITIONS = (EDIT, ACCEPT, REFUSE, NOTE, POSTPONE, REPORT, CONFIRM, RETURN, CANCEL)

CONTROLLED = _PROPOSED | _REPORTED
"""The states in which a control step is due, so that four eyes has a meaning."""

STANDING = _PROPOSED | _OPEN | _REPORTED
"""The states in which somebody still works on it."""

TAKES_EVIDENCE = _OPEN
"""The states in which its owner brings evidence of it."""

UNDECIDED = _OPEN | _REPORTED
"""The states in which its evidence is verified."""

ACCEPTANCE, CARRY_OUT, CONFIRMATION = "accept", "carry_out", "confirm"
"""The steps on its way, as the role rules name them; who carries it out brings its evidence."""

AWAITED: dict[str, Awaited] = {
    ActionState.PROPOSED: Awaited(ACCEPTANCE, ACCEPT.action),
    ActionState.OPEN: Awaited(CARRY_OUT, REPORT.action),
    ActionState.REPORTED: Awaited(CONFIRMATION, CONFIRM.action),
}
"""Whom each state waits for; what has ended waits for nobody."""

DUE: dict[str, frozenset[str]] = {
    ActionState.REPORTED: frozenset({CONFIRM.action, RETURN.action}),
}
"""The control actions that are due in a state, of those that four eyes may leave to nobody."""

TOLD = ("title", "description", "division_id", "owner_id", "classification")
"""What is said of an action and may be said otherwise while it is not reported; its day is only put off."""

OF_DIRECTIVE = ("issued_by", "letter_number", "letter_date")
"""What is said of a directive of senior management beside."""

MOST_NOTES, MOST_POSTPONEMENTS = 200, 50


def steps(
    entity_id: UUID, division_id: UUID | None, owner_id: UUID | None, classification: str
) -> dict[str, tuple[str, ...]]:
    """Who takes which step: the head accepts, the owner carries out, the office confirms. Of a restricted action the
    manager alone is the office, since its specialists do not read it."""
    owner = party_key(PERSON, owner_id) if division_id is None else party_key(Party.DIVISION, division_id)
    manager, specialist = party_key(Role.MANAGER, entity_id), party_key(Role.SPECIALIST, entity_id)
    restricted = classification == Classification.RESTRICTED
    return {
        ACCEPTANCE: (party_key(Role.HEAD, entity_id),),
        CARRY_OUT: (owner,),
        CONFIRMATION: (manager,) if restricted else (manager, specialist),
    }


def state_of(source: ActionSource) -> ActionState:
    """How an action of this source begins: a proposal waits for the head first (Guide M-9)."""
    return ActionState.PROPOSED if source is ActionSource.IMPROVEMENT_PROPOSAL else ActionState.OPEN


def open_now(transition: Transition, row: Mapping[str, Any]) -> bool:
    """What else than the state a step asks: room for one more, and that its evidence stands."""
    match transition:
        case x if x is NOTE:
            return bool(row["notes"] < MOST_NOTES)
        case x if x is POSTPONE:
            return bool(row["postponements"] < MOST_POSTPONEMENTS)
        case x if x is REPORT:
            return evidence.is_submittable(row["proof"])
        case x if x is CONFIRM:
            return evidence.is_approvable(row["proof"])
    return True


def check_opened(said: Mapping[str, Any], today: date) -> None:
    """Raise Invalid with every fault of a new action that can be told from what it says alone."""
    faults = tuple(_faults(said, today))
    if faults:
        raise Invalid(errors=faults)


def _faults(said: Mapping[str, Any], today: date) -> Iterator[FieldError]:
    source, directive = said["source"], said["directive"]
    if source in OF_ITS_OWN and said["source_id"] is not None:
        yield fault_at("#/source_id", "out_of_place", "It comes from nothing else.", "لا مصدر آخر له.")
    if source not in OF_ITS_OWN and said["source_id"] is None:
        yield fault_at("#/source_id", "missing", "Say what it comes from.", "يلزم بيان مصدر الإجراء.")
    if source == ActionSource.DIRECTIVE and directive is None:
        yield fault_at(
            "#/directive",
            "missing",
            "A directive has its letter, and who issued it.",
            "لا بد للتوجيه من كتاب وجهة أصدرته.",
        )
    if source != ActionSource.DIRECTIVE and directive is not None:
        yield fault_at("#/directive", "out_of_place", "It is no directive.", "ليس الإجراء توجيهًا.")
    if directive is not None and directive["letter_date"] > today:
        yield fault_at(
            "#/directive/letter_date",
            "in_the_future",
            "The letter is dated in the future.",
            "تاريخ الكتاب في المستقبل.",
        )
    if said["due"] < today:
        yield fault_at("#/due", "in_the_past", "The day is past already.", "انقضى هذا التاريخ.")
    if (said["division_id"] is None) == (said["owner_id"] is None):
        yield _ONE_OWNER


def check_owned(division_id: UUID | None, owner_id: UUID | None) -> None:
    """Raise Invalid unless exactly one owns it."""
    if (division_id is None) == (owner_id is None):
        raise Invalid(errors=(_ONE_OWNER,))


def check_closed_enough(classification: str, *, restricted: bool) -> None:
    """Raise Invalid where it is to be read by more people than what it comes from or serves."""
    if restricted and classification != Classification.RESTRICTED:
        raise invalid(
            "#/classification",
            "more_open_than_subject",
            "What it comes from or serves is restricted, so it is too.",
            "مصدره أو موضوعه مقيّد الاطلاع، فيكون كذلك.",
        )


def check_later(due: date, before: date, today: date) -> None:
    """Raise Invalid for a day that is not later than the one before, or past already."""
    if due <= before:
        raise invalid(
            "#/due", "not_later", "It is not later than the day before.", "التاريخ ليس بعد الموعد الحالي."
        )
    if due < today:
        raise invalid("#/due", "in_the_past", "The day is past already.", "انقضى هذا التاريخ.")


def check_room(count: int, most: int, kind: Text) -> None:
    """Raise TooMany when there is no room for one more."""
    if count >= most:
        raise TooMany(kind)


class TooMany(Conflict):
    code = "too_many"
    title = Text("There is no room for more of them", "بلغ العدد حده الأقصى")


TOO_MANY_NOTES = Text(
    f"An action has at most {MOST_NOTES} notes.", f"لا تزيد ملاحظات الإجراء على {MOST_NOTES}."
)
TOO_MANY_POSTPONEMENTS = Text(
    f"An action is postponed at most {MOST_POSTPONEMENTS} times.",
    f"لا يؤجل الإجراء أكثر من {MOST_POSTPONEMENTS} مرة.",
)


_ONE_OWNER = fault_at(
    "#/owner_id",
    "one_owner",
    "One owns it: a division, or a person.",
    "للإجراء مسؤول واحد: تقسيم أو شخص.",
)
