"""What a person may see, as the parameters of the visibility queries."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, Text, Uuid, bindparam

from app.enums import Role
from app.parties import Actor

KEYS = bindparam("actor_keys", type_=ARRAY(Text))
CHAIN = bindparam("actor_chain", type_=ARRAY(Text))
ENTITIES = bindparam("actor_entities", type_=ARRAY(Uuid))
OFFICE = bindparam("actor_office", type_=ARRAY(Uuid))
LEADS = bindparam("actor_leads", type_=ARRAY(Uuid))
SHARED = bindparam("actor_shared", type_=ARRAY(Uuid))
ASSIGNED = bindparam("actor_assigned", type_=ARRAY(Uuid))
NATIONAL = bindparam("actor_national", type_=Boolean)
PERSON = bindparam("actor_person", type_=Uuid)

_LEADS = (Role.HEAD, Role.HEAD_OFFICE)
_OFFICE = (*_LEADS, Role.MANAGER, Role.SPECIALIST)


def of(actor: Actor) -> Mapping[str, Any]:
    """The values of the parameters above for one person.

    `actor_chain`: the parties that they answer to, and those that let them take one of their actions;
    `actor_entities`: where they hold any role; `actor_office`: where they are head, head's office,
    manager or specialist; `actor_shared`: indicators tied to theirs by a contribution; `actor_leads`: where they are head or head's office.
    """
    return {
        "actor_keys": sorted(actor.keys),
        "actor_chain": sorted(actor.keys | {given.party for given in actor.delegated}),
        "actor_entities": sorted(actor.entity_ids),
        "actor_office": _where(actor, _OFFICE),
        "actor_leads": leads(actor),
        "actor_assigned": sorted(actor.assigned),
        "actor_shared": sorted(actor.shared),
        "actor_national": actor.national,
        "actor_person": actor.person_id,
    }


def leads(actor: Actor) -> list[UUID]:
    """Where the person is head or head's office, so that what nobody else can decide waits for them."""
    return _where(actor, _LEADS)


def _where(actor: Actor, roles: tuple[Role, ...]) -> list[UUID]:
    return sorted(
        entity_id for entity_id in actor.entity_ids if any(actor.holds(role, entity_id) for role in roles)
    )
