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
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.sql.selectable import FromClause

from app import clock
from app.db import Lane, Query, Row
from app.enums import Party, ReopeningState, Step, SubjectKind
from app.models import Entity, Indicator, Obligation, Reopening, Result
from app.parties import Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.people import visibility
from app.services.reopenings import rules
from app.services.results import visibility as results
from app.services.role_plans import chains

_opened: FromClause = Reopening.__table__
_e: FromClause = Entity.__table__
_r: FromClause = sql.alias(Result, "corrected")
_o: FromClause = sql.alias(Obligation, "owed")

ID = bindparam("id", type_=Uuid)


def visible(opened: FromClause) -> ColumnElement[bool]:
    """The head, the head's office, the manager and the specialists of the entity, those who enter and
    review the figure to be corrected, or that of the closed period; UNIT where it grants. Of a
    restricted figure only who sees it."""
    r, o, i = sql.alias(Result), sql.alias(Obligation), sql.alias(Indicator)

    def of_result(*where: ColumnElement[bool]) -> ColumnElement[bool]:
        found: Select[Any] = select(literal_column("1")).where(r.c.id == opened.c.result_id, *where)
        return exists(found)

    concerned = or_(r.c.parties_enter.overlap(visibility.KEYS), r.c.parties_review.overlap(visibility.KEYS))
    of_period: Select[Any] = (
        select(literal_column("1"))
        .select_from(o.join(i, i.c.id == o.c.indicator_id))
        .where(
            o.c.id == opened.c.obligation_id,
            or_(*(chains.step_keys(step, i).overlap(visibility.KEYS) for step in (Step.ENTER, Step.REVIEW))),
        )
    )
    return or_(
        and_(
            opened.c.entity_id == any_(visibility.OFFICE),
            or_(opened.c.obligation_id.is_not(None), of_result(results.visible(r))),
        ),
        of_result(concerned),
        exists(of_period),
        and_(visibility.NATIONAL, opened.c.grantor == sql.const(Party.UNIT)),
    )


def _joined(opened: FromClause) -> FromClause:
    """Reopenings with their entities, and the result or the obligation that each is about."""
    return (
        opened.join(_e, _e.c.id == opened.c.entity_id)
        .outerjoin(_r, _r.c.id == opened.c.result_id)
        .outerjoin(_o, _o.c.id == opened.c.obligation_id)
    )


def _item(opened: FromClause) -> list[ColumnElement[Any]]:
    indicator_id = func.coalesce(_r.c.indicator_id, _o.c.indicator_id)
    return [
        opened.c.id,
        sql.ref(_e).label("entity"),
        sql.ref_by_id(Indicator.__table__, indicator_id).label("indicator"),
        func.coalesce(_r.c.period, _o.c.period).label("period"),
        opened.c.result_id,
        opened.c.obligation_id,
        opened.c.state,
        opened.c.grantor,
        opened.c.reason,
        sql.person(opened.c.asked_by_id).label("asked_by"),
        opened.c.asked_at,
        opened.c.expires_on,
        sql.person(opened.c.decided_by_id).label("decided_by"),
        opened.c.decided_at,
        opened.c.decision_reason,
        and_(opened.c.state == sql.const(ReopeningState.GRANTED), opened.c.expires_on < sql.TODAY).label(
            "expired"
        ),
        sql.awaiting(opened.c.id).label("awaiting"),
        opened.c.version,
    ]


_FACTS = ("_id", "_entity_id", "_state", "_version", "_grantor", "_asked_by_id", "_expires_on")


def _fact_columns(opened: FromClause) -> list[ColumnElement[Any]]:
    return [opened.c[name.removeprefix("_")].label(name) for name in _FACTS]


_ONE = Query(
    lambda: sql.as_json(
        select(*_item(_opened), *_fact_columns(_opened))
        .select_from(_joined(_opened))
        .where(_opened.c.id == ID, visible(_opened)),
        *_FACTS,
    )
)
_ONE_FACTS = Query(lambda: select(*_fact_columns(_opened)).where(_opened.c.id == ID, visible(_opened)))


def _facts(row: Row, prefix: str) -> Facts:
    asked = row[f"{prefix}state"] == ReopeningState.ASKED
    return Facts(
        kind=SubjectKind.REOPENING,
        id=row[f"{prefix}id"],
        entity_id=row[f"{prefix}entity_id"],
        state=row[f"{prefix}state"],
        version=row[f"{prefix}version"],
        steps=rules.steps(row[f"{prefix}grantor"], row[f"{prefix}entity_id"]),
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
    obligation_id: UUID | None = None
    state: ReopeningState | None = None


@lru_cache(maxsize=32)
def _list(given: frozenset[str], *, after: bool) -> Query:
    conditions: dict[str, ColumnElement[bool]] = {
        "entity_id": _opened.c.entity_id == bindparam("entity_id", type_=Uuid),
        "result_id": _opened.c.result_id == bindparam("result_id", type_=Uuid),
        "obligation_id": _opened.c.obligation_id == bindparam("obligation_id", type_=Uuid),
        "state": _opened.c.state == bindparam("state", type_=Text),
    }
    where = [visible(_opened), *[condition for name, condition in conditions.items() if name in given]]
    if after:
        where.append(_opened.c.id < bindparam("after_id", type_=Uuid))
    page = (
        select(*_item(_opened))
        .select_from(_joined(_opened))
        .where(*where)
        .order_by(_opened.c.id.desc())
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "id"))


async def many(
    lane: Lane, actor: Actor, asked: ReopeningFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of reopenings as JSON, the latest asked first (their ids grow with time)."""
    return await listing.page(
        lane,
        _list,
        asdict(asked),
        {"id": UUID},
        cursor,
        limit,
        **visibility.of(actor),
        today=clock.day(now),
    )
