"""The one rule of which results a person sees, and when four eyes leaves nobody to decide."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, any_, case, exists, false, literal_column, or_, select
from sqlalchemy.sql.selectable import FromClause

from app.enums import Classification, ResultState
from app.models import Delegation, Membership
from app.services import sql
from app.services.people import visibility
from app.services.results import rules


def at_work(r: FromClause) -> ColumnElement[bool]:
    """Who sees a result before it is approved: the parties of its chain, the office, the head, and who
    is assigned to it or its indicator. A restricted one: only who is named or controls it, and the head.
    """
    chain = or_(
        r.c.parties_enter.overlap(visibility.CHAIN),
        r.c.parties_review.overlap(visibility.CHAIN),
        r.c.parties_approve.overlap(visibility.CHAIN),
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
    """Four eyes leaves nobody: every present holder of the due step's parties, and everybody to whom one
    of them delegated the step, is barred."""

    def free(user_id: ColumnElement[Any]) -> ColumnElement[bool]:
        return ~or_(user_id == any_(r.c.edited_by), user_id == any_(r.c.controlled_by))

    def nobody(parties: ColumnElement[Any], action: str) -> ColumnElement[bool]:
        m, d = Membership.__table__.alias(), Delegation.__table__.alias()
        holders: Select[Any] = select(literal_column("1")).where(
            m.c.parties.overlap(parties), sql.in_force(m), sql.is_active(m.c.user_id), free(m.c.user_id)
        )
        delegates: Select[Any] = select(literal_column("1")).where(
            d.c.action == sql.const(action),
            d.c.party == any_(parties),
            sql.delegation_stands(d),
            free(d.c.delegate_id),
        )
        return ~or_(exists(holders), exists(delegates))

    return case(
        (r.c.state == sql.const(ResultState.SUBMITTED), nobody(r.c.parties_review, rules.REVIEW.action)),
        (r.c.state == sql.const(ResultState.REVIEWED), nobody(r.c.parties_approve, rules.APPROVE.action)),
        else_=false(),
    )
