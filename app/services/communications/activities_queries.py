"""Every select of the activities of communication plans: who sees the plan sees them."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Date, Integer, Text, Uuid, bindparam, select
from sqlalchemy.sql.selectable import FromClause

from app.db import Lane, Query, Row
from app.enums import Step, SubjectKind
from app.enums.communications import CommunicationActivityState, CommunicationScope
from app.models import CommunicationActivity, CommunicationPlan, Division, Entity, PathStage
from app.parties import Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.communications import queries, rules
from app.services.communications.visibility import visible
from app.services.documents import Document, with_actions

_a: FromClause = CommunicationActivity.__table__
_p: FromClause = CommunicationPlan.__table__
_joined = _a.join(_p, _p.c.id == _a.c.plan_id)

ID = bindparam("id", type_=Uuid)


def _item() -> list[ColumnElement[Any]]:
    return [
        _a.c.id,
        sql.obj(id=_p.c.id, name_ar=_p.c.name_ar, name_en=_p.c.name_en, year=_p.c.year).label("plan"),
        sql.ref_by_id(Entity.__table__, _a.c.entity_id).label("entity"),
        *[_a.c[name] for name in ("name_ar", "name_en", "scope", "audience", "channel")],
        sql.ref_by_id(Division.__table__, _a.c.division_id).label("division"),
        *[_a.c[name] for name in ("owner", "starts_on", "ends_on", "state")],
        queries.late(_a).label("late"),
        *[_a.c[name] for name in ("outcome", "reached", "done_on")],
        sql.awaiting(_a.c.id).label("awaiting"),
        _a.c.version,
    ]


def _fact_columns() -> list[ColumnElement[Any]]:
    return [
        _a.c.id.label("_id"),
        _a.c.entity_id.label("_entity_id"),
        _a.c.state.label("_state"),
        _a.c.version.label("_version"),
        _p.c.parties_enter.label("_parties_enter"),
        _p.c.parties_approve.label("_parties_approve"),
        _p.c.about_id.label("_about_id"),
        *queries.representatives(_p),
        _p.c.id.label("_plan_id"),
        _p.c.state.label("_plan_state"),
        _p.c.year.label("_year"),
        _a.c.created_at.label("_created_at"),
        *[_a.c[name].label(f"_{name}") for name in rules.ACTIVITY],
    ]


def _stage() -> ColumnElement[Any]:
    s = sql.alias(PathStage)
    return (
        select(
            sql.obj(id=s.c.id, run_id=s.c.run_id, key=s.c.key, title_ar=s.c.title_ar, title_en=s.c.title_en)
        )
        .where(s.c.id == _a.c.stage_id)
        .scalar_subquery()
        .label("stage")
    )


_FACTS = tuple(str(column.key) for column in _fact_columns())
_AREA = ("plan_id", "plan_state", "about_id", "year", "created_at", *rules.ACTIVITY)
_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(),
            _stage(),
            _a.c.reason,
            sql.person(_a.c.created_by_id).label("created_by"),
            _a.c.created_at,
            sql.person(_a.c.reported_by_id).label("reported_by"),
            _a.c.reported_at,
            sql.person(_a.c.cancelled_by_id).label("cancelled_by"),
            _a.c.cancelled_at,
            _a.c.cancellation_reason,
            *_fact_columns(),
        )
        .select_from(_joined)
        .where(_a.c.id == ID, visible(_p)),
        *_FACTS,
    )
)
_ONE_FACTS = Query(lambda: select(*_fact_columns()).select_from(_joined).where(_a.c.id == ID, visible(_p)))


def _facts(row: Row, prefix: str) -> Facts:
    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    return Facts(
        kind=SubjectKind.COMMUNICATION_ACTIVITY,
        id=said("id"),
        entity_id=said("entity_id"),
        state=said("state"),
        version=said("version"),
        steps=queries.steps_of(row, prefix, said("plan_id"), said("about_id")),
        due={Step.ENTER: said("ends_on")},
        row={name: said(name) for name in _AREA},
    )


async def facts(lane: Lane, actor: Actor, activity_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of an activity that the actor may see; `row` holds what it is, and how its plan
    stands."""
    row = await lane.row(_ONE_FACTS, {**queries.params(actor, now), "id": activity_id})
    return None if row is None else _facts(row, "_")


async def one(lane: Lane, actor: Actor, activity_id: UUID, now: datetime) -> Document | None:
    """One activity."""
    row = await lane.row(_ONE, {**queries.params(actor, now), "id": activity_id})
    if row is None:
        return None
    facts = _facts(row, "")
    actions = [
        transition.action
        for transition in rules.ACTIVITY_TRANSITIONS
        if lifecycle.possible(actor, transition, facts) and rules.activity_open_now(transition, facts.row)
    ]
    return Document(with_actions(row["json"], actions), facts.version)


@dataclass(frozen=True)
class CommunicationActivityFilter:
    """What a list of activities is narrowed to. `from_day`, `to_day`: those that lie within these days in part."""

    entity_id: UUID | None = None
    plan_id: UUID | None = None
    state: CommunicationActivityState | None = None
    scope: CommunicationScope | None = None
    late: bool | None = None
    from_day: date | None = None
    to_day: date | None = None


@lru_cache(maxsize=256)
def _list(given: frozenset[str], *, after: bool) -> Query:
    conditions: dict[str, ColumnElement[bool]] = {
        "entity_id": _a.c.entity_id == bindparam("entity_id", type_=Uuid),
        "plan_id": _a.c.plan_id == bindparam("plan_id", type_=Uuid),
        "state": _a.c.state == bindparam("state", type_=Text),
        "scope": _a.c.scope == bindparam("scope", type_=Text),
        "late": queries.late(_a) == bindparam("late", type_=Boolean),
        "from_day": _a.c.ends_on >= bindparam("from_day", type_=Date),
        "to_day": _a.c.starts_on <= bindparam("to_day", type_=Date),
    }
    where = [visible(_p), *[condition for name, condition in conditions.items() if name in given]]
    if after:
        where.append(_a.c.id > bindparam("after_id", type_=Uuid))
    page = (
        select(*_item())
        .select_from(_joined)
        .where(*where)
        .order_by(_a.c.id)
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "id"))


async def many(
    lane: Lane,
    actor: Actor,
    asked: CommunicationActivityFilter,
    cursor: str | None,
    limit: int | None,
    now: datetime,
) -> bytes:
    """A page of activities as JSON, in the order in which they were planned."""
    return await listing.page(
        lane, _list, asdict(asked), {"id": UUID}, cursor, limit, **queries.params(actor, now)
    )
