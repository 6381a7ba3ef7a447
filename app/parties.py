"""Parties: how the service writes down whom something waits for or may be done by.

A *party key* is `manager:<entity id>`, `planning:<entity id>`, `division:<division id>`,
`technical_representative:<subject id>` (whoever is assigned to that subject), `project_manager:<initiative id>`,
`person:<user id>`, or one of the national keys `unit`, `unit_editor`, `administrator`. A person's keys come from the
memberships in force; a step's keys from the chain that the entity's role plan names. What the role rules speak of stands
here too: the actor, the facts of a subject, and the entitlement that they come to.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.enums import DIVISION_ROLES, UNIT_ROLES, Chain, DivisionFunction, Party, Role, Step

UNIT = "unit"
UNIT_EDITOR = "unit_editor"
ADMINISTRATOR = "administrator"
PROJECT_MANAGER = "project_manager"
"""The party of one initiative's project manager: `project_manager:<initiative id>`."""
PERSON = "person"
"""The party of one person, whatever posts they hold: `person:<user id>`. Whether they still belong to the entity of what
names them, its visibility says."""

DEFAULT_CHAINS: dict[Chain, dict[Step, tuple[Party, ...]]] = {
    # Guide D-2 and annex C 2-4; a specialist stands in for the division.
    Chain.RESULTS: {
        Step.ENTER: (Party.EXECUTING, Party.SPECIALIST),
        Step.REVIEW: (Party.PLANNING,),
        Step.APPROVE: (Party.MANAGER,),
    },
    # Guide P-9 and annex A 15, 17, 34.
    Chain.PLANS: {
        Step.ENTER: (Party.PLANNING,),
        Step.REVIEW: (Party.MANAGER,),
        Step.APPROVE: (Party.HEAD,),
    },
    # Guide D-1 and annex B 11-13 (2024).
    Chain.DETAILED_PLANS: {
        Step.ENTER: (Party.EXECUTING, Party.SPECIALIST),
        Step.REVIEW: (Party.PLANNING,),
        Step.APPROVE: (Party.MANAGER,),
    },
    # Guide M-7 and annex C 8-10.
    Chain.REPORTS: {
        Step.ENTER: (Party.PLANNING,),
        Step.REVIEW: (Party.MANAGER,),
        Step.APPROVE: (Party.HEAD,),
    },
    # Guide C-1, O-4.
    Chain.COMMUNICATION: {
        Step.ENTER: (Party.COMMUNICATION,),
        Step.REVIEW: (Party.SPECIALIST,),
        Step.APPROVE: (Party.MANAGER,),
    },
}
"""The guide's default chains, in force for an entity that has no approved role plan (Guide P-13)."""


def party_key(party: str, holder: UUID | None = None) -> str:
    """`party` of one entity or division, or a national party."""
    return party if holder is None else f"{party}:{holder}"


def membership_parties(
    role: Role,
    entity_id: UUID | None,
    division_id: UUID | None,
    function: DivisionFunction | None,
    *,
    of_unit: bool,
) -> list[str]:
    """The party keys that a membership gives its holder."""
    if role is Role.ADMINISTRATOR:
        return [ADMINISTRATOR]
    keys = [party_key(role, entity_id)]
    if role in DIVISION_ROLES:
        keys = [
            party_key(Party.DIVISION, division_id),
            party_key(str(function), entity_id),
            party_key(Role.DIVISION_MEMBER, entity_id),
        ]
        if role is Role.DIVISION_HEAD:
            keys.append(party_key(Role.DIVISION_HEAD, division_id))
    if of_unit and role in (*UNIT_ROLES, Role.MANAGER, Role.HEAD):
        keys.append(UNIT)
        if role is Role.UNIT_EDITOR:
            keys.append(UNIT_EDITOR)
    return keys


def chain_keys(
    parties: Iterable[tuple[Party, UUID | None]], entity_id: UUID, in_charge: UUID | None
) -> list[str]:
    """The party keys of one step, in order. `in_charge`: the division in charge of the subject, if named;
    while none is, no executing division has the step, only those who stand in for it."""
    keys: list[str] = []
    for party, division_id in parties:
        if party is Party.UNIT:
            keys.append(UNIT)
        elif party is Party.DIVISION:
            keys.append(party_key(Party.DIVISION, division_id))
        elif party is Party.EXECUTING:
            if in_charge is not None:
                keys.append(party_key(Party.DIVISION, in_charge))
        else:
            keys.append(party_key(party, entity_id))
    return keys


@dataclass(frozen=True, slots=True)
class Delegated:
    """An action of somebody's post that its holder lets this person take."""

    action: str
    party: str
    delegator_id: UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a person, with the rights that are in force at this request.

    `shared`: indicators of other entities that are tied to one of theirs by an accepted contribution.
    `only` narrows a service account to some actions; the person is then the account's maker.
    """

    person_id: UUID
    session_id: UUID
    keys: frozenset[str]
    entity_ids: frozenset[UUID]
    delegated: tuple[Delegated, ...] = ()
    assigned: frozenset[UUID] = frozenset()
    shared: frozenset[UUID] = frozenset()
    national: bool = False
    service_account_id: UUID | None = None
    only: frozenset[str] | None = None

    def holds(self, party: str, holder: UUID | None = None) -> bool:
        """Whether one of the actor's memberships answers to this party."""
        return party_key(party, holder) in self.keys


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules need to know of a subject.

    `steps`: party keys by step. `edited_by`, `controlled_by`: the persons barred by four eyes from controlling it,
    `verified_by`: from editing it, having verified its evidence.
    `excepted`: of these persons, whom it bars no more than in part: for what they decided as the head because nobody was left,
    or for having brought a risk there.
    `nobody_left`: the actions of the step that is due, where four eyes leaves none of its holders.
    `due`: until when each step is due, where it is. `own`: the subject is the actor's own (session, service account, delegation).
    `row`: what else the area's query read of the subject, for the area's commands.
    """

    kind: str
    id: UUID
    entity_id: UUID | None
    state: str | None = None
    version: int = 1
    steps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    edited_by: frozenset[UUID] = frozenset()
    controlled_by: frozenset[UUID] = frozenset()
    verified_by: frozenset[UUID] = frozenset()
    excepted: frozenset[UUID] = frozenset()
    nobody_left: frozenset[str] = frozenset()
    due: Mapping[str, date] = field(default_factory=dict)
    own: bool = False
    row: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entitlement:
    """By what right an action is taken; the event records it.

    `acting_for_id`: the delegator. `records`: the head's office records the head's decision.
    `exceptional`: four eyes leaves nobody, so the head decides, with a reason.
    """

    party: str
    acting_for_id: UUID | None = None
    records: bool = False
    exceptional: bool = False
