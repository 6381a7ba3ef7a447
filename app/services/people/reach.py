"""Where a person may use a rule, as the parameters of queries: derived from the table, never said twice."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, ColumnElement, Uuid, any_, bindparam, or_

from app import permissions
from app.parties import Actor, Facts
from app.services.people import visibility

_EVERYWHERE = bindparam("reach_everywhere", type_=Boolean)
_ENTITIES = bindparam("reach_entities", type_=ARRAY(Uuid))


def of(actor: Actor, action: str) -> Mapping[str, Any]:
    """The parameters of `within` for one person and one rule.

    What a service account was made with narrows what it may do, not what of it can be seen: the route
    has asked for the account's own action before.
    """
    person = replace(actor, only=None)

    def allowed(entity_id: UUID | None) -> bool:
        return permissions.allows(person, action, Facts(kind="", id=actor.person_id, entity_id=entity_id))

    return {
        "reach_everywhere": allowed(None),
        "reach_entities": [entity_id for entity_id in sorted(actor.entity_ids) if allowed(entity_id)],
        "actor_person": actor.person_id,
        "actor_entities": sorted(actor.entity_ids),
    }


def anywhere(actor: Actor, action: str) -> bool:
    """Whether the rule gives the right at all: nationally, or in an entity of theirs."""
    reached = of(actor, action)
    return bool(reached["reach_everywhere"] or reached["reach_entities"])


def within(entity_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether the rule reaches this entity."""
    return or_(_EVERYWHERE, entity_id == any_(_ENTITIES))


PERSON = visibility.PERSON
OWN_ENTITIES = visibility.ENTITIES
