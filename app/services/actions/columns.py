"""What is kept of an action beside its own row, and what other areas show of one, as JSON."""

from typing import Any

from sqlalchemy import ColumnElement, literal_column, select
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.models import Action, ActionNote, ActionPostponement, Division
from app.services import sql
from app.services.actions.visibility import overdue, visible

MOST = 200
"""Actions that are shown with what they come from; the list of actions has all."""


def notes(a: FromClause) -> ScalarSelect[Any]:
    """What its owner said on the way, in the order written."""
    n = sql.alias(ActionNote)
    item = sql.obj(
        number=n.c.number, note=n.c.note, written_by=sql.person(n.c.written_by_id), written_at=n.c.written_at
    )
    return select(sql.listed(item, n.c.number)).where(n.c.action_id == a.c.id).scalar_subquery()


def postponements(a: FromClause) -> ScalarSelect[Any]:
    """Each day that was put off, in order."""
    p = sql.alias(ActionPostponement)
    item = sql.obj(
        number=p.c.number,
        due_before=p.c.due_before,
        due=p.c.due,
        reason=p.c.reason,
        postponed_by=sql.person(p.c.postponed_by_id),
        postponed_at=p.c.postponed_at,
    )
    return select(sql.listed(item, p.c.number)).where(p.c.action_id == a.c.id).scalar_subquery()


def from_source(id_: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The first `MOST` actions that come from a thing, as far as the reader may see them, in the order opened. It takes
    the parameters of `visibility.of`, and `today`."""
    a = sql.alias(Action, "its_action")
    item = sql.obj(
        id=a.c.id,
        code=a.c.code,
        title=a.c.title,
        division=sql.ref_by_id(Division.__table__, a.c.division_id),
        owner=sql.person(a.c.owner_id),
        due=a.c.due,
        state=a.c.state,
        overdue=overdue(a),
        outcome=a.c.outcome,
    )
    first = (
        select(item.label("item"), a.c.id)
        .where(a.c.source_id == id_, visible(a))
        .order_by(a.c.id)
        .limit(literal_column(str(MOST)))
        .correlate_except(a)
        .subquery("follow_up")
    )
    return select(sql.listed(first.c.item, first.c.id)).scalar_subquery()
