"""The life of a proposal of staff for the annual plan (Guide P-12)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.enums import Party, Role
from app.enums.plans import ProposalState
from app.errors import FieldError, Invalid, Text
from app.parties import party_key
from app.services.transitions import Awaited, Transition

_SUBMITTED = frozenset({ProposalState.SUBMITTED.value})
_SORTED = frozenset({ProposalState.SORTED.value})

SORT = Transition("proposals.sort", _SUBMITTED, ProposalState.SORTED)
RANK = Transition("proposals.rank", _SORTED, ProposalState.SORTED)
ACCEPT = Transition("proposals.accept", _SORTED, ProposalState.ACCEPTED, reason=True)
REFUSE = Transition("proposals.refuse", _SUBMITTED | _SORTED, ProposalState.REFUSED, reason=True)
WITHDRAW = Transition("proposals.withdraw", _SUBMITTED | _SORTED, ProposalState.WITHDRAWN)

TRANSITIONS = (SORT, RANK, ACCEPT, REFUSE, WITHDRAW)

UNDECIDED = _SUBMITTED | _SORTED
"""The states in which a control step is due, so that four eyes has a meaning."""

DUE = frozenset({SORT.action, RANK.action, ACCEPT.action, REFUSE.action})
"""The control actions that are due then."""

PROPOSE, SORTING = "propose", "sort"
"""The steps of a proposal, as the role rules name them."""

AWAITED: dict[str, Awaited] = {
    ProposalState.SUBMITTED: Awaited(SORTING, SORT.action),
    ProposalState.SORTED: Awaited(SORTING, ACCEPT.action),
}
"""Whom each state waits for; a state that is not here waits for nobody."""

STAFF = (
    Role.HEAD,
    Role.HEAD_OFFICE,
    Role.MANAGER,
    Role.SPECIALIST,
    Role.TECHNICAL_REPRESENTATIVE,
    Role.EXPERT,
    Role.DIVISION_MEMBER,
    Role.UNIT_EDITOR,
    Role.UNIT_SPECIALIST,
)
"""Whoever holds one of these roles in the entity proposes; a media representative writes nothing but communication
plans (Guide O-4)."""


def steps(entity_id: UUID) -> dict[str, tuple[str, ...]]:
    """Who proposes: all staff. Who sorts and decides: planning, or the office."""
    return {
        PROPOSE: tuple(party_key(role, entity_id) for role in STAFF),
        SORTING: tuple(
            party_key(party, entity_id) for party in (Party.PLANNING, Party.SPECIALIST, Party.MANAGER)
        ),
    }


def check_meets(meets: Sequence[str], criteria: Sequence[Mapping[str, Any]]) -> None:
    """Whether each named criterion is one of the plan's, and is named once. Raises Invalid."""
    known = {criterion["key"] for criterion in criteria}
    faults = []
    for number, key in enumerate(meets):
        if key not in known:
            faults.append(
                FieldError(
                    "unknown_criterion",
                    Text("The plan has no such criterion.", "ليس من معايير الخطة."),
                    pointer=f"#/meets/{number}",
                )
            )
        elif key in meets[:number]:
            faults.append(
                FieldError("repeated", Text("It stands twice.", "تكرر ذكره."), pointer=f"#/meets/{number}")
            )
    if faults:
        raise Invalid(errors=tuple(faults))
