"""Every select of reopenings, scoped to what the actor may see."""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    literal_column,
    or_,
    select,
)
from sqlalchemy.sql.selectable import FromClause

from app import clock, paging
from app.db import Lane, Query, Row
from app.enums import ReopeningState, Step, SubjectKind
from app.models import Entity, Reopening, Result
from app.parties import Actor, Facts, party_key
from app.services import lifecycle, sql
from app.services.documents import Document, with_actions
from app.services.people import visibility
from app.services.reopenings import rules
from app.services.results import visibility as results

_o: FromClause = Reopening.__table__
_e: FromClause = Entity.__table__

ID = bindparam("id", type_=Uuid)


def visible(o: FromClause) -> ColumnElement[bool]:
    """The head, the head's office, the manager and the specialists of the entity, those who enter and
    review the figure to be corrected; UNIT where it grants. Of a restricted figure only who sees it."""
    r = Result.__table__.alias()

    def of_result(*where: ColumnElement[bool]) -> ColumnElement[bool]:
        found: Select[Any] = select(literal_column("1")).where(r.c.id == o.c.result_id, *where)
        return exists(found)

    concerned = or_(r.c.parties_enter.overlap(visibility.KEYS), r.c.parties_review.overlap(visibility.KEYS))
    return or_(
        and_(o.c.entity_id == any_(visibility.OFFICE), of_result(results.visible(r))),
        of_result(concerned),
        and_(visibility.NATIONAL, o.c.grantor == sql.const("unit")),
    )


def _item(o: FromClause) -> list[ColumnElement[Any]]:
    return [
        o.c.id,
        sql.ref(_e).label("entity"),
        o.c.result_id,
        o.c.state,
        o.c.grantor,
        o.c.reason,
        sql.person(o.c.asked_by_id).label("asked_by"),
        o.c.asked_at,
        o.c.expires_on,
        sql.person(o.c.decided_by_id).label("decided_by"),
        o.c.decided_at,
        o.c.decision_reason,
        and_(o.c.state == sql.const(ReopeningState.GRANTED), o.c.expires_on < sql.TODAY).label("expired"),
        sql.awaiting(o.c.id).label("awaiting"),
        o.c.version,
    ]


_FACTS = ("_id", "_entity_id", "_state", "_version", "_grantor", "_asked_by_id", "_expires_on")


def _fact_columns(o: FromClause) -> list[ColumnElement[Any]]:
    return [o.c[name.removeprefix("_")].label(name) for name in _FACTS]


_ONE = Query(
    sql.as_json(
        select(*_item(_o), *_fact_columns(_o))
        .select_from(_o.join(_e, _e.c.id == _o.c.entity_id))
        .where(_o.c.id == ID, visible(_o)),
        *_FACTS,
    )
)
_ONE_FACTS = Query(select(*_fact_columns(_o)).where(_o.c.id == ID, visible(_o)))


def steps(grantor: str, entity_id: UUID) -> dict[str, tuple[str, ...]]:
    """The party that decides about the leave, as the step `approve`."""
    key = grantor if grantor == "unit" else party_key(grantor, entity_id)
    return {Step.APPROVE.value: (key,)}


def _facts(row: Row, prefix: str) -> Facts:
    asked = row[f"{prefix}state"] == ReopeningState.ASKED
    return Facts(
        kind=SubjectKind.REOPENING,
        id=row[f"{prefix}id"],
        entity_id=row[f"{prefix}entity_id"],
        state=row[f"{prefix}state"],
        version=row[f"{prefix}version"],
        steps=steps(row[f"{prefix}grantor"], row[f"{prefix}entity_id"]),
        edited_by=frozenset({row[f"{prefix}asked_by_id"]}) if asked else frozenset(),
        row={"expires_on": row[f"{prefix}expires_on"]},
    )


async def facts(lane: Lane, actor: Actor, reopening_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a reopening that the actor may see."""
    row = await lane.row(_ONE_FACTS, {**visibility.of(actor), "id": reopening_id})
    return None if row is None else _facts(row, "_")


async def one(lane: Lane, actor: Actor, reopening_id: UUID, now: datetime) -> Document | None:
    """One reopening."""
    params = {**visibility.of(actor), "id": reopening_id, "today": clock.day(now)}
    row = await lane.row(_ONE, params)
    if row is None:
        return None
    facts = _facts(row, "")
    actions = [t.action for t in rules.TRANSITIONS if lifecycle.possible(actor, t, facts)]
    return Document(with_actions(row["json"], actions), facts.version)


@dataclass(frozen=True)
class ReopeningFilter:
    """What a list of reopenings is narrowed to."""

    entity_id: UUID | None = None
    result_id: UUID | None = None
    state: ReopeningState | None = None


@lru_cache(maxsize=32)
def _list(given: frozenset[str], *, after: bool) -> Query:
    o = _o
    conditions: dict[str, ColumnElement[bool]] = {
        "entity_id": o.c.entity_id == bindparam("entity_id", type_=Uuid),
        "result_id": o.c.result_id == bindparam("result_id", type_=Uuid),
        "state": o.c.state == bindparam("state", type_=Text),
    }
    where = [visible(o), *[condition for name, condition in conditions.items() if name in given]]
    if after:
        where.append(o.c.id < bindparam("after_id", type_=Uuid))
    page = (
        select(*_item(o))
        .select_from(o.join(_e, _e.c.id == o.c.entity_id))
        .where(*where)
        .order_by(o.c.id.desc())
        .limit(bindparam("count", type_=Integer))
    )
    return Query(sql.as_json(page, "id"))


async def many(
    lane: Lane, actor: Actor, asked: ReopeningFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of reopenings as JSON, the latest asked first (their ids grow with time)."""
    filters = {name: value for name, value in asdict(asked).items() if value is not None}
    part = paging.page(cursor, limit, filters, (UUID,))
    params = {**visibility.of(actor), **filters, "count": part.limit + 1, "today": clock.day(now)}
    if part.after is not None:
        (params["after_id"],) = part.after
    rows = await lane.rows(_list(frozenset(filters), after=part.after is not None), params)
    return paging.body(rows, part, filters, ("id",))
