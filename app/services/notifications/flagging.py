"""Which challenges are overdue at the level below a person: the people of the level above are told once of each stay there.

Nothing is escalated by that. While its clock stands still, nothing is flagged.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql.selectable import FromClause

from app.db import Query
from app.enums import Role
from app.models import Challenge, Membership, Subject, Wait
from app.parties import UNIT
from app.services import sql
from app.services.challenges import visibility as challenges
from app.services.inbox import kinds
from app.services.inbox import queries as inbox

_c: FromClause = Challenge.__table__
_overdue = (challenges.overdue(_c), _c.c.paused_at.is_(None))


def flagged(*conditions: ColumnElement[bool]) -> Select[Any]:
    """What is flagged to the person and what they may see, in the columns of `inbox.waiting`: what is awaited of the level
    below, and the event by which it came there. Narrowed by conditions on `Wait`; it takes the same parameters."""
    s, w = Subject.__table__, Wait.__table__
    about = kinds.called(w, s)
    source = w.join(_c, _c.c.id == w.c.subject_id).join(s, s.c.id == w.c.subject_id).join(about, true())
    return (
        select(*inbox.said(w, about), s.c.kind)
        .ext(distinct_on(w.c.subject_id))
        .select_from(source)
        .where(
            w.c.closed_at.is_(None), *_overdue, challenges.flagged(_c), challenges.visible(_c), *conditions
        )
        .order_by(w.c.subject_id, w.c.rank)
    )


def _people() -> Select[Any]:
    m = Membership.__table__
    above = union_all(
        *(
            select(sql.party_key(role, _c.c.entity_id)).where(*_overdue, challenges.to_head(_c))
            for role in (Role.HEAD, Role.HEAD_OFFICE)
        ),
        select(sql.const(UNIT)).where(*_overdue, ~challenges.to_head(_c)),
    )
    return (
        select(m.c.user_id)
        .distinct()
        .where(
            sql.in_force(m),
            sql.is_active(m.c.user_id),
            m.c.parties.overlap(func.array(above.scalar_subquery())),
        )
        .order_by(m.c.user_id)
    )


PEOPLE = Query(_people)
"""Who is of the level above of something that is overdue, at the moment `now` of the day `today`."""
