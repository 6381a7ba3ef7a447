"""What a person may do, and where: the role rules seen from the person's side. Pure, like the rules.

It asks `permissions.allows` itself, with subjects that stand for "anything there", so that nothing here can
say more or less than enforcement does. Four eyes and states belong to single subjects and are not in it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from app import permissions
from app.enums import Role, Step
from app.parties import ADMINISTRATOR, UNIT, UNIT_EDITOR, Actor, Facts, party_key
from app.permissions import RULES

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
    """An entity: whether it is UNIT, and who may enter, review and approve its results and detailed plans."""

    entity_id: UUID
    is_unit: bool
    result_steps: Steps
    plan_steps: Steps


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
        # What was escalated to it.
        "challenges": dict.fromkeys(("hold", "decide"), (UNIT,)),
    }
    national = _allowed(actor, Facts("", _NOWHERE, None), nationally)
    own = _allowed(actor, Facts("", _NOWHERE, None, own=True), {}) - national
    return Powers(
        national=tuple(sorted(national)),
        own=tuple(sorted(own)),
        by_entity={place.entity_id: tuple(sorted(_at(actor, place) - national)) for place in places},
    )


def _at(actor: Actor, place: Place) -> frozenset[str]:
    here, steps, plans = place.entity_id, place.result_steps, place.plan_steps
    head, manager, specialist = (party_key(role, here) for role in (Role.HEAD, Role.MANAGER, Role.SPECIALIST))
    head_office, division_member = (
        party_key(role, here) for role in (Role.HEAD_OFFICE, Role.DIVISION_MEMBER)
    )
    # Of challenges, beside who enters figures.
    documenting = (manager, head_office, division_member)
    # A technical representative confirms what they are assigned.
    representative = party_key(Role.TECHNICAL_REPRESENTATIVE, here)
    confirming, checking = (specialist, representative), (specialist, manager, representative)
    # Of a foresight initiative, and of any other.
    approving = (representative, manager)
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
        # Who may edit a figure, a definition or an initiative brings its evidence; who checks on the ground, of that.
        "evidence": {
            "attach": (*steps.get(Step.ENTER, ()), *plans.get(Step.ENTER, ()), *checking, *documenting),
            "verify": confirming,
        },
        "initiatives": {
            Step.ENTER: plans.get(Step.ENTER, ()),
            Step.APPROVE: approving,
            "control": approving,
            "close": (manager, specialist),
        },
        "progress_reports": {
            **plans,
            "control": (*plans.get(Step.REVIEW, ()), *plans.get(Step.APPROVE, ())),
        },
        "site_checks": {"check": checking},
        # Of what their division is in charge of; what their level holds.
        "challenges": {
            "work": (division_member,),
            "hold": (manager, head, head_office),
            "decide": (head,),
            "analyse": (party_key(Role.TECHNICAL_REPRESENTATIVE, here), manager),
        },
        # Of the whole, and of the part.
        "contributions": {"answer": (manager,), "explain": (manager, specialist)},
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
