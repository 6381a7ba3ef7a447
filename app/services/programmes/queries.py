"""Every select of the entities that share a national programme, and of how far their parts have come (Guide N-2)."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.selectable import FromClause

from app import clock
from app.db import Compilable, Lane, Query, Row
from app.enums import SubjectKind
from app.enums.initiatives import InitiativeState
from app.models import Entity, Initiative, Programme, ProgrammeParticipant
from app.parties import Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.initiatives import facts as initiative_facts
from app.services.initiatives import status_sql
from app.services.initiatives.visibility import disclosed
from app.services.people import visibility
from app.services.programmes import rules

_g: FromClause = Programme.__table__
_p: FromClause = ProgrammeParticipant.__table__
_e: FromClause = Entity.__table__

ID = bindparam("id", type_=Uuid)
_ONE_ROW: ColumnElement[int] = literal_column("1")
_ZERO: ColumnElement[int] = literal_column("0")


def standing(p: FromClause) -> ColumnElement[bool]:
    """Whether the entity takes part today."""
    return and_(p.c.joined_on <= sql.TODAY, or_(p.c.left_on.is_(None), p.c.left_on > sql.TODAY))


def shares(g: FromClause) -> ColumnElement[bool]:
    """Whether the reader's entity leads the programme `g` or takes part in it today, or is UNIT."""
    p = _p.alias()
    takes_part = select(_ONE_ROW).where(
        p.c.programme_id == g.c.id, standing(p), p.c.entity_id == any_(visibility.ENTITIES)
    )
    return or_(
        g.c.lead_entity_id == any_(visibility.ENTITIES),
        exists(takes_part.correlate(g)),
        visibility.NATIONAL,
    )


def _sharing(g: FromClause) -> FromClause:
    """The lead and those who take part today, each once."""
    p = _p.alias()
    lead = select(g.c.lead_entity_id.label("entity_id"), null().label("joined_on")).where(
        g.c.lead_entity_id.is_not(None)
    )
    others = select(p.c.entity_id, p.c.joined_on).where(
        p.c.programme_id == g.c.id,
        standing(p),
        p.c.entity_id.is_distinct_from(g.c.lead_entity_id),
    )
    return union_all(lead.correlate(g), others.correlate(g)).lateral("sharing")


def _parts() -> Compilable:
    g, e, i = _g, _e, Initiative.__table__
    sharing = _sharing(g)
    weight = func.coalesce(i.c.programme_weight, _ONE_ROW)
    counts = i.c.state != sql.const(InitiativeState.STOPPED)
    # Of one entity: its approved initiatives that are tagged with the programme and not for a few alone.
    tagged = (
        select(
            i.c.id,
            i.c.code,
            i.c.kind,
            i.c.state,
            i.c.name_ar,
            i.c.name_en,
            i.c.starts_on,
            i.c.ends_on,
            i.c.latest_forecast_end.label("forecast_end"),
            case((counts, weight)).label("weight"),
            func.coalesce(i.c.latest_percent, _ZERO).label("percent"),
            status_sql.planned(i).label("planned"),
            status_sql.of(i).label("status"),
        )
        .where(i.c.programme_id == g.c.id, i.c.entity_id == sharing.c.entity_id, disclosed(i))
        .correlate(g, sharing)
        .lateral("tagged")
    )
    item = sql.obj(
        id=tagged.c.id,
        code=tagged.c.code,
        kind=tagged.c.kind,
        state=tagged.c.state,
        status=tagged.c.status,
        name_ar=tagged.c.name_ar,
        name_en=tagged.c.name_en,
        starts_on=tagged.c.starts_on,
        ends_on=tagged.c.ends_on,
        forecast_end=tagged.c.forecast_end,
        weight=func.trim_scale(tagged.c.weight),
        percent=func.trim_scale(tagged.c.percent),
        planned_percent=func.trim_scale(tagged.c.planned),
    )
    part = (
        select(
            sql.listed(item, tagged.c.code).label("initiatives"),
            func.sum(tagged.c.weight).label("weight"),
            func.sum(tagged.c.weight * tagged.c.percent).label("percent"),
            func.sum(tagged.c.weight * tagged.c.planned).label("planned"),
        )
        .select_from(tagged)
        .correlate(g, sharing)
        .lateral("part")
    )

    def mean(of: ColumnElement[Any], weights: ColumnElement[Any]) -> ColumnElement[Any]:
        return func.trim_scale(func.round(of / func.nullif(weights, _ZERO), literal_column("2")))

    line = sql.obj(
        entity=sql.ref(e),
        leads=sharing.c.joined_on.is_(None),
        joined_on=sharing.c.joined_on,
        weight=func.trim_scale(func.coalesce(part.c.weight, _ZERO)),
        percent=mean(part.c.percent, part.c.weight),
        planned_percent=mean(part.c.planned, part.c.weight),
        initiatives=part.c.initiatives,
    )
    whole = (
        select(
            sql.listed(line, sharing.c.joined_on.is_(None).desc(), e.c.code).label("parts"),
            mean(func.sum(part.c.percent), func.sum(part.c.weight)).label("percent"),
            mean(func.sum(part.c.planned), func.sum(part.c.weight)).label("planned_percent"),
        )
        .select_from(sharing.join(e, e.c.id == sharing.c.entity_id).join(part, true()))
        .correlate(g)
        .lateral("whole")
    )
    return sql.as_json(
        select(
            sql.ref(g).label("programme"),
            sql.TODAY.label("as_of"),
            whole.c.percent,
            whole.c.planned_percent,
            whole.c.parts,
        )
        .select_from(g.join(whole, true()))
        .where(g.c.id == ID, shares(g))
    )


_PARTS = Query(_parts)


async def parts(lane: Lane, actor: Actor, programme_id: UUID, now: datetime) -> Document | None:
    """How far each entity's part of a programme has come, and the whole; None for who does not share it."""
    row = await lane.row(_PARTS, {**initiative_facts.params(actor, now), "id": programme_id})
    return None if row is None else Document(row["json"].encode(), 1)


_KNOWN = Query(lambda: select(_g.c.id).where(_g.c.id == ID))


async def programme(lane: Lane, actor: Actor, programme_id: UUID, now: datetime) -> Facts | None:
    """A programme, for who says that an entity takes part in it. It belongs to no entity."""
    row = await lane.row(_KNOWN, {"id": programme_id})
    return None if row is None else Facts(kind="programme", id=programme_id, entity_id=None)


def _item(p: FromClause, g: FromClause, e: FromClause) -> list[ColumnElement[Any]]:
    return [
        p.c.id,
        sql.ref(g).label("programme"),
        sql.ref(e).label("entity"),
        p.c.joined_on,
        p.c.left_on,
        p.c.version,
    ]


_joined = _p.join(_g, _g.c.id == _p.c.programme_id).join(_e, _e.c.id == _p.c.entity_id)
_FACTS = ("_id", "_entity_id", "_version", "_joined_on", "_left_on")
_fact_columns = [_p.c[name.removeprefix("_")].label(name) for name in _FACTS]
_ONE = Query(
    lambda: sql.as_json(
        select(*_item(_p, _g, _e), *_fact_columns).select_from(_joined).where(_p.c.id == ID), *_FACTS
    )
)
_ONE_FACTS = Query(lambda: select(*_fact_columns).where(_p.c.id == ID))


def _facts(row: Row, prefix: str) -> Facts:
    left_on = row[f"{prefix}left_on"]
    return Facts(
        kind=SubjectKind.PROGRAMME_PARTICIPANT,
        id=row[f"{prefix}id"],
        entity_id=row[f"{prefix}entity_id"],
        state=rules.STANDING if left_on is None else rules.ENDED,
        version=row[f"{prefix}version"],
        row={"joined_on": row[f"{prefix}joined_on"], "left_on": left_on},
    )


async def facts(lane: Lane, actor: Actor, participant_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of an entity's part in a programme, which is of the catalogue."""
    row = await lane.row(_ONE_FACTS, {"id": participant_id})
    return None if row is None else _facts(row, "_")


async def one(lane: Lane, actor: Actor, participant_id: UUID, now: datetime) -> Document | None:
    """One entity's part in a programme, and what the actor may do with it."""
    row = await lane.row(_ONE, {"id": participant_id})
    if row is None:
        return None
    found = _facts(row, "")
    actions = [step.action for step in rules.TRANSITIONS if lifecycle.possible(actor, step, found)]
    return Document(with_actions(row["json"], actions), found.version)


_PROGRAMME_ID = bindparam("programme_id", type_=Uuid)


@lru_cache(maxsize=4)
def _list(given: frozenset[str], *, after: bool) -> Query:
    where = [_p.c.programme_id == _PROGRAMME_ID]
    if "in_force" in given:
        where.append(standing(_p))
    if after:
        where.append(_p.c.id > bindparam("after_id", type_=Uuid))
    page = (
        select(*_item(_p, _g, _e))
        .select_from(_joined)
        .where(*where)
        .order_by(_p.c.id)
        .limit(bindparam("count", type_=Integer))
    )
    items = sql.as_json(page, "id").subquery("items")
    parent = sql.alias(Programme, "parent")
    return Query(
        lambda: (
            select(*items.c)
            .select_from(parent.outerjoin(items, true()))
            .where(parent.c.id == _PROGRAMME_ID)
            .order_by(items.c.id)
        )
    )


async def many(
    lane: Lane,
    programme_id: UUID,
    in_force: bool | None,
    cursor: str | None,
    limit: int | None,
    now: datetime,
) -> bytes:
    """A page of the entities that take, or took, part in a programme, as JSON. Raises NotFound."""
    today: date = clock.day(now)
    return await listing.page(
        lane,
        _list,
        {"programme_id": programme_id, "in_force": in_force or None},
        {"id": UUID},
        cursor,
        limit,
        below=True,
        today=today,
    )
