"""Every select of public holidays: open to any signed-in person, the cancelled ones by their id only."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Uuid, bindparam, cast, func, literal_column, select
from sqlalchemy.sql.selectable import FromClause

from app import paging
from app.db import Lane, Query, Row
from app.enums import SubjectKind
from app.models import Event, Holiday
from app.parties import Actor, Facts
from app.services import lifecycle, sql
from app.services.documents import Document, with_actions
from app.services.holidays import rules

_h: FromClause = Holiday.__table__
_ev: FromClause = Event.__table__

ID = bindparam("id", type_=Uuid)

_WHOLE = paging.Page(paging.MAXIMUM_LIMIT, None)
"""A year's holidays are one page by their nature."""

_NAMES = ("id", "day", "name_ar", "name_en", "estimated", "version")
_ITEM: list[ColumnElement[Any]] = [_h.c[name] for name in _NAMES]
_YEAR = bindparam("year", type_=Integer)


def _first_of_year(year: ColumnElement[int]) -> ColumnElement[Any]:
    return func.make_date(year, literal_column("1"), literal_column("1"))


_LIST = Query(
    lambda: sql.as_json(
        select(*_ITEM)
        .where(
            _h.c.cancelled_at.is_(None),
            _h.c.day >= _first_of_year(_YEAR),
            _h.c.day < _first_of_year(_YEAR + literal_column("1")),
        )
        .order_by(_h.c.day)
    )
)

_FACTS = ("_id", "_day", "_name_ar", "_name_en", "_estimated", "_cancelled_at", "_version")
_fact_columns = [_h.c[name.removeprefix("_")].label(name) for name in _FACTS]
_said = _ev.c.changes.op("->>")(sql.const("moved"))
_MOVED = (
    select(cast(_said, Integer))
    .where(_ev.c.subject_id == _h.c.id, _said.is_not(None))
    .order_by(_ev.c.id.desc())
    .limit(literal_column("1"))
    .scalar_subquery()
    .label("moved")
)
"""How many obligations its entry or, if it is cancelled, its cancellation moved, as the event tells."""

_ONE = Query(
    lambda: sql.as_json(
        select(*_ITEM, _h.c.cancelled_at, _MOVED, *_fact_columns).where(_h.c.id == ID), *_FACTS
    )
)
_ONE_FACTS = Query(lambda: select(*_fact_columns).where(_h.c.id == ID))


async def many(lane: Lane, year: int) -> bytes:
    """The public holidays of a calendar year, by date, as JSON."""
    return paging.body(await lane.rows(_LIST, {"year": year}), _WHOLE, {}, ())


def _facts(row: Row, prefix: str) -> Facts:
    return Facts(
        kind=SubjectKind.HOLIDAY,
        id=row[f"{prefix}id"],
        entity_id=None,
        state=rules.STANDING if row[f"{prefix}cancelled_at"] is None else rules.CANCELLED,
        version=row[f"{prefix}version"],
        row={name.removeprefix("_"): row[f"{prefix}{name.removeprefix('_')}"] for name in _FACTS},
    )


async def facts(lane: Lane, actor: Actor, holiday_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a holiday; `row` says its day and what of it can be edited."""
    row = await lane.row(_ONE_FACTS, {"id": holiday_id})
    return None if row is None else _facts(row, "_")


async def one(lane: Lane, actor: Actor, holiday_id: UUID) -> Document | None:
    """One public holiday, cancelled or not."""
    row = await lane.row(_ONE, {"id": holiday_id})
    if row is None:
        return None
    found = _facts(row, "")
    actions = [t.action for t in rules.TRANSITIONS if lifecycle.possible(actor, t, found)]
    return Document(with_actions(row["json"], actions), found.version)
