"""How actions stand, over those that the reader may see: open, overdue, done, and how many were done in time."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Text, bindparam, cast, func, literal_column, select
from sqlalchemy.sql.selectable import CTE, FromClause, ScalarSelect

from app.db import Lane, Query
from app.enums.actions import ActionSource, ActionState
from app.models import Division, Entity
from app.parties import Actor
from app.services import sql
from app.services.actions import facts, queries
from app.services.actions.facts import A
from app.services.actions.visibility import due_soon, open_, overdue, visible
from app.services.documents import Document


@dataclass(frozen=True)
class StatisticsFilter:
    """What is counted. `since`, `until`: the days of Oman on which the actions were opened, both included."""

    entity_id: UUID | None = None
    source: ActionSource | None = None
    source_id: UUID | None = None
    about_id: UUID | None = None
    since: date | None = None
    until: date | None = None


def _day(moment: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.timezone(literal_column("'Asia/Muscat'"), moment).cast(Date)


def _actions(given: frozenset[str]) -> CTE:
    spans = {
        "since": _day(A.c.opened_at) >= bindparam("since", type_=Date),
        "until": _day(A.c.opened_at) <= bindparam("until", type_=Date),
    }
    where = [visible(A), *queries.narrowed(given), *[spans[name] for name in spans if name in given]]
    return (
        select(
            A.c.entity_id,
            A.c.source,
            A.c.division_id,
            A.c.state,
            open_(A).label("open"),
            overdue(A).label("overdue"),
            due_soon(A).label("due_soon"),
            (_day(A.c.reported_at) <= A.c.due).label("in_time"),
        )
        .where(*where)
        .cte("counted")
    )


def _counts(c: FromClause) -> dict[str, ColumnElement[Any]]:
    """`on_time_share`: of what is done, how much its owner reported by its day."""
    done = c.c.state == sql.const(ActionState.DONE)
    return {
        "total": func.count(),
        "open": func.count().filter(c.c.open),
        "overdue": func.count().filter(c.c.overdue),
        "due_soon": func.count().filter(c.c.due_soon),
        "done": func.count().filter(done),
        "on_time_share": sql.share(func.count().filter(done, c.c.in_time), func.count().filter(done)),
    }


def _groups(c: CTE, key: str, name: str, shown: Any) -> ScalarSelect[Any]:
    """One line for each value of `key`, the most open ones first."""
    counted = (
        select(c.c[key].label("key"), *[column.label(count) for count, column in _counts(c).items()])
        .select_from(c)
        .group_by(c.c[key])
        .subquery("groups")
    )
    order = (counted.c.open.desc(), counted.c.total.desc(), cast(counted.c.key, Text))
    item = sql.obj(**{name: shown(counted.c.key)}, **{count: counted.c[count] for count in _counts(c)})
    most: ColumnElement[Any] = literal_column("200")
    top = (
        select(item.label("item"), counted.c.open, counted.c.total, cast(counted.c.key, Text).label("key"))
        .order_by(*order)
        .limit(most)
        .subquery("top")
    )
    return select(sql.listed(top.c.item, top.c.open.desc(), top.c.total.desc(), top.c.key)).scalar_subquery()


@lru_cache(maxsize=64)
def _query(given: frozenset[str]) -> Query:
    c = _actions(given)
    counted = (
        select(*[column.label(name) for name, column in _counts(c).items()]).select_from(c).subquery("all")
    )
    page = select(
        *[counted.c[name] for name in _counts(c)],
        _groups(c, "source", "source", lambda key: key).label("by_source"),
        _groups(c, "entity_id", "entity", lambda key: sql.ref_by_id(Entity.__table__, key)).label(
            "by_entity"
        ),
        _groups(c, "division_id", "division", lambda key: sql.ref_by_id(Division.__table__, key)).label(
            "by_division"
        ),
    )
    return Query(lambda: sql.as_json(page.add_cte(c)))


async def of(lane: Lane, actor: Actor, asked: StatisticsFilter, now: datetime) -> Document:
    """The statistics of the actions that the actor may see, in one statement."""
    given = {name: value for name, value in asdict(asked).items() if value is not None}
    row = await lane.row(_query(frozenset(given)), {**facts.params(actor, now), **given})
    if row is None:  # aggregates without a group answer one row
        raise RuntimeError("the actions cannot be counted")
    # Counted for this moment, it has no version of its own: it is 1, and the hash of the body tells a change.
    return Document(row["json"].encode(), version=1)
