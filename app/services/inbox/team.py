"""Whose waits are those of a person's division or office, as the parameters of a condition."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.sql.selectable import FromClause

from app.enums import REPRESENTATIVES, Party, Role
from app.models import Initiative
from app.parties import PROJECT_MANAGER, UNIT, UNIT_EDITOR, Actor
from app.services import sql

_KEYS = bindparam("team_keys", type_=ARRAY(Text))
_OFFICES = bindparam("team_offices", type_=ARRAY(Uuid))
_DIVISIONS = bindparam("team_divisions", type_=ARRAY(Uuid))

_TOGETHER = (
    (Role.MANAGER.value, Role.SPECIALIST.value),
    (Role.HEAD.value, Role.HEAD_OFFICE.value),
    (Party.DIVISION.value, Role.DIVISION_HEAD.value),
    (UNIT, UNIT_EDITOR),
)
"""Parties of one and the same office or division: who is one of them sees what waits for the others."""


def of(actor: Actor) -> Mapping[str, Any]:
    """The parameters of `awaited` for one person."""
    keys = set(actor.keys)
    held = [key.partition(":") for key in actor.keys]
    for name, colon, holder in held:
        for together in _TOGETHER:
            if name in together:
                keys |= {f"{other}{colon}{holder}" for other in together}
    return {
        "team_keys": sorted(keys),
        "team_offices": sorted(UUID(holder) for name, _, holder in held if name in _TOGETHER[0]),
        "team_divisions": sorted(UUID(holder) for name, _, holder in held if name == Party.DIVISION),
    }


def awaited(w: FromClause) -> ColumnElement[bool]:
    """Whether the wait `w` is for somebody of the person's division or office: for one of its parties, for a
    representative who works for the office, for who manages a project that the division carries out."""
    return or_(
        w.c.party == any_(_KEYS),
        and_(
            w.c.entity_id == any_(_OFFICES),
            or_(*(sql.party_name(w.c.party) == sql.const(role) for role in REPRESENTATIVES)),
        ),
        w.c.party == any_(_managers()),
    )


def perhaps(w: FromClause) -> ColumnElement[bool]:
    """The same by parties and entities alone, as the indexes of open waits find it: whatever is awaited, and more."""
    return or_(w.c.party == any_(_KEYS), w.c.entity_id == any_(_OFFICES), w.c.party == any_(_managers()))


def _managers() -> ColumnElement[Any]:
    """The parties of who manages the projects of the person's divisions."""
    i = sql.alias(Initiative)
    party = sql.party_key(PROJECT_MANAGER, i.c.id)
    found = select(party).where(i.c.division_id == any_(_DIVISIONS)).correlate_except(i)
    return func.array(found.scalar_subquery(), type_=ARRAY(Text))
