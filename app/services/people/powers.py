"""What a person may do, and where: the role rules seen from the person's side. Pure, like the rules.

It asks `permissions.allows` itself, with subjects that stand for "anything there", so that nothing here can
say more or less than enforcement does. Four eyes and states belong to single subjects and are not in it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from app import permissions
from app.enums import Chain, Party, Role, Step
from app.parties import ADMINISTRATOR, PERSON, UNIT, UNIT_EDITOR, Actor, Facts, party_key
from app.permissions import RULES
from app.services.plans import rules as plans
from app.services.proposals import rules as proposals

_OF_STAGES = (
    Role.HEAD,
    Role.MANAGER,
    Role.SPECIALIST,
    Role.TECHNICAL_REPRESENTATIVE,
    Role.HEAD_OFFICE,
    Role.DIVISION_MEMBER,
)
"""Whose parties a stage of a path may name; a division's are those of its members."""

Steps = Mapping[str, Collection[str]]
"""Party keys by step."""

_NOWHERE = UUID(int=0)
_IN_UNIT_ONLY = frozenset({"memberships.appoint_unit"})
_APPOINTING = sorted(
    {who for rule in RULES.values() if rule.action.startswith("memberships.appoint_") for who in rule.who}
)


@dataclass(frozen=True, slots=True)
class Powers:
    """Actions that the rules give a person: everywhere, on what is their own, and by entity."""

    national: tuple[str, ...]
    own: tuple[str, ...]
    by_entity: Mapping[UUID, tuple[str, ...]]

    def anywhere(self) -> frozenset[str]:
        """Every action that the person may take somewhere."""
        return frozenset(self.national).union(self.own, *self.by_entity.values())

    def within(self, entity_id: UUID) -> frozenset[str]:
        """Every action that the person may take in one entity."""
        return frozenset(self.national).union(self.own, self.by_entity.get(entity_id, ()))


@dataclass(frozen=True, slots=True)
class Place:
    """An entity: whether it is UNIT, who may enter, review and approve its results, what its initiatives do and what walks
    its other chains, and what the person is assigned to there."""

    entity_id: UUID
    is_unit: bool
    result_steps: Steps
    plan_steps: Steps
    chain_steps: Mapping[str, Steps] = field(default_factory=dict)
    assigned: Collection[UUID] = ()


def of(actor: Actor, places: Iterable[Place]) -> Powers:
    """The powers of `actor`: everywhere, and in `places`."""
    nationally: Mapping[str, Steps] = {
        "memberships": {"appoint": tuple(who for who in _APPOINTING if who == ADMINISTRATOR)},
        # Vision indicators are UNIT's; for those of a scorecard it sets the dates.
        "indicators": dict.fromkeys(("define", "name_enterer", "retire", "schedule"), (UNIT_EDITOR,)),
        "schedules": {"schedule": (UNIT_EDITOR,)},
        "definitions": {
            "define": (UNIT_EDITOR,),
            **dict.fromkeys(("confirm", "control", "activate"), (UNIT,)),
        },
        # Of the definitions of vision indicators, and of the figures that UNIT enters.
        "evidence": {"attach": (UNIT, UNIT_EDITOR), "verify": (UNIT,)},
        "obligations": {Step.APPROVE: (UNIT,)},
        "reopenings": {Step.APPROVE: (UNIT,)},
        "communication_plans": {"support": (UNIT,)},
        # What was escalated to it.
        "challenges": dict.fromkeys(("hold", "decide"), (UNIT,)),
        # What was raised to it.
        "risks": {"answer": (UNIT,)},
        # A stage of a path may be UNIT's.
        "path_stages": {"act": (UNIT,)},
    }
    national = _allowed(actor, Facts("", _NOWHERE, None), nationally)
    own = _allowed(actor, Facts("", _NOWHERE, None, own=True), {}) - national
    return Powers(
        national=tuple(sorted(national)),
        own=tuple(sorted(own)),
        by_entity={place.entity_id: tuple(sorted(_at(actor, place) - national)) for place in places},
    )


def _at(actor: Actor, place: Place) -> frozenset[str]:
    here, steps, details = place.entity_id, place.result_steps, place.plan_steps
    head, manager, specialist = (party_key(role, here) for role in (Role.HEAD, Role.MANAGER, Role.SPECIALIST))
    # A technical representative confirms what they are assigned.
    representative = party_key(Role.TECHNICAL_REPRESENTATIVE, here)
    confirming, checking = (specialist, representative), (specialist, manager, representative)
    # Of a foresight initiative, and of any other.
    approving = (representative, manager)
    # A media representative writes what they are assigned, beside whom the chain names.
    communication = place.chain_steps.get(Chain.COMMUNICATION, {})
    communicating = (
        *communication.get(Step.ENTER, ()),
        *(party_key(Role.MEDIA_REPRESENTATIVE, subject_id) for subject_id in place.assigned),
    )
    # A division reports its own steps of an improvement plan, and brings their evidence.
    division = party_key(Role.DIVISION_MEMBER, here)
    # Who is assigned to a plan verifies it, as the technical representative of the entity.
    plan_chain: dict[str, tuple[str, ...]] = {
        step.value: tuple(place.chain_steps.get(Chain.PLANS, {}).get(step, ())) for step in Step
    }
    plan_steps = plans.steps(plan_chain, here, here)
    # Where an executing division has a step, so has whoever is of a division: which one, the thing says.
    executing = party_key(Party.DIVISION, here)
    detailing: Steps = {
        step: tuple(party_key(Role.DIVISION_MEMBER, here) if key == executing else key for key in keys)
        for step, keys in place.chain_steps.get(Chain.DETAILED_PLANS, {}).items()
    }
    # And who heads one of its divisions, of those that they head.
    heads = tuple(key for key in actor.keys if key.startswith(f"{Role.DIVISION_HEAD}:"))
    heading = heads if party_key(Role.DIVISION_MEMBER, here) in actor.keys else ()
    staging = tuple(party_key(party, here) for party in _OF_STAGES)
    by_area: Mapping[str, Steps] = {
        "results": {**steps, "control": (*steps.get(Step.REVIEW, ()), *steps.get(Step.APPROVE, ()))},
        # The head grants what UNIT does not.
        "obligations": {Step.APPROVE: (head,)},
        "reopenings": {Step.APPROVE: (head,)},
        "indicators": {"define": (specialist,), "retire": (manager,), "schedule": (manager,)},
        "schedules": {"schedule": (manager,)},
        "definitions": {
            "define": (specialist,),
            "confirm": confirming,
            "activate": (manager,),
            "control": (*confirming, manager),
        },
        # Who may edit a thing brings its evidence: who enters a figure, defines an indicator, carries out an initiative,
        # checks it on the ground, runs a communication plan, carries out an improvement plan, or has a stage.
        "evidence": {
            "attach": (
                *steps.get(Step.ENTER, ()),
                *details.get(Step.ENTER, ()),
                *checking,
                *communicating,
                *staging,
                division,
                party_key(Role.HEAD_OFFICE, here),
                party_key(PERSON, actor.person_id),
            ),
            # Of a restricted action the manager verifies.
            "verify": (*confirming, manager),
        },
        "communication_plans": {
            Step.ENTER: communicating,
            Step.APPROVE: communication.get(Step.APPROVE, ()),
        },
        "communication_activities": {Step.ENTER: communicating},
        "detailed_plans": {
            **detailing,
            "control": (*detailing.get(Step.REVIEW, ()), *detailing.get(Step.APPROVE, ())),
            "endorse": heading,
        },
        "initiatives": {
            Step.ENTER: details.get(Step.ENTER, ()),
            Step.APPROVE: approving,
            "control": approving,
            "close": (manager, specialist),
        },
        "progress_reports": {
            **details,
            "control": (*details.get(Step.REVIEW, ()), *details.get(Step.APPROVE, ())),
        },
        "site_checks": {"check": checking},
        "scorecards": {"align": (*confirming, manager)},
        "improvement_plans": {
            "draft": (specialist,),
            "assure": confirming,
            "approve": (manager,),
            "control": (*confirming, manager),
            "carry_out": (specialist, division),
        },
        # Of what their division is in charge of; what their level holds.
        "challenges": {
            "work": (division,),
            "hold": (manager, head, party_key(Role.HEAD_OFFICE, here)),
            "decide": (head,),
            "analyse": (representative, manager),
        },
        # Of what their division is in charge of; the head from a score on, and of what was raised.
        "risks": {"work": (division,), "accept": (manager, head), "answer": (head,)},
        # Of what they own, or their division does.
        "actions": {
            "carry_out": (division, party_key(PERSON, actor.person_id)),
            "confirm": (manager, specialist),
        },
        "evaluations": {"approve": (manager,)},
        "meetings": {"confirm": (manager, specialist)},
        # A stage may name any party of the entity.
        "path_runs": {Step.ENTER: plan_chain[Step.ENTER]},
        "path_stages": {"act": staging},
        # Of the whole, and of the part.
        "contributions": {"answer": (manager,), "explain": (manager, specialist)},
        "plans": plan_steps,
        "proposals": proposals.steps(here),
        # Who appoints to a role ends it too.
        "memberships": {
            "appoint": tuple(party_key(who, here) for who in _APPOINTING if who != ADMINISTRATOR)
        },
    }
    allowed = _allowed(actor, Facts("", here, here), by_area)
    return allowed if place.is_unit else allowed - _IN_UNIT_ONLY


def _allowed(actor: Actor, there: Facts, steps: Mapping[str, Steps]) -> frozenset[str]:
    """The actions that the rules allow on something `there`; `steps` by area."""
    allowed = set()
    for action in RULES:
        named = steps.get(action.partition(".")[0], {})
        subject = replace(there, steps={step: tuple(keys) for step, keys in named.items()})
        if permissions.allows(actor, action, subject):
            allowed.add(action)
    return frozenset(allowed)
