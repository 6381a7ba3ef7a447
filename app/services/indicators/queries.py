"""Every select of indicators. The catalogue is open to any signed-in person (design, role rules)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    func,
    select,
    tuple_,
)
from sqlalchemy.sql.selectable import FromClause

from app import paging, permissions
from app.db import Lane, Query, Row
from app.enums import Chain, IndicatorLevel, Language, Step, SubjectKind
from app.models import Division, Entity, Indicator, IndicatorTarget, Pillar, Priority, Programme
from app.parties import Actor, Facts
from app.services import sql
from app.services.documents import Document, with_actions
from app.services.indicators import rules
from app.services.role_plans import chains

_i: FromClause = Indicator.__table__
_e: FromClause = Entity.__table__
_p: FromClause = Priority.__table__
_pillar: FromClause = Pillar.__table__

ID = bindparam("id", type_=Uuid)

ACTIONS = (rules.EDIT.action, *rules.BEGUN_HERE)
"""What can be done to an indicator, in the order in which it is listed."""


def _item(i: FromClause, e: FromClause, p: FromClause) -> list[ColumnElement[Any]]:
    return [
        i.c.id,
        i.c.code,
        i.c.name_ar,
        i.c.name_en,
        i.c.level,
        i.c.in_scorecard,
        sql.ref(e).label("entity"),
        sql.ref(p).label("priority"),
        i.c.unit_ar,
        i.c.unit_en,
        i.c.polarity,
        i.c.frequency,
        i.c.measure,
        i.c.verified,
        i.c.version,
    ]


def _joined(i: FromClause, e: FromClause, p: FromClause) -> FromClause:
    return i.join(e, e.c.id == i.c.entity_id).outerjoin(p, p.c.id == i.c.priority_id)


_FACTS = (
    "_id",
    "_entity_id",
    "_version",
    "_division_id",
    "_frequency",
    "_measure",
    "_role_plan_id",
    "_steps",
)


def _fact_columns(i: FromClause) -> list[ColumnElement[Any]]:
    return [
        i.c.id.label("_id"),
        i.c.entity_id.label("_entity_id"),
        i.c.version.label("_version"),
        i.c.division_id.label("_division_id"),
        i.c.frequency.label("_frequency"),
        i.c.measure.label("_measure"),
        chains.plan_in_force(i.c.entity_id).label("_role_plan_id"),
        chains.steps_in_force(Chain.RESULTS, i.c.entity_id).label("_steps"),
    ]


def _one() -> Select[Any]:
    t = IndicatorTarget.__table__
    target = sql.obj(
        year=t.c.year,
        kind=t.c.kind,
        value=func.trim_scale(t.c.value),
        value_max=func.trim_scale(t.c.value_max),
        rank=t.c.rank,
        window_start=t.c.window_start,
        window_end=t.c.window_end,
    )
    return (
        select(
            *_item(_i, _e, _p),
            select(sql.ref(_pillar)).where(_pillar.c.id == _p.c.pillar_id).scalar_subquery().label("pillar"),
            sql.ref_by_id(Programme.__table__, _i.c.programme_id).label("programme"),
            sql.ref_by_id(Division.__table__, _i.c.division_id).label("division"),
            _i.c.owner_assumed,
            _i.c.name_ar_translated,
            _i.c.publisher,
            _i.c.decimals,
            func.trim_scale(_i.c.baseline_value).label("baseline_value"),
            _i.c.baseline_rank,
            _i.c.baseline_rank_of,
            _i.c.baseline_year,
            select(sql.listed(target, t.c.year))
            .where(t.c.indicator_id == _i.c.id)
            .scalar_subquery()
            .label("targets"),
            _i.c.confidence,
            _i.c.status,
            _i.c.source,
            _i.c.note,
            *_fact_columns(_i),
        )
        .select_from(_joined(_i, _e, _p))
        .where(_i.c.id == ID)
    )


_ONE = Query(sql.as_json(_one(), *_FACTS))
_ENTRY_FACTS = Query(select(*_fact_columns(_i)).where(_i.c.id == ID))


def _facts(row: Row, prefix: str) -> Facts:
    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    steps = chains.keys(Chain.RESULTS, said("steps"), said("entity_id"), said("division_id"))
    return Facts(
        kind=SubjectKind.INDICATOR,
        id=said("id"),
        entity_id=said("entity_id"),
        state=rules.STANDING,
        version=said("version"),
        steps={step.value: steps[step] for step in Step},
        row={name: said(name) for name in ("id", "division_id", "frequency", "measure", "role_plan_id")},
    )


async def entry_facts(lane: Lane, _: Actor, indicator_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of an indicator, and what entering a result needs: the parties of the
    results chain in force for the owner entity."""
    row = await lane.row(_ENTRY_FACTS, {"id": indicator_id})
    return None if row is None else _facts(row, "_")


async def one(lane: Lane, actor: Actor, indicator_id: UUID) -> Document | None:
    """One indicator: definition, owner, baseline, targets."""
    row = await lane.row(_ONE, {"id": indicator_id})
    if row is None:
        return None
    facts = _facts(row, "")
    actions = [action for action in ACTIONS if permissions.allows(actor, action, facts)]
    return Document(with_actions(row["json"], actions), facts.version)


@dataclass(frozen=True)
class IndicatorFilter:
    """What a list of indicators is narrowed to. `q`: words in Arabic or English, each of them contained."""

    q: str | None = None
    entity_id: UUID | None = None
    priority_id: UUID | None = None
    pillar_id: UUID | None = None
    level: IndicatorLevel | None = None
    in_scorecard: bool | None = None
    verified: bool | None = None


@lru_cache(maxsize=256)
def _list(given: frozenset[str], sort: str, *, after: bool) -> Query:
    i, e, p = _i, _e, _p
    conditions: Mapping[str, ColumnElement[bool]] = {
        "q": sql.contains_words(i.c.search_key),
        "entity_id": i.c.entity_id == bindparam("entity_id", type_=Uuid),
        "priority_id": i.c.priority_id == bindparam("priority_id", type_=Uuid),
        "pillar_id": p.c.pillar_id == bindparam("pillar_id", type_=Uuid),
        "level": i.c.level == bindparam("level", type_=Text),
        "in_scorecard": i.c.in_scorecard == bindparam("in_scorecard", type_=Boolean),
        "verified": i.c.verified == bindparam("verified", type_=Boolean),
    }
    where = [condition for name, condition in conditions.items() if name in given]
    key = i.c[sort]
    if after:
        # The cursor names the last indicator only: a sort key can be longer than a cursor may be.
        last = i.alias("last")
        position = select(last.c[sort], last.c.id).where(last.c.id == bindparam("after_id", type_=Uuid))
        where.append(tuple_(key, i.c.id) > position.scalar_subquery())
    page = (
        select(*_item(i, e, p))
        .select_from(_joined(i, e, p))
        .where(*where)
        .order_by(key, i.c.id)
        .limit(bindparam("count", type_=Integer))
    )
    return Query(sql.as_json(page, "id"))


async def many(
    lane: Lane, asked: IndicatorFilter, language: str, cursor: str | None, limit: int | None
) -> bytes:
    """A page of indicators as JSON, sorted by name in the reader's language, the article ignored."""
    filters = {name: value for name, value in asdict(asked).items() if value is not None}
    sort = f"sort_{Language(language).value}"
    bound = {**filters, "sort": sort}
    part = paging.page(cursor, limit, bound, (UUID,))
    params = {**filters, "count": part.limit + 1}
    if part.after is not None:
        (params["after_id"],) = part.after
    rows = await lane.rows(_list(frozenset(filters), sort, after=part.after is not None), params)
    return paging.body(rows, part, bound, ("id",))
