"""The one rule of which proposals a person sees, and when four eyes leaves nobody to decide about one."""

from sqlalchemy import ColumnElement, any_, case, false, or_
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.selectable import FromClause

from app.enums import Party, Role
from app.services import sql
from app.services.people import four_eyes, visibility
from app.services.proposals import rules


def visible(x: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of proposals: who proposed it, the office, and planning, which sorts them."""
    return or_(
        x.c.proposed_by_id == visibility.PERSON,
        x.c.entity_id == any_(visibility.OFFICE),
        sql.party_key(Party.PLANNING, x.c.entity_id) == any_(visibility.KEYS),
    )


def nobody_left(x: FromClause) -> ColumnElement[bool]:
    """Whoever could sort and decide proposed it themself, so that the head decides."""
    holders = array(
        [sql.party_key(party, x.c.entity_id) for party in (Party.PLANNING, Role.SPECIALIST, Role.MANAGER)]
    )
    nobody = four_eyes.nobody_left(holders, sql.const(rules.SORT.action), array([x.c.proposed_by_id]))
    undecided = or_(*(x.c.state == sql.const(state) for state in sorted(rules.UNDECIDED)))
    return case((undecided, nobody), else_=false())
