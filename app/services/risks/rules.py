"""The life of a risk: which steps from which state, and who decides (Guide K-1 to K-5); what an assessment must be stands in
`assessment_rules`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.enums import Party, Role
from app.enums.challenges import ChallengeKind
from app.enums.risks import ResourceKind, RiskKind, RiskLevel, RiskState, RiskStrategy
from app.errors import Conflict, Invalid, Text, fault_at, invalid
from app.parties import PERSON, UNIT, party_key
from app.services.transitions import Awaited, Transition

_OPEN, _TREATING = RiskState.OPEN.value, RiskState.IN_TREATMENT.value
_ASKED, _TO_ACCEPT = RiskState.RESOURCES_ASKED.value, RiskState.TO_ACCEPT.value
_TREATED, _ACCEPTED = RiskState.TREATED.value, RiskState.ACCEPTED.value
_RAISED = frozenset({RiskState.WITH_HEAD.value, RiskState.WITH_UNIT.value})
_OCCURRED = RiskState.OCCURRED.value

IN_OFFICE = frozenset({_OPEN, _TREATING, _TO_ACCEPT, _TREATED, _ACCEPTED})
"""The states in which the office goes on with it."""

RUNNING = IN_OFFICE | _RAISED | {_ASKED}
"""The states in which it may still happen."""

STANDING = RUNNING | {_OCCURRED}
"""All but closed."""

REGISTERED = "risks.register"

EDIT = Transition("risks.edit", RUNNING, RiskState.OPEN)
ASSESS = Transition("risks.assess", IN_OFFICE, RiskState.OPEN, renews=True)
CHOOSE = Transition("risks.choose_strategy", IN_OFFICE, RiskState.IN_TREATMENT, reason=True)
ACCEPT = Transition("risks.accept", frozenset({_TO_ACCEPT}), RiskState.ACCEPTED, reason=True)
REFUSE = Transition("risks.refuse_acceptance", frozenset({_TO_ACCEPT}), RiskState.OPEN, reason=True)
TREAT = Transition("risks.treat", frozenset({_TREATING}), RiskState.TREATED, reason=True)
ASK = Transition("risks.ask_resources", frozenset({_TREATING}), RiskState.RESOURCES_ASKED, reason=True)
GRANT = Transition("risks.grant_resources", frozenset({_ASKED}), RiskState.IN_TREATMENT)
RAISE_TO_HEAD = Transition("risks.raise_to_head", IN_OFFICE, RiskState.WITH_HEAD, reason=True)
RAISE_TO_UNIT = Transition("risks.raise_to_unit", IN_OFFICE, RiskState.WITH_UNIT, reason=True)
ANSWER = Transition("risks.answer", _RAISED, RiskState.OPEN, reason=True)
OCCUR = Transition("risks.occur", RUNNING, RiskState.OCCURRED, reason=True)
CLOSE = Transition("risks.close", IN_OFFICE | {_OCCURRED}, RiskState.CLOSED)

TRANSITIONS = (
    EDIT,
    ASSESS,
    CHOOSE,
    ACCEPT,
    REFUSE,
    TREAT,
    ASK,
    GRANT,
    RAISE_TO_HEAD,
    RAISE_TO_UNIT,
    ANSWER,
    OCCUR,
    CLOSE,
)

WORK, MANAGE, ACCEPTANCE, RESOURCES, ANSWERING, DOCUMENT = (
    "work",
    "manage",
    "accept",
    "grant",
    "answer",
    "document",
)
"""The steps on its way: who works on it, who goes on with it, who accepts it, who grants what it needs, who answers what
was raised, who brings evidence of it."""

AWAITED: dict[str, Awaited] = {
    RiskState.OPEN: Awaited(MANAGE, CHOOSE.action),
    RiskState.IN_TREATMENT: Awaited(MANAGE, TREAT.action),
    RiskState.RESOURCES_ASKED: Awaited(RESOURCES, GRANT.action),
    RiskState.TO_ACCEPT: Awaited(ACCEPTANCE, ACCEPT.action),
    RiskState.WITH_HEAD: Awaited(ANSWERING, ANSWER.action),
    RiskState.WITH_UNIT: Awaited(ANSWERING, ANSWER.action),
    RiskState.TREATED: Awaited(MANAGE, ASSESS.action),
    RiskState.ACCEPTED: Awaited(MANAGE, ASSESS.action),
    RiskState.OCCURRED: Awaited(MANAGE, CLOSE.action),
}
"""Whom each state waits for, until the day of the next assessment; what is closed waits for nobody."""

DUE: dict[str, frozenset[str]] = {
    _TO_ACCEPT: frozenset({ACCEPT.action, REFUSE.action}),
    _ASKED: frozenset({GRANT.action}),
    **dict.fromkeys(_RAISED, frozenset({ANSWER.action})),
}
"""The control actions that are due in a state."""

WITH_HEAD = frozenset({RiskState.WITH_HEAD.value, _ASKED})
"""The states in which it was brought to the head. Four eyes bars only who brought it, which says nothing about the risk: a
head who did so in another post decides all the same where nobody else is left. What waits for UNIT is UNIT's alone."""

MONEY = "OMR"
"""The unit of money, and of nothing else."""

MOST_RESOURCES, MOST_RAISINGS = 50, 50


TOLD = ("kind", "title", "cause", "effect", "division_id", "owner_id", "classification")
"""What is said of a risk, and may be said otherwise while it may still happen."""


CHALLENGE_OF: Mapping[str, ChallengeKind] = {
    RiskKind.ESTABLISHMENT_AND_ACTIVATION: ChallengeKind.OTHER,
    RiskKind.ORGANISATIONAL_CULTURE: ChallengeKind.PEOPLE,
    RiskKind.SUSTAINABILITY: ChallengeKind.RESOURCES,
    RiskKind.COMMUNICATION_AND_TRANSPARENCY: ChallengeKind.COORDINATION,
    RiskKind.CHANGE: ChallengeKind.PEOPLE,
    RiskKind.SCHEDULE: ChallengeKind.COORDINATION,
    RiskKind.BUDGET: ChallengeKind.RESOURCES,
    RiskKind.RESOURCES: ChallengeKind.RESOURCES,
    RiskKind.TECHNICAL: ChallengeKind.TECHNICAL,
    RiskKind.STAKEHOLDERS: ChallengeKind.EXTERNAL,
    RiskKind.LEGAL: ChallengeKind.LEGISLATION,
}
"""What kind of challenge a risk becomes where whoever says that it happened does not say."""


def leading(transition: Transition, now: str, then: str) -> Transition:
    """The same step from the state where a risk is now, leading to where it is then; that may be the same."""
    return replace(transition, sources=frozenset({now}), target=then)


def accepts(score: int, head_from: int, entity_id: UUID) -> tuple[str, ...]:
    """Who accepts a risk of this score: the head from the threshold on, below it the manager (Guide K-3)."""
    return (party_key(Role.HEAD if score >= head_from else Role.MANAGER, entity_id),)


def steps(
    entity_id: UUID,
    division_id: UUID | None,
    state: str,
    score: int,
    head_from: int,
    more: Sequence[str] = (),
    restricted_to: UUID | None = None,
) -> dict[str, tuple[str, ...]]:
    """Who takes which step of a risk. `more`: party keys of the subject's own (a project manager). `restricted_to`: who
    registered it, where only those named see it.

    Where nothing is to be accepted or answered, whoever may do so elsewhere: they are entitled, and learn that the state
    is wrong (409), not that they have no right (403).
    """
    division = () if division_id is None else (party_key(Party.DIVISION, division_id),)
    manager, head = party_key(Role.MANAGER, entity_id), party_key(Role.HEAD, entity_id)
    answering = {RiskState.WITH_HEAD.value: (head,), RiskState.WITH_UNIT.value: (UNIT,)}
    return {
        WORK: (*division, *more),
        MANAGE: (manager,),
        ACCEPTANCE: accepts(score, head_from, entity_id) if state == _TO_ACCEPT else (manager, head),
        RESOURCES: (head,),
        ANSWERING: answering.get(state, (head, UNIT)),
        DOCUMENT: (
            manager,
            party_key(PERSON, restricted_to) if restricted_to else party_key(Role.SPECIALIST, entity_id),
            party_key(Role.HEAD_OFFICE, entity_id),
            *division,
            *more,
        ),
    }


def after_choice(strategy: RiskStrategy) -> str:
    """Where a strategy leads."""
    return _TO_ACCEPT if strategy is RiskStrategy.ACCEPT else _TREATING


def barred_in(state: str, *, assessed_by_id: UUID, brought_by_id: UUID | None = None) -> list[UUID]:
    """Whom four eyes keeps from deciding in a state: of what is to be accepted who assessed it last, of what was asked for
    or raised who did so."""
    if state == _TO_ACCEPT:
        return [assessed_by_id]
    brought = state == _ASKED or state in _RAISED
    return [brought_by_id] if brought and brought_by_id is not None else []


def check_place(subjects_id: UUID | None, entity_id: UUID | None) -> UUID:
    """The entity of a new risk: that of what it is about, or the one whose office it threatens. `subjects_id`: the entity
    of what it is about. Raises Invalid where neither is named, or they do not agree."""
    found = subjects_id or entity_id
    if found is None:
        raise invalid(
            "#/entity_id",
            "missing",
            "A risk is about something, or about the office of an entity.",
            "يتعلق الخطر بموضوع أو بمكتب جهة.",
        )
    if entity_id not in (None, found):
        raise invalid(
            "#/entity_id",
            "another_entity",
            "What the risk is about belongs to another entity.",
            "موضوع الخطر يتبع جهة أخرى.",
        )
    return found


def check_owned(division_id: UUID | None, owner_id: UUID | None) -> None:
    """Raise Invalid for a risk that nobody owns."""
    if division_id is None and owner_id is None:
        raise invalid(
            "#/division_id",
            "missing",
            "A division or a person owns the risk.",
            "لا بد من تقسيم أو شخص مسؤول عن الخطر.",
        )


def check_closed_enough(classification: str, *, restricted: bool) -> None:
    """Raise Invalid where a risk is to be read by more people than what it is about."""
    if restricted and classification != "restricted":
        raise invalid(
            "#/classification",
            "more_open_than_subject",
            "What it is about is restricted, so the risk is too.",
            "موضوع الخطر مقيّد الاطلاع، فيكون الخطر كذلك.",
        )


def check_room(count: int, most: int) -> None:
    """Raise TooMany when there are more than there is room for."""
    if count > most:
        raise TooMany(Text(f"A risk has at most {most} of them.", f"لا يزيد عددها في الخطر على {most}."))


def check_asked(resources: Sequence[Mapping[str, Any]]) -> None:
    """Raise Invalid for people or technology without a unit or in rials, and for money in a unit of its own."""
    faults = []
    for number, each in enumerate(resources):
        money = each["kind"] == ResourceKind.MONEY
        if money and each["unit"] is not None:
            faults.append(
                fault_at(
                    f"#/resources/{number}/unit",
                    "out_of_place",
                    "Money is in Omani rials.",
                    "المال بالريال العُماني.",
                )
            )
        if not money and each["unit"] is None:
            faults.append(
                fault_at(f"#/resources/{number}/unit", "missing", "It is said in what.", "تُذكر وحدة القياس.")
            )
        if not money and each["unit"] == MONEY:
            faults.append(
                fault_at(
                    f"#/resources/{number}/unit",
                    "out_of_place",
                    "Only money is in Omani rials.",
                    "الريال العُماني للمال وحده.",
                )
            )
    if faults:
        raise Invalid(errors=tuple(faults))


def check_granted(asked: Mapping[int, Decimal], granted: Sequence[tuple[int, Decimal]]) -> None:
    """Raise Invalid unless each thing that was asked for is answered once, with no more than was asked."""
    faults = []
    seen: set[int] = set()
    for place, (number, amount) in enumerate(granted):
        pointer = f"#/granted/{place}"
        if number in seen:
            faults.append(
                fault_at(f"{pointer}/number", "repeated", "It is answered twice.", "تكرر الرد عليه.")
            )
        elif number not in asked:
            faults.append(
                fault_at(
                    f"{pointer}/number",
                    "not_asked",
                    "Nothing of this number waits for an answer.",
                    "لا طلب قائم بهذا الرقم.",
                )
            )
        elif amount > asked[number]:
            faults.append(
                fault_at(
                    f"{pointer}/amount",
                    "more_than_asked",
                    "No more is granted than was asked for.",
                    "لا يُمنح أكثر مما طُلب.",
                )
            )
        seen.add(number)
    if asked.keys() - seen and not faults:
        faults.append(
            fault_at(
                "#/granted",
                "unanswered",
                "Everything that was asked for is answered; what is refused with 0.",
                "يُرد على كل ما طُلب، وما يُرفض يُمنح صفرًا.",
            )
        )
    if faults:
        raise Invalid(errors=tuple(faults))


def open_now(transition: Transition, row: Mapping[str, Any]) -> bool:
    """What else than the state a step asks: a treatment is done only once somebody has said what it leaves."""
    return transition is not TREAT or row["residual_impact"] is not None


def check_treated(residual_impact: int | None) -> None:
    """Raise RemainderUnknown for a treatment of which nobody said what it leaves."""
    if residual_impact is None:
        raise RemainderUnknown()


def raised_to(level: RiskLevel, entity_id: UUID) -> str:
    """The party that it is raised to."""
    return UNIT if level is RiskLevel.UNIT else party_key(Role.HEAD, entity_id)


class RemainderUnknown(Conflict):
    code = "remainder_unknown"
    title = Text(
        "What remains of the risk with its treatment was not assessed yet",
        "لم يُقيَّم المتبقي من الخطر بعد المعالجة",
    )


class TooMany(Conflict):
    code = "too_many"
    title = Text("There is no room for more of them", "بلغ العدد حده الأقصى")
