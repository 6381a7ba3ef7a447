"""An annual plan as it was approved: what is kept of it, and how that is read later (Guide P-7, P-9)."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Uuid, case, column, exists, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSON, JSONB
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.models import Initiative
from app.services import sql
from app.services.plans import columns, rules

_ONE: ColumnElement[Any] = literal_column("1")


def snapshot(p: FromClause) -> ColumnElement[Any]:
    """What is kept of a plan when it is approved: what it says, and all that is shown of what it holds."""
    return sql.obj(
        **columns.content_members(p),
        classification=p.c.classification,
        contents=columns.items(p),
        coverage=columns.coverage(p),
        budgets=columns.budgets(p),
    )


_SHOWN: ColumnElement[Any] = literal_column("array['classification', 'contents', 'coverage', 'budgets']")
_NOTHING_SHOWN: ColumnElement[Any] = literal_column(
    """'{"initiative": null, "effects": [], "budget": []}'::jsonb"""
)
_NOTHING_SAID: ColumnElement[Any] = literal_column(
    """'{"initiative": null, "requested": null, "granted": null}'::jsonb"""
)


def as_approved(p: FromClause, member: str, live: ColumnElement[Any]) -> ColumnElement[Any]:
    """A member of the plan as it was when it was approved; while it is in work as it is, `live`."""
    kept = _member(p, member)
    if member == "contents":
        return case((is_frozen(p), _told(p, kept, _NOTHING_SHOWN)), else_=live)
    return case((is_frozen(p), kept.cast(JSON)), else_=live)


def is_frozen(p: FromClause) -> ColumnElement[bool]:
    """Whether the plan is or was in force: it is shown as it was approved."""
    return or_(*(p.c.state == sql.const(state) for state in sorted(rules.FROZEN)))


def said_in(q: FromClause, p: FromClause) -> ColumnElement[Any]:
    """What the version `q` said when it was approved, as far as who reads `p` may read it."""
    items_told = _told(p, _member(q, "items"), _NOTHING_SAID)
    told = func.jsonb_build_object(sql.const("items"), items_told)
    return q.c.snapshot.op("-")(_SHOWN).op("||")(told)


def _member(p: FromClause, member: str) -> ColumnElement[Any]:
    return p.c.snapshot.op("->")(sql.const(member))


def _told(p: FromClause, frozen: ColumnElement[Any], nothing: ColumnElement[Any]) -> ScalarSelect[Any]:
    """Frozen items, but of initiatives that are restricted by now what `p` may tell of them."""
    each = (
        func.jsonb_array_elements(frozen)
        .table_valued(column("value", JSONB), with_ordinality="place", name="each")
        .render_derived()
    )
    n = sql.alias(Initiative)
    named = each.c.value.op("#>>")(literal_column("'{initiative,id}'")).cast(Uuid)
    hidden: Select[Any] = select(_ONE).where(n.c.id == named, ~columns.readable(n, p))
    shown = case(
        (exists(hidden.correlate_except(n)), each.c.value.op("||")(nothing)),
        else_=each.c.value,
    )
    listed = select(sql.listed(shown, each.c.place)).select_from(each)
    return listed.correlate_except(each).scalar_subquery()
