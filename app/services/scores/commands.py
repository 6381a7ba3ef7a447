"""Every write of scores and standings: both are derived, and written with what they are derived from."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
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
    true,
    union,
    values,
)
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.sql.selectable import CTE, FromClause

from app.db import Lane, Query
from app.enums import ChainState, Classification, ObservationStatus, Scope, TargetKind
from app.models import Definition, Indicator, Result, Score, Standing
from app.services import sql
from app.services.obligations.state import served
from app.services.scores.live import scorable, scored

BATCH = 2000
"""How many results `fill` scores at once."""

_ONE: ColumnElement[int] = literal_column("1", Integer)
_score: FromClause = Score.__table__
_standing: FromClause = Standing.__table__
_KEPT = tuple(column.name for column in _score.columns)
_SHOWN = ("progress", "on_track", "light")


async def keep(lane: Lane, result_ids: Sequence[UUID]) -> None:
    """Score these approved results and say anew where their indicators stand, in one statement whatever their number.

    To be called when results are approved, published or loaded, in the same transaction, by who holds the
    indicators (`results.facts.held`): two who approve figures of one indicator at once would not see each
    other's. A figure that changes the mean of later ones brings their scores with it.
    """
    if result_ids:
        await lane.row(_KEEP, {"ids": list(result_ids)})


async def renew(lane: Lane, indicator_ids: Collection[UUID], definition_ids: Collection[UUID]) -> None:
    """Score the approved results of these indicators and versions of definitions anew.

    For a load that changed what they are held against; what people put in force never changes.
    """
    asked = {"indicator_ids": list(indicator_ids), "definition_ids": list(definition_ids)}
    rows = await lane.rows(_RESTING_ON, asked)
    await keep(lane, [row["id"] for row in rows])


async def fill(lane: Lane, batch: int = BATCH) -> int:
    """Score up to `batch` approved results that have no score yet; returns how many there were.

    For what was approved before scores were kept.
    """
    rows = await lane.rows(_MISSING, {"batch": batch})
    await keep(lane, [row["id"] for row in rows])
    return len(rows)


def _missing() -> Select[Any]:
    r, i = Result.__table__, Indicator.__table__
    has: Select[Any] = select(_ONE).where(_score.c.result_id == r.c.id)
    return (
        select(r.c.id)
        .select_from(r.join(i, i.c.id == r.c.indicator_id))
        .where(r.c.state == sql.const(ChainState.APPROVED), ~exists(has))
        .order_by(i.c.id, r.c.id)
        .limit(bindparam("batch", type_=Integer))
        .with_for_update(key_share=True, of=i)
    )


def _resting_on() -> Select[Any]:
    r, i = Result.__table__, Indicator.__table__
    by_indicator = r.c.indicator_id == any_(bindparam("indicator_ids", type_=ARRAY(Uuid)))
    by_definition = r.c.definition_id == any_(bindparam("definition_ids", type_=ARRAY(Uuid)))
    return (
        select(r.c.id)
        .select_from(r.join(i, i.c.id == r.c.indicator_id))
        .where(r.c.state == sql.const(ChainState.APPROVED), or_(by_indicator, by_definition))
        .order_by(i.c.id, r.c.id)
        .with_for_update(key_share=True, of=i)
    )


def _told() -> CTE:
    """The results to score: those named, and later ones whose average they are part of."""
    r, i, d = Result.__table__, Indicator.__table__, Definition.__table__
    s, named = _score.alias("averaged"), r.alias("named")
    asked = select(func.unnest(bindparam("ids", type_=ARRAY(Uuid))).column_valued("asked"))
    later: Select[Any] = (
        select(s.c.result_id)
        .select_from(s.join(named, named.c.indicator_id == s.c.indicator_id))
        .where(
            named.c.id.in_(asked),
            s.c.target_kind == sql.const(TargetKind.AVERAGE),
            s.c.period_end > named.c.period_end,
        )
    )
    counted = and_(
        r.c.classification != sql.const(Classification.RESTRICTED),
        r.c.obs_status != sql.const(ObservationStatus.FORECAST),
    )
    return (
        select(
            *(r.c.id, r.c.entity_id, r.c.revision, r.c.known_from, r.c.obs_status),
            func.coalesce(r.c.submitted_at, r.c.known_from).label("handed_in"),
            counted.label("counted"),
            *scorable(r, i, d),
        )
        .select_from(r.join(i, i.c.id == r.c.indicator_id).join(d, d.c.id == r.c.definition_id))
        .where(r.c.id.in_(union(asked, later)), r.c.state == sql.const(ChainState.APPROVED))
        .cte("told")
    )


def _kept(told: CTE) -> CTE:
    """Their scores, as they are written."""
    score = scored(told)
    found = {column.name: column for column in (*told.columns, *score.columns)} | {"result_id": told.c.id}
    written = insert(Score).from_select(
        list(_KEPT),
        select(*[found[name].label(name) for name in _KEPT]).select_from(told.join(score, true())),
    )
    new = {name: written.excluded[name] for name in _KEPT if name != "result_id"}
    return (
        written.on_conflict_do_update(index_elements=["result_id"], set_=new)
        .returning(*[_score.c[name] for name in _KEPT])
        .cte("kept")
    )


def _stood(kept: CTE) -> CTE:
    """Where their indicators stand, as it is written: the newest of what is scored now and of what stood before."""
    of_these = select(kept.c.indicator_id)
    before: Select[Any] = (
        select(*_score.c)
        .select_from(
            _standing.join(
                _score,
                or_(_score.c.result_id == _standing.c.result_id, _score.c.result_id == _standing.c.before_id),
            )
        )
        .where(
            _standing.c.indicator_id.in_(of_these),
            ~exists(select(_ONE).where(kept.c.result_id == _score.c.result_id)),
        )
    )
    candidate = union(select(*[kept.c[name] for name in _KEPT]), before).cte("candidate")
    scope = values(literal_column("scope", Text), name="scopes").data([(sql.const(one),) for one in Scope])
    of_scope = and_(
        candidate.c.counted,
        or_(scope.c.scope == sql.const(Scope.INTERNAL), candidate.c.published),
    )
    scoped = select(scope.c.scope, *candidate.c).select_from(candidate.join(scope, of_scope)).cte("scoped")
    newest = (
        select(*scoped.c)
        .ext(distinct_on(scoped.c.indicator_id, scoped.c.scope))
        .order_by(scoped.c.indicator_id, scoped.c.scope, *_newest_first(scoped))
        .cte("newest")
    )
    earlier = scoped.alias("earlier")
    same = and_(earlier.c.indicator_id == newest.c.indicator_id, earlier.c.scope == newest.c.scope)
    last = (
        select(*earlier.c)
        .ext(distinct_on(earlier.c.indicator_id, earlier.c.scope))
        .select_from(earlier.join(newest, and_(same, earlier.c.period_end < newest.c.period_end)))
        .order_by(earlier.c.indicator_id, earlier.c.scope, *_newest_first(earlier))
        .cte("last")
    )
    of_last = and_(last.c.indicator_id == newest.c.indicator_id, last.c.scope == newest.c.scope)
    names = [column.name for column in _standing.columns]
    found: dict[str, ColumnElement[Any]] = {name: newest.c[name] for name in names if name in newest.c}
    found |= {"before_id": last.c.result_id, **{f"before_{name}": last.c[name] for name in _SHOWN}}
    written = insert(Standing).from_select(
        names,
        select(*[found[name].label(name) for name in names]).select_from(newest.outerjoin(last, of_last)),
    )
    key = ["indicator_id", "scope"]
    new = {name: written.excluded[name] for name in names if name not in key}
    return (
        written.on_conflict_do_update(index_elements=key, set_=new)
        .returning(_standing.c.indicator_id)
        .cte("stood")
    )


def _newest_first(s: FromClause) -> tuple[ColumnElement[Any], ...]:
    return s.c.period_end.desc(), s.c.period_start.desc(), s.c.revision.desc()


def _keep() -> Select[Any]:
    told = _told()
    written = (_stood(_kept(told)), served(told))
    return select(
        *(select(func.count()).select_from(cte).scalar_subquery().label(cte.name) for cte in written)
    )


_KEEP = Query(_keep)
_MISSING = Query(_missing)
_RESTING_ON = Query(_resting_on)
