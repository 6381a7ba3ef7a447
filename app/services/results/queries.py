"""Every select of results, always scoped to what the actor may see (Guide D-2, V-3)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Date,
    DateTime,
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
    null,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.selectable import FromClause

from app import clock, paging
from app.db import Lane, Query, Row
from app.enums import Chain, Party, ReopeningState, ResultState, Step, SubjectKind
from app.models import Division, Entity, Indicator, Reopening, Result, Source
from app.parties import Actor, Facts
from app.services import lifecycle, sql
from app.services.documents import Document, with_actions
from app.services.people import visibility
from app.services.results import rules
from app.services.results.visibility import at_work, nobody_left, visible
from app.services.role_plans import chains

_result: FromClause = Result.__table__
_indicator: FromClause = Indicator.__table__
_entity: FromClause = Entity.__table__

ID = bindparam("id", type_=Uuid)


def _awaiting(r: FromClause) -> ColumnElement[Any]:
    """Open waits, and the head where four eyes leaves nobody else."""
    head = func.json_build_array(
        sql.obj(
            party=sql.const(Party.HEAD),
            division=null(),
            action=case(
                (r.c.state == sql.const(ResultState.SUBMITTED), sql.const(rules.REVIEW.action)),
                else_=sql.const(rules.APPROVE.action),
            ),
            substitute=true(),
            since=func.coalesce(r.c.reviewed_at, r.c.submitted_at),
            due=null(),
        )
    ).cast(JSONB)
    return case(
        (r.c.state == sql.const(ResultState.APPROVED), func.json_build_array()),
        else_=(
            sql.awaiting(r.c.id).cast(JSONB) + case((nobody_left(r), head), else_=func.jsonb_build_array())
        ).cast(JSON),
    )


def _figure(r: FromClause, i: FromClause, e: FromClause) -> list[ColumnElement[Any]]:
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
        _awaiting(r).label("awaiting"),
        r.c.version,
    ]


def _joined(r: FromClause, i: FromClause, e: FromClause) -> FromClause:
    return r.join(i, i.c.id == r.c.indicator_id).join(e, e.c.id == r.c.entity_id)


_FACTS = (
    "_id",
    "_entity_id",
    "_state",
    "_version",
    "_parties_enter",
    "_parties_review",
    "_parties_approve",
    "_edited_by",
    "_controlled_by",
    "_nobody_left",
    "_indicator_id",
    "_level",
    "_in_scorecard",
    "_measure",
    "_has_later",
    "_reopening_id",
    "_has_reopening",
    "_value",
    "_rank",
    "_rank_of",
    "_numerator",
    "_denominator",
    "_obs_status",
    "_note",
    "_classification",
    "_period_start",
    "_period_end",
    "_reopening_version",
    "_chain",
    "_in_charge",
)


def _fact_columns(r: FromClause, i: FromClause) -> list[ColumnElement[Any]]:
    later = _result.alias()
    opened = Reopening.__table__
    granted = and_(
        opened.c.result_id == r.c.id,
        opened.c.state == sql.const(ReopeningState.GRANTED),
        opened.c.expires_on >= sql.TODAY,
    )
    return [
        r.c.id.label("_id"),
        r.c.entity_id.label("_entity_id"),
        r.c.state.label("_state"),
        r.c.version.label("_version"),
        r.c.parties_enter.label("_parties_enter"),
        r.c.parties_review.label("_parties_review"),
        r.c.parties_approve.label("_parties_approve"),
        r.c.edited_by.label("_edited_by"),
        r.c.controlled_by.label("_controlled_by"),
        nobody_left(r).label("_nobody_left"),
        i.c.id.label("_indicator_id"),
        i.c.level.label("_level"),
        i.c.in_scorecard.label("_in_scorecard"),
        i.c.measure.label("_measure"),
        exists(
            select(literal_column("1")).where(
                later.c.corrects_id == r.c.id, later.c.state != sql.const(ResultState.DISCARDED)
            )
        ).label("_has_later"),
        select(opened.c.id)
        .where(granted)
        .limit(literal_column("1"))
        .scalar_subquery()
        .label("_reopening_id"),
        exists(
            select(literal_column("1")).where(
                opened.c.result_id == r.c.id,
                or_(opened.c.state == sql.const(ReopeningState.ASKED), granted),
            )
        ).label("_has_reopening"),
        r.c.value.label("_value"),
        r.c.rank.label("_rank"),
        r.c.rank_of.label("_rank_of"),
        r.c.numerator.label("_numerator"),
        r.c.denominator.label("_denominator"),
        r.c.obs_status.label("_obs_status"),
        r.c.note.label("_note"),
        r.c.classification.label("_classification"),
        r.c.period_start.label("_period_start"),
        r.c.period_end.label("_period_end"),
        select(opened.c.version)
        .where(granted)
        .limit(literal_column("1"))
        .scalar_subquery()
        .label("_reopening_version"),
        # A correction is begun by the chain in force, whatever chain the approved figure came by.
        case(
            (
                r.c.state == sql.const(ResultState.APPROVED),
                chains.steps_in_force(Chain.RESULTS, r.c.entity_id),
            )
        ).label("_chain"),
        i.c.division_id.label("_in_charge"),
    ]


def _one(*where: ColumnElement[bool]) -> Select[Any]:
    r, i, e = _result, _indicator, _entity

    def inside(fact: ColumnElement[Any]) -> ColumnElement[Any]:
        """What went before the approval is for those who were at work on it, as in the history (V-3)."""
        return case((at_work(r), fact))

    older, newer = _result.alias(), _result.alias()
    source = Source.__table__
    return (
        select(
            *_figure(r, i, e),
            sql.ref_by_id(Division.__table__, r.c.division_id).label("division"),
            select(older.c.id)
            .where(older.c.id == r.c.corrects_id, visible(older))
            .scalar_subquery()
            .label("corrects_id"),
            select(newer.c.id)
            .where(
                newer.c.corrects_id == r.c.id,
                newer.c.state == sql.const(ResultState.APPROVED),
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
            *_fact_columns(r, i),
        )
        .select_from(_joined(r, i, e))
        .where(visible(r), *where)
    )


_ONE = Query(sql.as_json(_one(_result.c.id == ID), *_FACTS))

_EARLIER = _result.alias("asked")
_AS_OF = Query(
    sql.as_json(
        _one(
            _EARLIER.c.id == ID,
            visible(_EARLIER),
            _result.c.indicator_id == _EARLIER.c.indicator_id,
            _result.c.period_start == _EARLIER.c.period_start,
            _result.c.period_end == _EARLIER.c.period_end,
            _result.c.state == sql.const(ResultState.APPROVED),
            _result.c.known_from <= bindparam("as_of", type_=DateTime(timezone=True)),
        )
        .order_by(_result.c.known_from.desc(), _result.c.revision.desc())
        .limit(1),
        *_FACTS,
    )
)

_MANY_FACTS = Query(
    select(*_fact_columns(_result, _indicator), _result.c.corrects_id.label("_corrects_id"))
    .select_from(_result.join(_indicator, _indicator.c.id == _result.c.indicator_id))
    .where(_result.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))), visible(_result))
)


def _facts(row: Row, prefix: str) -> Facts:
    steps = {
        Step.ENTER.value: tuple(row[f"{prefix}parties_enter"]),
        Step.REVIEW.value: tuple(row[f"{prefix}parties_review"]),
        Step.APPROVE.value: tuple(row[f"{prefix}parties_approve"]),
    }
    state = row[f"{prefix}state"]
    if state == ResultState.APPROVED:
        entity_id, in_charge = row[f"{prefix}entity_id"], row[f"{prefix}in_charge"]
        steps[Step.ENTER] = chains.keys(Chain.RESULTS, row[f"{prefix}chain"], entity_id, in_charge)[
            Step.ENTER
        ]
    steps["control"] = rules.control_parties(state, steps)
    # Four eyes has a meaning only while a control step is due; afterwards the state refuses (409).
    controlled = state in rules.CONTROLLED
    return Facts(
        kind=SubjectKind.RESULT,
        id=row[f"{prefix}id"],
        entity_id=row[f"{prefix}entity_id"],
        state=state,
        version=row[f"{prefix}version"],
        steps=steps,
        edited_by=frozenset(row[f"{prefix}edited_by"]) if controlled else frozenset(),
        controlled_by=frozenset(row[f"{prefix}controlled_by"]) if controlled else frozenset(),
        nobody_left=rules.DUE[state] if row[f"{prefix}nobody_left"] else frozenset(),
        row={name: row[f"{prefix}{name}"] for name in _AREA_FACTS},
    )


_AREA_FACTS = tuple(name.removeprefix("_") for name in _FACTS[_FACTS.index("_indicator_id") :])


def _actions(actor: Actor, facts: Facts) -> list[str]:
    return [
        transition.action
        for transition in rules.TRANSITIONS
        if lifecycle.possible(actor, transition, facts) and rules.open_now(transition, facts.row)
    ]


def _document(actor: Actor, row: Row | None) -> Document | None:
    if row is None:
        return None
    facts = _facts(row, "")
    return Document(with_actions(row["json"], _actions(actor, facts)), facts.version)


def _params(actor: Actor, now: datetime) -> dict[str, Any]:
    return {**visibility.of(actor), "now": now, "today": clock.day(now)}


async def one(
    lane: Lane, actor: Actor, result_id: UUID, now: datetime, as_of: datetime | None = None
) -> Document | None:
    """One revision, or (`as_of`) the revision of the same figure that was known at that moment."""
    params = {**_params(actor, now), "id": result_id, "as_of": as_of}
    return _document(actor, await lane.row(_ONE if as_of is None else _AS_OF, params))


async def facts(lane: Lane, actor: Actor, result_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a result that the actor may see."""
    found = await many_facts(lane, actor, [result_id], now)
    return found.get(result_id)


async def many_facts(
    lane: Lane, actor: Actor, result_ids: Sequence[UUID], now: datetime
) -> Mapping[UUID, Facts]:
    """The same for many, in one statement; what is not visible is not in the answer."""
    rows = await lane.rows(_MANY_FACTS, {**_params(actor, now), "ids": list(result_ids)})
    return {row["_id"]: _facts(row, "_") for row in rows}


@dataclass(frozen=True)
class ResultFilter:
    """What a list of results is narrowed to. `as_of`: for each figure the revision known at that moment;
    without it, the newest visible revision, unless `all_revisions`."""

    indicator_id: UUID | None = None
    entity_id: UUID | None = None
    state: ResultState | None = None
    period: str | None = None
    from_period: date | None = None
    to_period: date | None = None
    as_of: datetime | None = None
    all_revisions: bool = False


@lru_cache(maxsize=256)
def _list(given: frozenset[str], *, after: bool) -> Query:
    """The list for one set of filters; compiled once each."""
    r, i, e = _result, _indicator, _entity
    where = [visible(r), *_narrowed(r, given)]
    newer = _result.alias("newer")
    same_figure = and_(
        newer.c.indicator_id == r.c.indicator_id,
        newer.c.period_start == r.c.period_start,
        newer.c.period_end == r.c.period_end,
        visible(newer),
    )
    if "as_of" in given:
        known = bindparam("as_of", type_=DateTime(timezone=True))
        approved = sql.const(ResultState.APPROVED)
        later = tuple_(newer.c.known_from, newer.c.revision) > tuple_(r.c.known_from, r.c.revision)
        where += [
            r.c.state == approved,
            r.c.known_from <= known,
            ~exists(
                select(literal_column("1")).where(
                    same_figure, newer.c.state == approved, newer.c.known_from <= known, later
                )
            ),
        ]
    elif "all_revisions" not in given:
        # A discarded revision does not stand for the figure, unless it is asked for.
        discarded = sql.const(ResultState.DISCARDED)
        same_state = [newer.c.state != discarded]
        if "state" in given:
            same_state = [newer.c.state == bindparam("state", type_=Text)]
        else:
            where.append(r.c.state != discarded)
        where.append(
            ~exists(
                select(literal_column("1")).where(same_figure, newer.c.revision > r.c.revision, *same_state)
            )
        )
    if after:
        last_end = bindparam("after_period_end", type_=Date)
        last_id = bindparam("after_id", type_=Uuid)
        where.append(or_(r.c.period_end < last_end, and_(r.c.period_end == last_end, r.c.id > last_id)))
    page = (
        select(*_figure(r, i, e))
        .select_from(_joined(r, i, e))
        .where(*where)
        .order_by(r.c.period_end.desc(), r.c.id)
        .limit(bindparam("count", type_=Integer))
    )
    return Query(sql.as_json(page, "period_end", "id"))


def _narrowed(r: FromClause, given: frozenset[str]) -> list[ColumnElement[bool]]:
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
    params = {**_params(actor, now), **filters, "count": part.limit + 1}
    if part.after is not None:
        params["after_period_end"], params["after_id"] = part.after
    rows = await lane.rows(_list(frozenset(filters), after=part.after is not None), params)
    return paging.body(rows, part, filters, ("period_end", "id"))
