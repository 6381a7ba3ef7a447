"""The one rule of which results a person sees, and when four eyes leaves nobody to decide."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, any_, case, exists, false, literal_column, or_, select
from sqlalchemy.sql.selectable import FromClause

from app.enums import Classification, ResultState
from app.models import Membership, User
from app.services import sql
from app.services.people import visibility


def at_work(r: FromClause) -> ColumnElement[bool]:
    """Who sees a result before it is approved: the parties of its chain, the office, the head, and who
    is assigned to it or its indicator. A restricted one: only who is named or controls it, and the head.
    """
    chain = or_(
        r.c.parties_enter.overlap(visibility.KEYS),
        r.c.parties_review.overlap(visibility.KEYS),
        r.c.parties_approve.overlap(visibility.KEYS),
    )
    return or_(
        chain,
        r.c.entity_id == any_(visibility.LEADS),
        r.c.id == any_(visibility.ASSIGNED),
        r.c.indicator_id == any_(visibility.ASSIGNED),
        and_(
            r.c.classification != sql.const(Classification.RESTRICTED),
            r.c.entity_id == any_(visibility.OFFICE),
        ),
    )


def visible(r: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of results: published to all; approved to the own entity and UNIT; else
    `at_work`."""
    return or_(
        r.c.published_at.is_not(None),
        and_(
            r.c.state == sql.const(ResultState.APPROVED),
            r.c.classification != sql.const(Classification.RESTRICTED),
            or_(r.c.entity_id == any_(visibility.ENTITIES), visibility.NATIONAL),
        ),
        at_work(r),
    )


def nobody_left(r: FromClause) -> ColumnElement[bool]:
    """Four eyes leaves nobody: every present holder of the due step's parties is barred."""

    def no_holder(parties: ColumnElement[Any]) -> ColumnElement[bool]:
        m, u = Membership.__table__.alias(), User.__table__.alias()
        free: Select[Any] = (
            select(literal_column("1"))
            .select_from(m.join(u, u.c.id == m.c.user_id))
            .where(
                m.c.parties.overlap(parties),
                sql.in_force(m),
                u.c.is_active,
                ~or_(m.c.user_id == any_(r.c.edited_by), m.c.user_id == any_(r.c.controlled_by)),
            )
        )
        return ~exists(free.correlate(r))

    return case(
        (r.c.state == sql.const(ResultState.SUBMITTED), no_holder(r.c.parties_review)),
        (r.c.state == sql.const(ResultState.REVIEWED), no_holder(r.c.parties_approve)),
        else_=false(),
    )
