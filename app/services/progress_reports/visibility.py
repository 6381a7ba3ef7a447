"""The one rule of which progress reports a person sees, and when four eyes leaves nobody to decide (Guide V-3)."""

from sqlalchemy import ColumnElement, and_, any_, or_
from sqlalchemy.sql.selectable import FromClause

from app.enums import ChainState, Classification
from app.services import approving, sql
from app.services.initiatives import visibility as initiatives
from app.services.people import visibility
from app.services.progress_reports import rules


def named(r: FromClause, i: FromClause) -> ColumnElement[bool]:
    """Who sees a report whatever the classification of its initiative `i`: the parties of its chain, and who
    is named there."""
    return or_(
        r.c.parties_enter.overlap(visibility.CHAIN),
        r.c.parties_review.overlap(visibility.CHAIN),
        r.c.parties_approve.overlap(visibility.CHAIN),
        initiatives.named(i),
    )


def at_work(r: FromClause, i: FromClause) -> ColumnElement[bool]:
    """Who sees a report before it is approved."""
    return or_(
        named(r, i),
        and_(
            i.c.classification != sql.const(Classification.RESTRICTED),
            i.c.entity_id == any_(visibility.OFFICE),
        ),
    )


def disclosed(r: FromClause, i: FromClause) -> ColumnElement[bool]:
    """It is approved, and its initiative is not for a few alone."""
    return and_(r.c.state == sql.const(ChainState.APPROVED), initiatives.disclosed(i))


def visible(r: FromClause, i: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of progress reports: approved to the own entity and to UNIT; else `at_work`."""
    return or_(
        and_(disclosed(r, i), or_(r.c.entity_id == any_(visibility.ENTITIES), visibility.NATIONAL)),
        at_work(r, i),
    )


def nobody_left(r: FromClause) -> ColumnElement[bool]:
    """Four eyes leaves nobody who could take the control step that is due."""
    return approving.nobody_left(rules.APPROVAL, r)
