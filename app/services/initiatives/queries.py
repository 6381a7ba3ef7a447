"""Every select of initiatives, always through their one visibility rule."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.sql.selectable import FromClause

from app import permissions
from app.db import Lane, Query
from app.enums import Language
from app.enums.initiatives import InitiativeKind, InitiativeState, InitiativeStatus, Sector
from app.models import Division, Entity, Initiative, InitiativeEffect, Programme
from app.parties import Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.initiatives import columns, facts, rules, status_sql
from app.services.initiatives.visibility import nobody_left, visible

_i: FromClause = Initiative.__table__
_e: FromClause = Entity.__table__


def awaiting(i: FromClause) -> ColumnElement[Any]:
    """Open waits, and the head where four eyes leaves nobody else."""
    return sql.awaiting_or_head(
        i.c.id,
        nobody_left(i),
        action=case(
            (i.c.state == sql.const(InitiativeState.SUBMITTED), sql.const(rules.APPROVE.action)),
            else_=sql.const(rules.CONFIRM_CLOSING.action),
        ),
        since=func.coalesce(i.c.closing_at, i.c.submitted_at),
    )


def _item(i: FromClause, e: FromClause) -> list[ColumnElement[Any]]:
    return [
        i.c.id,
        i.c.code,
        i.c.kind,
        i.c.state,
        status_sql.of(i).label("status"),
        i.c.classification,
        i.c.name_ar,
        i.c.name_en,
        sql.ref(e).label("entity"),
        sql.ref_by_id(Division.__table__, i.c.division_id).label("division"),
        sql.ref_by_id(Programme.__table__, i.c.programme_id).label("programme"),
        i.c.sectors,
        i.c.starts_on,
        i.c.ends_on,
        func.trim_scale(i.c.latest_percent).label("percent"),
        func.trim_scale(status_sql.planned(i)).label("planned_percent"),
        i.c.latest_as_of.label("as_of"),
        i.c.latest_forecast_end.label("forecast_end"),
        awaiting(i).label("awaiting"),
        i.c.version,
    ]


def _said(by: ColumnElement[Any], at: ColumnElement[Any], reason: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((at.is_not(None), sql.obj(by=sql.person(by), at=at, reason=reason)))


_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(_i, _e),
            _i.c.goal,
            sql.person(_i.c.manager_id).label("manager"),
            func.trim_scale(_i.c.programme_weight).label("programme_weight"),
            _i.c.people_count,
            case(
                (
                    _i.c.approved_at.is_not(None),
                    sql.obj(starts_on=_i.c.baseline_starts_on, ends_on=_i.c.baseline_ends_on),
                )
            ).label("baseline"),
            _i.c.latest_report_id,
            columns.milestones(_i).label("milestones"),
            columns.budget(_i).label("budget"),
            columns.money(_i).label("money"),
            columns.effects(_i).label("effects"),
            sql.person(_i.c.proposed_by_id).label("proposed_by"),
            _i.c.proposed_at,
            sql.person(_i.c.submitted_by_id).label("submitted_by"),
            _i.c.submitted_at,
            sql.person(_i.c.approved_by_id).label("approved_by"),
            _i.c.approved_at,
            sql.person(_i.c.revised_by_id).label("revised_by"),
            _i.c.revised_at,
            sql.person(_i.c.closing_by_id).label("closing_by"),
            _i.c.closing_at,
            sql.person(_i.c.closed_by_id).label("closed_by"),
            _i.c.closed_at,
            _said(_i.c.returned_by_id, _i.c.returned_at, _i.c.return_reason).label("returned"),
            _said(_i.c.stopped_by_id, _i.c.stopped_at, _i.c.stop_reason).label("stopped"),
            _i.c.exceptional,
            *facts.columns_of(_i),
        )
        .select_from(_i.join(_e, _e.c.id == _i.c.entity_id))
        .where(_i.c.id == facts.ID, visible(_i)),
        *facts.COLUMNS,
    )
)


async def one(lane: Lane, actor: Actor, initiative_id: UUID, now: datetime) -> Document | None:
    """One initiative with its milestones, money, effects, status, and what the actor may do with it."""
    row = await lane.row(_ONE, {**facts.params(actor, now), "id": initiative_id})
    if row is None:
        return None
    found = facts.of(row, "")
    return Document(with_actions(row["json"], actions(actor, found)), found.version)


def actions(actor: Actor, found: Facts) -> list[str]:
    """What the actor may do with it now."""
    steps = [
        transition.action
        for transition in rules.TRANSITIONS
        if lifecycle.possible(actor, transition, found) and rules.open_now(transition, found.row)
    ]
    begun = [
        action
        for action, states in rules.BEGUN_HERE.items()
        if found.state in states
        and not (action == "progress_reports.create" and found.row["has_open_report"])
        and permissions.allows(actor, action, found)
    ]
    return steps + begun


@dataclass(frozen=True)
class InitiativeFilter:
    """What a list of initiatives is narrowed to. `q`: words in Arabic or English, each of them contained."""

    q: str | None = None
    entity_id: UUID | None = None
    kind: InitiativeKind | None = None
    state: InitiativeState | None = None
    status: InitiativeStatus | None = None
    division_id: UUID | None = None
    indicator_id: UUID | None = None
    programme_id: UUID | None = None
    sector: Sector | None = None


def _narrowed(i: FromClause) -> Mapping[str, ColumnElement[bool]]:
    """The condition of each filter."""
    f = sql.alias(InitiativeEffect)
    moves: Select[Any] = select(literal_column("1")).where(
        f.c.initiative_id == i.c.id, f.c.indicator_id == bindparam("indicator_id", type_=Uuid)
    )
    return {
        "q": sql.contains_words(i.c.search_key),
        "entity_id": i.c.entity_id == bindparam("entity_id", type_=Uuid),
        "kind": i.c.kind == bindparam("kind", type_=Text),
        "state": i.c.state == bindparam("state", type_=Text),
        "status": status_sql.of(i) == bindparam("status", type_=Text),
        "division_id": i.c.division_id == bindparam("division_id", type_=Uuid),
        "indicator_id": exists(moves),
        "programme_id": i.c.programme_id == bindparam("programme_id", type_=Uuid),
        "sector": bindparam("sector", type_=Text) == any_(i.c.sectors),
    }


@lru_cache(maxsize=256)
def _list(sort: str, given: frozenset[str], *, after: bool) -> Query:
    i, e = _i, _e
    conditions = _narrowed(i)
    where = [visible(i), *[condition for name, condition in conditions.items() if name in given]]
    key = i.c[sort]
    if after:
        # The cursor names the last one only: a sort key can be longer than a cursor may be.
        last = i.alias("last")
        position = select(last.c[sort], last.c.id).where(last.c.id == bindparam("after_id", type_=Uuid))
        where.append(tuple_(key, i.c.id) > position.scalar_subquery())
    page = (
        select(*_item(i, e))
        .select_from(i.join(e, e.c.id == i.c.entity_id))
        .where(*where)
        .order_by(key, i.c.id)
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "id"))


async def many(
    lane: Lane,
    actor: Actor,
    asked: InitiativeFilter,
    language: str,
    cursor: str | None,
    limit: int | None,
    now: datetime,
) -> bytes:
    """A page of initiatives as JSON, sorted by name in the reader's language, the article ignored."""
    sort = f"sort_{Language(language).value}"
    return await listing.page(
        lane,
        partial(_list, sort),
        {**asdict(asked), "sort": sort},
        {"id": UUID},
        cursor,
        limit,
        **facts.params(actor, now),
    )
