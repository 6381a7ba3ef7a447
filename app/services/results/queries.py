"""Every select of results, always scoped to what the actor may see (Guide D-2, V-3)."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.sql.selectable import FromClause

from app import paging
from app.db import Lane, Query, Row
from app.enums import ChainState, Light
from app.models import Division, Entity, Evidence, Indicator, Result, ResultPart, Source
from app.parties import Actor, Facts
from app.services import lifecycle, sql
from app.services.documents import Document, with_actions
from app.services.evidence import of_results
from app.services.evidence.visibility import visible as visible_evidence
from app.services.initiatives import corrective
from app.services.people import visibility
from app.services.results import facts, rules
from app.services.results.visibility import at_work, control, nobody_left, visible
from app.services.scores import queries as scores

_result: FromClause = Result.__table__
_indicator: FromClause = Indicator.__table__
_entity: FromClause = Entity.__table__

ID = bindparam("id", type_=Uuid)


def _awaiting(r: FromClause, nobody: ColumnElement[bool]) -> ColumnElement[Any]:
    """Open waits, and the head where four eyes leaves nobody else."""
    return case(
        (r.c.state == sql.const(ChainState.APPROVED), func.json_build_array()),
        else_=sql.awaiting_or_head(
            r.c.id,
            nobody,
            action=case(
                (r.c.state == sql.const(ChainState.SUBMITTED), sql.const(rules.REVIEW.action)),
                else_=sql.const(rules.APPROVE.action),
            ),
            since=func.coalesce(r.c.reviewed_at, r.c.submitted_at),
        ),
    )


def _figure(
    r: FromClause, i: FromClause, e: FromClause, nobody: ColumnElement[bool]
) -> list[ColumnElement[Any]]:
    return [
        r.c.id,
        sql.ref(i).label("indicator"),
        sql.ref(e).label("entity"),
        r.c.period,
        r.c.period_start,
        r.c.period_end,
        r.c.revision,
        r.c.state,
        r.c.classification,
        func.trim_scale(r.c.value).label("value"),
        i.c.unit_ar,
        i.c.unit_en,
        r.c.rank,
        r.c.rank_of,
        func.trim_scale(r.c.numerator).label("numerator"),
        func.trim_scale(r.c.denominator).label("denominator"),
        r.c.obs_status,
        r.c.known_from,
        r.c.published_at,
        _awaiting(r, nobody).label("awaiting"),
        r.c.version,
    ]


def _joined(r: FromClause, i: FromClause, e: FromClause) -> FromClause:
    return r.join(i, i.c.id == r.c.indicator_id).join(e, e.c.id == r.c.entity_id)


def _parts(r: FromClause) -> ColumnElement[Any]:
    """What an approved result was composed of, for both sides of its contributions and UNIT."""
    p, e, of_part = (sql.alias(model) for model in (ResultPart, Entity, Result))
    item = sql.obj(
        contribution_id=p.c.contribution_id,
        contributor=sql.ref(e),
        weight=func.trim_scale(p.c.weight),
        result_id=select(of_part.c.id)
        .where(of_part.c.id == p.c.part_result_id, visible(of_part))
        .scalar_subquery(),
        absence=p.c.absence,
    )
    concerned = or_(
        r.c.entity_id == any_(visibility.ENTITIES),
        r.c.indicator_id == any_(visibility.SHARED),
        visibility.NATIONAL,
    )
    found = (
        select(sql.listed(item, p.c.contribution_id))
        .select_from(p.join(e, e.c.id == p.c.contributor_id))
        .where(p.c.result_id == r.c.id)
        .scalar_subquery()
    )
    return case((concerned, found), else_=func.json_build_array())


def _evidence(r: FromClause) -> ColumnElement[Any]:
    """What an approved result was approved with, of that what the reader may see; null where nothing was kept."""
    e = sql.alias(Evidence)
    each = func.jsonb_array_elements(r.c.evidence).table_valued("value", name="each")
    seen = (
        select(
            func.coalesce(func.jsonb_agg(sql.ordered(each.c.value, e.c.id)), literal_column("'[]'::jsonb"))
        )
        .select_from(each.join(e, e.c.id == each.c.value.op("->>")(literal_column("'id'")).cast(Uuid)))
        .where(visible_evidence(e, of_results.sight_of_result(r)))
        .scalar_subquery()
    )
    return case((r.c.evidence.is_not(None), seen))


def _one(*where: ColumnElement[bool]) -> Select[Any]:
    r, i, e = _result, _indicator, _entity

    def inside(fact: ColumnElement[Any]) -> ColumnElement[Any]:
        """What went before the approval is for those who were at work on it, as in the history (V-3)."""
        return case((at_work(r), fact))

    older, newer = _result.alias(), _result.alias()
    controlled = control(r)
    source = Source.__table__
    return (
        select(
            *_figure(r, i, e, controlled.c.nobody_left),
            sql.ref_by_id(Division.__table__, r.c.division_id).label("division"),
            select(older.c.id)
            .where(older.c.id == r.c.corrects_id, visible(older))
            .scalar_subquery()
            .label("corrects_id"),
            select(newer.c.id)
            .where(
                newer.c.corrects_id == r.c.id,
                newer.c.state == sql.const(ChainState.APPROVED),
                visible(newer),
            )
            .scalar_subquery()
            .label("corrected_by_id"),
            r.c.note,
            r.c.recorded_at,
            inside(sql.person(r.c.entered_by_id)).label("entered_by"),
            inside(r.c.entered_at).label("entered_at"),
            inside(sql.person(r.c.submitted_by_id)).label("submitted_by"),
            inside(r.c.submitted_at).label("submitted_at"),
            inside(sql.person(r.c.reviewed_by_id)).label("reviewed_by"),
            inside(r.c.reviewed_at).label("reviewed_at"),
            sql.person(r.c.approved_by_id).label("approved_by"),
            r.c.approved_at,
            case(
                (
                    r.c.returned_at.is_not(None),
                    sql.obj(by=sql.person(r.c.returned_by_id), at=r.c.returned_at, reason=r.c.return_reason),
                )
            ).label("returned"),
            r.c.exceptional,
            select(sql.obj(title=source.c.title, license=source.c.license, attribution=source.c.attribution))
            .where(source.c.id == r.c.source_id)
            .scalar_subquery()
            .label("source"),
            _parts(r).label("parts"),
            _evidence(r).label("evidence"),
            *scores.columns(r, i),
            corrective.exists_for(i).label("_corrective"),
            *facts.columns(r, i, controlled.c.nobody_left),
        )
        .select_from(_joined(r, i, e).join(controlled, true()))
        .where(visible(r), *where)
    )


_BESIDE = (*scores.COLUMNS, "_corrective", *facts.COLUMNS)

_ONE = Query(lambda: sql.as_json(_one(_result.c.id == ID), *_BESIDE))

_EARLIER = _result.alias("asked")
_AS_OF = Query(
    lambda: sql.as_json(
        _one(
            _EARLIER.c.id == ID,
            visible(_EARLIER),
            _result.c.indicator_id == _EARLIER.c.indicator_id,
            _result.c.period_start == _EARLIER.c.period_start,
            _result.c.period_end == _EARLIER.c.period_end,
            _result.c.state == sql.const(ChainState.APPROVED),
            _result.c.known_from <= sql.AS_OF,
        )
        .order_by(_result.c.known_from.desc(), _result.c.revision.desc())
        .limit(1),
        *_BESIDE,
    )
)


def _actions(actor: Actor, found: Facts) -> list[str]:
    return [
        transition.action
        for transition in rules.TRANSITIONS
        if lifecycle.possible(actor, transition, found) and rules.open_now(transition, found.row)
    ]


def _document(actor: Actor, row: Row | None) -> Document | None:
    if row is None:
        return None
    found = facts.of(row, "")
    score = scores.of(row)
    red = json.loads(score)["light"] == Light.RED
    corrected = json.dumps(row["corrective"] if red else None)
    shown = f'{row["json"][:-1]},"score":{score},"corrective":{corrected}}}'
    return Document(with_actions(shown, _actions(actor, found)), found.version)


async def one(
    lane: Lane, actor: Actor, result_id: UUID, now: datetime, as_of: datetime | None = None
) -> Document | None:
    """One revision, or (`as_of`) the revision of the same figure that was known at that moment."""
    params = {**facts.params(actor, now), "id": result_id, "as_of": as_of}
    return _document(actor, await lane.row(_ONE if as_of is None else _AS_OF, params))


@dataclass(frozen=True)
class ResultFilter:
    """What a list of results is narrowed to. `as_of`: for each figure the revision known at that moment;
    without it, the newest visible revision, unless `all_revisions`."""

    indicator_id: UUID | None = None
    entity_id: UUID | None = None
    state: ChainState | None = None
    period: str | None = None
    from_period: date | None = None
    to_period: date | None = None
    as_of: datetime | None = None
    all_revisions: bool = False


@lru_cache(maxsize=256)
def _list(given: frozenset[str], *, after: bool) -> Query:
    """The list for one set of filters; compiled once each."""
    r, i, e = _result, _indicator, _entity
    where = [visible(r), *narrowed(r, given)]
    newer = _result.alias("newer")
    same_figure = and_(
        newer.c.indicator_id == r.c.indicator_id,
        newer.c.period_start == r.c.period_start,
        newer.c.period_end == r.c.period_end,
        visible(newer),
    )
    if "as_of" in given:
        approved = sql.const(ChainState.APPROVED)
        later = tuple_(newer.c.known_from, newer.c.revision) > tuple_(r.c.known_from, r.c.revision)
        where += [
            r.c.state == approved,
            r.c.known_from <= sql.AS_OF,
            ~exists(
                select(literal_column("1")).where(
                    same_figure, newer.c.state == approved, newer.c.known_from <= sql.AS_OF, later
                )
            ),
        ]
    elif "all_revisions" not in given:
        # A discarded revision does not stand for the figure, unless it is asked for.
        discarded = sql.const(ChainState.DISCARDED)
        same_state = [newer.c.state != discarded]
        if "state" in given:
            same_state = [newer.c.state == bindparam("state", type_=Text)]
        else:
            where.append(r.c.state != discarded)
        newest: Select[Any] = select(literal_column("1")).where(
            same_figure, newer.c.revision > r.c.revision, *same_state
        )
        # A page looks for each of its figures; joined, the planner would look for those of all of them first.
        where.append(~exists(newest.offset(literal_column("0"))))
    if after:
        last_end = bindparam("after_period_end", type_=Date)
        last_id = bindparam("after_id", type_=Uuid)
        # The first half bounds the index; the second leaves out what the last page showed of its last day.
        where += [r.c.period_end <= last_end, or_(r.c.period_end < last_end, r.c.id > last_id)]
    page = (
        select(*_figure(r, i, e, nobody_left(r)))
        .select_from(_joined(r, i, e))
        .where(*where)
        .order_by(r.c.period_end.desc(), r.c.id)
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "period_end", "id"))


def narrowed(r: FromClause, given: frozenset[str]) -> list[ColumnElement[bool]]:
    """The conditions of those filters that are given and look at the revision alone."""
    conditions: dict[str, ColumnElement[bool]] = {
        "indicator_id": r.c.indicator_id == bindparam("indicator_id", type_=Uuid),
        "entity_id": r.c.entity_id == bindparam("entity_id", type_=Uuid),
        "state": r.c.state == bindparam("state", type_=Text),
        "period": r.c.period == bindparam("period", type_=Text),
        "from_period": r.c.period_end >= bindparam("from_period", type_=Date),
        "to_period": r.c.period_start <= bindparam("to_period", type_=Date),
    }
    return [condition for name, condition in conditions.items() if name in given]


async def many(
    lane: Lane, actor: Actor, asked: ResultFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of results as JSON, newest period first."""
    filters = {name: value for name, value in asdict(asked).items() if value not in (None, False)}
    part = paging.page(cursor, limit, filters, (date.fromisoformat, UUID))
    params = {**facts.params(actor, now), **filters, "count": part.limit + 1}
    if part.after is not None:
        params["after_period_end"], params["after_id"] = part.after
    rows = await lane.rows(_list(frozenset(filters), after=part.after is not None), params)
    return paging.body(rows, part, filters, ("period_end", "id"))
