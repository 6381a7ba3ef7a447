"""The life of a challenge: which steps from which state, and what must be there before it goes up (Guide X-1 to X-6)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from app.enums import Party, Role, SubjectKind
from app.enums.challenges import (
    ChallengeLevel,
    ChallengeState,
    EscalationBody,
    LevelDecision,
)
from app.enums.risks import RiskState
from app.errors import Conflict, FieldError, Text, fault_at, invalid
from app.parties import PERSON, UNIT, party_key
from app.services.transitions import Awaited, Transition

_OPEN = frozenset({ChallengeState.OPEN.value})
_DECIDED = frozenset({ChallengeState.DECIDED.value})
_ENDED = frozenset({ChallengeState.CLOSED.value, ChallengeState.ACCEPTED.value})
_DECIDING = frozenset({ChallengeState.WITH_HEAD.value, ChallengeState.WITH_UNIT.value})
_ANSWERING = frozenset({ChallengeState.WITH_COMMITTEE.value, ChallengeState.WITH_BODY.value})

IN_OFFICE = _OPEN | _DECIDED
"""The states in which the office holds it, and so writes it."""

HELD = IN_OFFICE | _DECIDING | _ANSWERING
"""The states in which somebody holds it: it is not closed."""

OPENED = "challenges.open"

EDIT = Transition("challenges.edit", IN_OFFICE, ChallengeState.OPEN)
ATTEMPT = Transition("challenges.record_attempt", IN_OFFICE, ChallengeState.OPEN)
PROPOSE = Transition("challenges.propose_solution", IN_OFFICE, ChallengeState.OPEN)
WITHDRAW = Transition("challenges.withdraw_solution", IN_OFFICE, ChallengeState.OPEN, reason=True)
ANALYSE = Transition("challenges.analyse_solution", HELD, ChallengeState.OPEN)
COORDINATE = Transition("challenges.record_coordination", IN_OFFICE, ChallengeState.OPEN)
ESCALATE_TO_HEAD = Transition("challenges.escalate_to_head", IN_OFFICE, ChallengeState.WITH_HEAD, reason=True)
ESCALATE_TO_BODY = Transition("challenges.escalate_to_body", IN_OFFICE, ChallengeState.WITH_BODY, reason=True)
DECIDE = Transition("challenges.decide", _DECIDING, ChallengeState.DECIDED, reason=True)
RECORD_ANSWER = Transition("challenges.record_answer", _ANSWERING, ChallengeState.DECIDED, reason=True)
PAUSE = Transition("challenges.pause", HELD, ChallengeState.OPEN, reason=True)
RESUME = Transition("challenges.resume", HELD, ChallengeState.OPEN, reason=True)
CLOSE = Transition("challenges.close", IN_OFFICE, ChallengeState.CLOSED, reason=True)
REOPEN = Transition("challenges.reopen", _ENDED, ChallengeState.OPEN, reason=True)

STAYING = (EDIT, ATTEMPT, PROPOSE, WITHDRAW, ANALYSE, COORDINATE, PAUSE, RESUME)
"""Steps that leave the state as it is, whichever of their sources that is."""

TRANSITIONS = (
    EDIT,
    ATTEMPT,
    PROPOSE,
    WITHDRAW,
    ANALYSE,
    COORDINATE,
    ESCALATE_TO_HEAD,
    ESCALATE_TO_BODY,
    DECIDE,
    RECORD_ANSWER,
    PAUSE,
    RESUME,
    CLOSE,
    REOPEN,
)

WORK, HOLD, DECISION, ANALYSIS, DOCUMENT = "work", "hold", "decide", "analyse", "document"
"""The steps on its way, as the role rules name them: who works on it, who holds it, who decides, who analyses its
solutions, who brings evidence of it."""

AWAITED: dict[str, Awaited] = {
    ChallengeState.OPEN: Awaited(HOLD, CLOSE.action),
    ChallengeState.WITH_HEAD: Awaited(HOLD, DECIDE.action),
    ChallengeState.WITH_COMMITTEE: Awaited(HOLD, RECORD_ANSWER.action),
    ChallengeState.WITH_BODY: Awaited(HOLD, RECORD_ANSWER.action),
    ChallengeState.WITH_UNIT: Awaited(HOLD, DECIDE.action),
    ChallengeState.DECIDED: Awaited(HOLD, CLOSE.action),
}
"""Whom each state waits for; what has ended waits for nobody."""

AT: Mapping[str, ChallengeState] = {
    ChallengeLevel.OFFICE: ChallengeState.OPEN,
    ChallengeLevel.HEAD: ChallengeState.WITH_HEAD,
    ChallengeLevel.COMMITTEE: ChallengeState.WITH_COMMITTEE,
    ChallengeLevel.BODY: ChallengeState.WITH_BODY,
    ChallengeLevel.UNIT: ChallengeState.WITH_UNIT,
}
"""The state of what has come up to a level."""

DUE: dict[str, frozenset[str]] = {
    **{state: frozenset({CLOSE.action}) for state in IN_OFFICE},
    ChallengeState.WITH_HEAD.value: frozenset({DECIDE.action}),
}
"""The control actions that are due in a state, of those that four eyes may leave to nobody."""

MOST_ATTEMPTS, MOST_SOLUTIONS, MOST_STAYS = 100, 20, 200

TOLD = ("kind", "tie", "title", "cause", "impact", "division_id", "owner_id", "priority_id", "classification")
"""What is said of a challenge, and may be said otherwise while the office holds it."""


def to(transition: Transition, state: str) -> Transition:
    """The same step, leading to `state`: what is decided tells where a challenge goes, and what is written on it leaves
    it where it is."""
    sources = frozenset({state}) if transition in STAYING else transition.sources - {state}
    return replace(transition, target=state, sources=sources)


def holders(level: str, entity_id: UUID) -> tuple[str, ...]:
    """The party keys of a level's one holder. For committees and outside bodies the head's office records what they
    answer, or the head."""
    match level:
        case ChallengeLevel.OFFICE:
            return (party_key(Role.MANAGER, entity_id),)
        case ChallengeLevel.HEAD:
            return (party_key(Role.HEAD, entity_id),)
        case ChallengeLevel.UNIT:
            return (UNIT,)
    return (party_key(Role.HEAD_OFFICE, entity_id), party_key(Role.HEAD, entity_id))


def steps(
    challenge_id: UUID,
    about_id: UUID,
    entity_id: UUID,
    division_id: UUID | None,
    level: str | None,
    more: Sequence[str] = (),
    restricted_to: UUID | None = None,
) -> dict[str, tuple[str, ...]]:
    """Who takes which step of a challenge that `level` holds. `more`: party keys of the subject's own (a project manager).
    `restricted_to`: who opened it, where only those named see it.

    Where nothing is to be decided, or nobody holds it, whoever may do so elsewhere: they are entitled, and learn that the
    state is wrong (409), not that they have no right (403).
    """
    division = () if division_id is None else (party_key(Party.DIVISION, division_id),)
    manager, head = holders(ChallengeLevel.OFFICE, entity_id), holders(ChallengeLevel.HEAD, entity_id)
    held_by = manager if level is None else holders(level, entity_id)
    representative = Role.TECHNICAL_REPRESENTATIVE
    return {
        WORK: (*division, *more),
        HOLD: held_by,
        DECISION: held_by if level in (ChallengeLevel.HEAD, ChallengeLevel.UNIT) else (*head, UNIT),
        DOCUMENT: (
            *manager,
            party_key(PERSON, restricted_to) if restricted_to else party_key(Role.SPECIALIST, entity_id),
            party_key(Role.HEAD_OFFICE, entity_id),
            *division,
            *more,
        ),
        ANALYSIS: (
            party_key(representative, challenge_id),
            party_key(representative, about_id),
            *manager,
        ),
    }


def is_representative(party: str) -> bool:
    """Whether a right is that of a technical representative who is assigned (Guide O-3)."""
    return party.startswith(f"{Role.TECHNICAL_REPRESENTATIVE.value}:")


def open_now(transition: Transition, row: Mapping[str, Any]) -> bool:
    """What else than the state a step asks: that something is there to be withdrawn or analysed, that a route fits, and
    that what must go with it is there; the clock stands still or runs."""
    match transition:
        case x if x in (WITHDRAW, ANALYSE):
            return bool(row["solutions"])
        case x if x is ESCALATE_TO_HEAD:
            return any(to_head(way) for way in row["ways"]) and not tuple(missing(row, to_head_too=True))
        case x if x is ESCALATE_TO_BODY:
            return any(not to_head(way) for way in row["ways"]) and not tuple(missing(row))
        case x if x is PAUSE:
            return row["paused_at"] is None
        case x if x is RESUME:
            return row["paused_at"] is not None
    return True


def to_head(way: Mapping[str, Any]) -> bool:
    """Whether a route leads to the head."""
    return bool(way["to_level"] == ChallengeLevel.HEAD)


def missing(
    row: Mapping[str, Any], *, to_head_too: bool = False, to_body: str | None = None
) -> Iterator[FieldError]:
    """What must be there before it goes up and is not: that something was tried and a solution is proposed; for the head
    the coordination with UNIT (Guide X-5); for the supervisory committee the analysis of the technical representative,
    where one is assigned (Guide O-3)."""
    if not row["attempts"]:
        yield fault_at(
            "#/attempts", "missing", "Nothing that was tried is recorded.", "لم تُسجَّل أي محاولة للمعالجة."
        )
    if not row["solutions"]:
        yield fault_at("#/solutions", "missing", "No solution is proposed.", "لم يُقترح أي حل.")
    if to_head_too and not row["coordinated"]:
        yield fault_at(
            "#/coordination",
            "missing",
            "The coordination with the follow-up unit's specialist is not recorded.",
            "لم يُسجَّل التنسيق مع مختص وحدة المتابعة.",
        )
    if to_body == EscalationBody.SUPERVISORY_COMMITTEE and row["represented"] and not row["analysed"]:
        yield fault_at(
            "#/solutions",
            "not_analysed",
            "The technical representative who is assigned has analysed none of the solutions.",
            "لم يحلل الممثل الفني المكلف أيًّا من الحلول.",
        )


def check_ready(row: Mapping[str, Any], *, to_head_too: bool = False, to_body: str | None = None) -> None:
    """Raise NotReady with everything that `missing` finds."""
    faults = tuple(missing(row, to_head_too=to_head_too, to_body=to_body))
    if faults:
        raise NotReady(errors=faults)


def way(row: Mapping[str, Any], route_id: UUID, *, past_head: bool = True) -> Mapping[str, Any]:
    """The route that is named, if it fits the challenge where it is now. `past_head`: one that leads past the head, from
    the office. Raises Invalid."""
    for each in row["ways"]:
        if each["id"] == str(route_id) and past_head != to_head(each):
            return dict(each)
    raise invalid(
        "#/route_id",
        "does_not_fit",
        "The routing table has no such route for this challenge from where it is now.",
        "لا يتضمن جدول المسارات مسارًا كهذا لهذا التحدي من موضعه الحالي.",
    )


def check_ruling(ruling: str, route_id: UUID | None) -> None:
    """Raise Invalid for an escalation without a route, and for a route without one."""
    if (ruling == LevelDecision.ESCALATE) != (route_id is not None):
        if route_id is None:
            raise invalid(
                "#/route_id", "missing", "An escalation goes by a route.", "يكون التصعيد وفق مسار محدد."
            )
        raise invalid(
            "#/route_id", "out_of_place", "Only an escalation goes by a route.", "لا مسار إلا مع التصعيد."
        )


def check_not_later(day: date, today: date, pointer: str) -> None:
    """Raise Invalid for a day that is yet to come."""
    if day > today:
        raise invalid(pointer, "in_the_future", "The day is yet to come.", "التاريخ لم يحن بعد.")


def check_room(count: int, most: int, kind: Text) -> None:
    """Raise TooMany when there is no room for one more."""
    if count >= most:
        raise TooMany(kind)


def check_closed_enough(classification: str, *, restricted: bool) -> None:
    """Raise Invalid where a challenge is to be read by more people than what it is about."""
    if restricted and classification != "restricted":
        raise invalid(
            "#/classification",
            "more_open_than_subject",
            "What it is about is restricted, so the challenge is too.",
            "موضوع التحدي مقيّد الاطلاع، فيكون التحدي كذلك.",
        )


def check_happened(kind: str, state: str | None) -> None:
    """Raise Invalid for a thing of this kind and state that only threatens: a risk that has not happened, or is closed."""
    if kind == SubjectKind.RISK and state != RiskState.OCCURRED:
        raise invalid(
            "#/about_id",
            "not_occurred",
            "A challenge is about a risk that has happened and is not closed. Record of the risk that it has happened"
            " (`occur`): that opens its challenge.",
            "لا يكون التحدي عن خطر إلا بعد وقوعه وقبل إغلاقه. سجّلوا وقوع الخطر (`occur`) فيُفتح تحديه.",
        )


def check_owned(division_id: UUID | None, owner_id: UUID | None) -> None:
    """Raise Invalid for a challenge that nobody owns."""
    if division_id is None and owner_id is None:
        raise invalid(
            "#/division_id",
            "missing",
            "A division or a person owns the challenge.",
            "لا بد من تقسيم أو شخص مسؤول عن التحدي.",
        )


class NotReady(Conflict):
    code = "not_ready_to_escalate"
    title = Text("What must go with the escalation is not there yet", "لم تكتمل متطلبات تصعيد التحدي بعد")


class AlreadyPaused(Conflict):
    code = "already_paused"
    title = Text("The clock stands still already", "عدّاد المدة متوقف من قبل")


class NotPaused(Conflict):
    code = "not_paused"
    title = Text("The clock runs", "عدّاد المدة يعمل")


class TooMany(Conflict):
    code = "too_many"
    title = Text("There is no room for more of them", "بلغ العدد حده الأقصى")


TOO_MANY_ATTEMPTS = Text(
    f"A challenge has at most {MOST_ATTEMPTS} attempts.", f"لا تزيد محاولات التحدي على {MOST_ATTEMPTS}."
)
TOO_MANY_SOLUTIONS = Text(
    f"A challenge has at most {MOST_SOLUTIONS} proposed solutions.",
    f"لا تزيد الحلول المقترحة على {MOST_SOLUTIONS}.",
)
TOO_MANY_STAYS = Text(
    f"A challenge changes its level at most {MOST_STAYS} times.",
    f"لا يتنقل التحدي بين المستويات أكثر من {MOST_STAYS} مرة.",
)
