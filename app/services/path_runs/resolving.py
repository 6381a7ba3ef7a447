"""Who the parties of a template are in one entity. Pure: what it takes to know is handed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.enums import DivisionFunction, Party, Role, Step
from app.enums.paths import OUTSIDE, StageParty
from app.parties import UNIT, party_key
from app.services.path_templates.content import Responsible

_OF_THE_CHAIN: Mapping[StageParty, Step] = {
    StageParty.ENTERER: Step.ENTER,
    StageParty.REVIEWER: Step.REVIEW,
    StageParty.APPROVER: Step.APPROVE,
}


@dataclass(frozen=True)
class Setting:
    """Where a run takes place: its entity and subject, the divisions of the entity that execute, and whom the chain of
    the role plan in force names for each step."""

    entity_id: UUID
    subject_id: UUID
    executing: Sequence[UUID]
    chain: Mapping[str, Sequence[tuple[Party, UUID | None]]]


@dataclass(frozen=True)
class Seated:
    """Party keys in order, and beside each the seat that it belongs to: one for each party that was named."""

    parties: tuple[str, ...]
    seats: tuple[int, ...]


def seated(responsible: Sequence[Responsible], setting: Setting) -> Seated | None:
    """The keys of the parties that a stage names; None: one of them is nobody here."""
    parties: list[str] = []
    seats: list[int] = []
    for seat, each in enumerate(responsible):
        keys = keys_of(each.party, each.division_id, setting)
        if not keys:
            return None
        parties += keys
        seats += [seat] * len(keys)
    return Seated(tuple(parties), tuple(seats))


def keys_of(party: StageParty, division_id: UUID | None, setting: Setting) -> tuple[str, ...]:
    """The keys of one party, in order; none for who is outside, or nobody here."""
    here = setting.entity_id
    match party:
        case StageParty.OFFICE:
            return party_key(Role.MANAGER, here), party_key(Role.SPECIALIST, here)
        case StageParty.UNIT:
            return (UNIT,)
        case StageParty.DIVISION:
            return () if division_id is None else (party_key(Party.DIVISION, division_id),)
        case StageParty.DIVISION_HEADS:
            return tuple(party_key(Role.DIVISION_HEAD, each) for each in setting.executing)
        case StageParty.TECHNICAL_REPRESENTATIVE:
            return (party_key(Role.TECHNICAL_REPRESENTATIVE, setting.subject_id),)
        case StageParty.ENTERER | StageParty.REVIEWER | StageParty.APPROVER:
            named = setting.chain.get(_OF_THE_CHAIN[party], ())
            return tuple(dict.fromkeys(_chained(of, division, here) for of, division in named))
        case _ if party in OUTSIDE:
            return ()
    return (party_key(party.value, here),)


def steps(setting: Setting) -> dict[Step, tuple[str, ...]]:
    """Who takes each step of the chain, by key, as stages that name its steps have them."""
    return {step: keys_of(party, None, setting) for party, step in _OF_THE_CHAIN.items()}


def _chained(party: Party, division_id: UUID | None, entity_id: UUID) -> str:
    """A party of a chain. A path has no division in charge, so whoever executes may take it."""
    if party is Party.UNIT:
        return UNIT
    if party is Party.DIVISION:
        return party_key(Party.DIVISION, division_id)
    if party is Party.EXECUTING:
        return party_key(DivisionFunction.EXECUTING, entity_id)
    return party_key(party, entity_id)
