"""The one rule of which definitions a person sees, and when four eyes leaves nobody to decide."""

from typing import Any

from sqlalchemy import ColumnElement, and_, any_, case, false, or_
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.selectable import FromClause

from app.enums import DefinitionState, IndicatorLevel, Party, Role
from app.services import sql
from app.services.definitions import rules
from app.services.people import four_eyes, visibility


def at_work(i: FromClause) -> ColumnElement[bool]:
    """Who works on the definitions of the indicator `i`: the owner's office, who is assigned to it, the
    division in charge, and for a vision indicator UNIT."""
    return or_(
        i.c.entity_id == any_(visibility.OFFICE),
        i.c.id == any_(visibility.ASSIGNED),
        sql.party_key(Party.DIVISION, i.c.division_id) == any_(visibility.KEYS),
        and_(i.c.level == sql.const(IndicatorLevel.VISION), visibility.NATIONAL),
    )


def visible(d: FromClause, i: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of definitions: what is or was in force to all; drafts to who works on them.
    `i`: the definition's indicator."""
    in_force = or_(
        d.c.state == sql.const(DefinitionState.ACTIVE), d.c.state == sql.const(DefinitionState.SUPERSEDED)
    )
    return or_(in_force, d.c.id == any_(visibility.ASSIGNED), at_work(i))


def nobody_left(d: FromClause, i: FromClause) -> ColumnElement[bool]:
    """Four eyes leaves nobody who could take the control step that is due, of `rules.steps`, so that the head
    of the owner decides. A vision indicator is UNIT's alone."""

    def nobody(action: str, *parties: ColumnElement[Any]) -> ColumnElement[bool]:
        return four_eyes.nobody_left(array(parties), sql.const(action), d.c.edited_by, d.c.controlled_by)

    return case(
        (i.c.level == sql.const(IndicatorLevel.VISION), false()),
        (
            d.c.state == sql.const(DefinitionState.SUBMITTED),
            nobody(
                rules.CONFIRM.action,
                sql.party_key(Role.TECHNICAL_REPRESENTATIVE, i.c.id),
                sql.party_key(Role.SPECIALIST, i.c.entity_id),
            ),
        ),
        (
            d.c.state == sql.const(DefinitionState.CONFIRMED),
            nobody(rules.ACTIVATE.action, sql.party_key(Role.MANAGER, i.c.entity_id)),
        ),
        else_=false(),
    )
