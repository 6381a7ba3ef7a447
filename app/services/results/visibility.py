"""The one rule of which results a person sees, and when four eyes leaves nobody to decide."""

from sqlalchemy import ColumnElement, and_, any_, literal_column, or_, select
from sqlalchemy.sql.selectable import FromClause, LateralFromClause

from app.enums import ChainState, Classification
from app.services import approving, sql
from app.services.people import visibility
from app.services.results import rules


def named(r: FromClause) -> ColumnElement[bool]:
    """Who sees a result whatever its classification: the parties of its chain, the head, and who is assigned to
    it or its indicator."""
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
    )


def at_work(r: FromClause) -> ColumnElement[bool]:
    """Who sees a result before it is approved: who is `named`, and unless it is restricted the office."""
    return or_(
        named(r),
        and_(
            r.c.classification != sql.const(Classification.RESTRICTED),
            r.c.entity_id == any_(visibility.OFFICE),
        ),
    )


def visible(r: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of results: published to all; approved to the own entity, to UNIT, and to
    both sides of a contribution (Guide I-4); else `at_work`."""
    return or_(
        r.c.published_at.is_not(None),
        and_(
            r.c.state == sql.const(ChainState.APPROVED),
            r.c.classification != sql.const(Classification.RESTRICTED),
            or_(
                r.c.entity_id == any_(visibility.ENTITIES),
                r.c.indicator_id == any_(visibility.SHARED),
                visibility.NATIONAL,
            ),
        ),
        at_work(r),
    )


def nobody_left(r: FromClause) -> ColumnElement[bool]:
    """Four eyes leaves nobody who could take the control step that is due."""
    return approving.nobody_left(rules.APPROVAL, r)


def control(r: FromClause) -> LateralFromClause:
    """`nobody_left` as a row beside the result `r`, for a statement that says it twice."""
    # With an offset, or the planner would put it in both places, and each costs more than what it finds.
    once: ColumnElement[int] = literal_column("0")
    return select(nobody_left(r).label("nobody_left")).correlate(r).offset(once).lateral("control")
