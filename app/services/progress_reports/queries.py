"""Every select of progress reports, always through their one visibility rule."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Text,
    Uuid,
    bindparam,
    case,
    func,
    select,
    true,
    tuple_,
)
from sqlalchemy.sql.selectable import FromClause

from app.db import Lane, Query
from app.enums import ChainState
from app.models import Entity, Initiative
from app.parties import Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.initiatives import facts as initiative_facts
from app.services.initiatives.visibility import visible as visible_initiative
from app.services.progress_reports import facts, rules
from app.services.progress_reports.visibility import at_work, nobody_left, visible

_r, _i = facts.report, facts.initiative


def awaiting(r: FromClause) -> ColumnElement[Any]:
    """Open waits, and the head where four eyes leaves nobody else."""
    return sql.awaiting_or_head(
        r.c.id,
        nobody_left(r),
        action=case(
            (r.c.state == sql.const(ChainState.SUBMITTED), sql.const(rules.REVIEW.action)),
            else_=sql.const(rules.APPROVE.action),
        ),
        since=func.coalesce(r.c.reviewed_at, r.c.submitted_at),
    )


def _item(r: FromClause, i: FromClause) -> list[ColumnElement[Any]]:
    return [
        r.c.id,
        sql.ref(i).label("initiative"),
        r.c.as_of,
        r.c.state,
        func.trim_scale(r.c.percent).label("percent"),
        func.trim_scale(r.c.computed).label("computed"),
        r.c.forecast_end,
        r.c.recorded_at,
        r.c.approved_at,
        awaiting(r).label("awaiting"),
        r.c.version,
    ]


def _inside(fact: ColumnElement[Any]) -> ColumnElement[Any]:
    """What went before the approval is for those who were at work on it (V-3)."""
    return case((at_work(_r, _i), fact))


_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(_r, _i),
            sql.ref_by_id(Entity.__table__, _r.c.entity_id).label("entity"),
            _r.c.milestones,
            _r.c.override_reason,
            _r.c.correction_reason,
            _r.c.note,
            _inside(sql.person(_r.c.entered_by_id)).label("entered_by"),
            _inside(sql.person(_r.c.submitted_by_id)).label("submitted_by"),
            _inside(_r.c.submitted_at).label("submitted_at"),
            _inside(sql.person(_r.c.reviewed_by_id)).label("reviewed_by"),
            _inside(_r.c.reviewed_at).label("reviewed_at"),
            sql.person(_r.c.approved_by_id).label("approved_by"),
            case(
                (
                    _r.c.returned_at.is_not(None),
                    sql.obj(
                        by=sql.person(_r.c.returned_by_id), at=_r.c.returned_at, reason=_r.c.return_reason
                    ),
                )
            ).label("returned"),
            _r.c.exceptional,
            *facts.columns(_r, _i),
        )
        .select_from(facts.joined)
        .where(_r.c.id == facts.ID, visible(_r, _i)),
        *facts.COLUMNS,
    )
)


async def one(lane: Lane, actor: Actor, report_id: UUID, now: datetime) -> Document | None:
    """One report, and what the actor may do with it."""
    row = await lane.row(_ONE, {**initiative_facts.params(actor, now), "id": report_id})
    if row is None:
        return None
    found = facts.of(row, "")
    return Document(with_actions(row["json"], _actions(actor, found)), found.version)


def _actions(actor: Actor, found: Facts) -> list[str]:
    return [
        transition.action
        for transition in rules.TRANSITIONS
        if lifecycle.possible(actor, transition, found) and rules.open_now(transition, found.row)
    ]


_INITIATIVE_ID = bindparam("initiative_id", type_=Uuid)


@lru_cache(maxsize=4)
def _list(given: frozenset[str], *, after: bool) -> Query:
    r, i = _r, _i
    where = [r.c.initiative_id == _INITIATIVE_ID, visible(r, i)]
    if "state" in given:
        where.append(r.c.state == bindparam("state", type_=Text))
    if after:
        last = tuple_(bindparam("after_as_of", type_=Date), bindparam("after_id", type_=Uuid))
        where.append(tuple_(r.c.as_of, r.c.id) < last)
    page = (
        select(*_item(r, i))
        .select_from(facts.joined)
        .where(*where)
        .order_by(r.c.as_of.desc(), r.c.id.desc())
        .limit(bindparam("count", type_=Integer))
    )
    items = sql.as_json(page, "as_of", "id").subquery("items")
    parent = sql.alias(Initiative, "parent")
    return Query(
        lambda: (
            select(*items.c)
            .select_from(parent.outerjoin(items, true()))
            .where(parent.c.id == _INITIATIVE_ID, visible_initiative(parent))
            .order_by(items.c.as_of.desc(), items.c.id.desc())
        )
    )


async def many(
    lane: Lane,
    actor: Actor,
    initiative_id: UUID,
    state: ChainState | None,
    cursor: str | None,
    limit: int | None,
    now: datetime,
) -> bytes:
    """A page of the progress reports of an initiative as JSON, the latest day first. Raises NotFound."""
    return await listing.page(
        lane,
        _list,
        {"initiative_id": initiative_id, "state": state},
        {"as_of": date.fromisoformat, "id": UUID},
        cursor,
        limit,
        below=True,
        **initiative_facts.params(actor, now),
    )
