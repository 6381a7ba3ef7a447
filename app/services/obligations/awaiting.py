"""Whom a figure that is due waits for (Guide D-2): from the day on which its entry opens for who enters it, until somebody
has begun a revision or entry is closed.

That follows from the days, the revisions and the chain in force, none of which tells it. So the clock compares what
waits with what should, and the inbox looks again whether it still does.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    and_,
    bindparam,
    case,
    column,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.sql.selectable import FromClause

from app import clock
from app.db import Compilable, Lane, Query, Row
from app.enums import Step, SubjectKind
from app.models import Indicator, Obligation, Wait
from app.parties import Facts
from app.services import lifecycle, sql
from app.services.obligations import rules
from app.services.obligations import state as standing
from app.services.results import rules as results
from app.services.role_plans import chains
from app.services.transitions import Awaited

BATCH = 500
"""Figures of one transaction."""

AWAIT = "obligations.await"
"""The event from which it waits. The clock brings it about, and nothing is done in it."""

_FIRST, _FINAL = Awaited(Step.ENTER, rules.ENTER), Awaited(Step.ENTER, results.CORRECT.action)
"""A first figure is entered; the final one that follows a preliminary one corrects it."""


def awaited(o: FromClause, f: FromClause) -> ColumnElement[bool]:
    """Whether the obligation `o`, whose `figure` is `f`, waits today for who enters it, in the eyes of whoever is at home
    there."""
    return and_(
        o.c.replaced_at.is_(None),
        o.c.excused_at.is_(None),
        o.c.served_on.is_(None),
        o.c.opens_on <= sql.TODAY,
        not_(or_(f.c.complete, f.c.in_review, f.c.drafted)),
        or_(not_(standing.closed(o)), and_(not_(f.c.exists), standing.has_leave(o))),
    )


def _differing() -> Compilable:
    """What waits otherwise than it should. `action`, `parties`, `due`: as it should be, null where nothing should wait;
    `same`: only the day differs."""
    o, i, w = Obligation.__table__, Indicator.__table__, Wait.__table__
    f = standing.figure(o)
    owed = (
        select(
            o.c.id,
            case((f.c.exists, sql.const(_FINAL.action)), else_=sql.const(_FIRST.action)).label("action"),
            chains.enter_keys(i).label("parties"),
            o.c.due_on.label("due"),
        )
        .select_from(o.join(i, i.c.id == o.c.indicator_id).join(f, true()))
        .where(awaited(o, f))
        .subquery("owed")
    )
    # Where the chain names nobody who enters, nobody is waited for.
    should = select(owed).where(func.cardinality(owed.c.parties) > literal_column("0")).subquery("should")
    does = (
        select(
            w.c.subject_id.label("id"),
            func.min(w.c.action).label("action"),
            func.array_agg(sql.ordered(w.c.party, w.c.rank)).label("parties"),
            func.min(w.c.due).label("due"),
        )
        .select_from(w.join(o, o.c.id == w.c.subject_id))
        .where(w.c.closed_at.is_(None))
        .group_by(w.c.subject_id)
        .subquery("does")
    )
    id_ = func.coalesce(should.c.id, does.c.id)
    same = and_(should.c.action == does.c.action, should.c.parties == does.c.parties)
    return (
        select(
            o.c.id,
            o.c.entity_id,
            should.c.action,
            should.c.parties,
            should.c.due,
            func.coalesce(same, false()).label("same"),
        )
        .select_from(should.outerjoin(does, should.c.id == does.c.id, full=True).join(o, o.c.id == id_))
        .where(
            or_(*(should.c[name].is_distinct_from(does.c[name]) for name in ("action", "parties", "due"))),
        )
        .order_by(o.c.id)
        .limit(bindparam("batch", type_=Integer))
    )


_DIFFERING = Query(_differing)
_ALONE = Query(
    lambda: text("select pg_advisory_xact_lock(hashtext('mutabaa awaiting'))").columns(column("held"))
)

Transaction = Callable[[], AbstractAsyncContextManager[Lane]]


async def follow(begun: Transaction, now: datetime) -> int:
    """Bring what waits to what should: answers of how many figures. A second run finds nothing left to do; of two at
    once, each waits for the other's batches. `begun`: gives a transaction that sees the rows of every entity."""
    done = 0
    while True:
        async with begun() as lane:
            await lane.row(_ALONE, {})
            differing = await lane.rows(_DIFFERING, params(now))
            await _bring(lane, differing, now)
        done += len(differing)
        if len(differing) < BATCH:
            return done


def params(now: datetime) -> dict[str, Any]:
    """What the statement is given: it looks at the figures of every entity."""
    return {"actor_entities": [], "actor_national": True, "today": clock.day(now), "batch": BATCH}


async def _bring(lane: Lane, differing: Sequence[Row], now: datetime) -> None:
    for awaited_ in (_FIRST, _FINAL):
        waiting = [_facts(row) for row in differing if row["action"] == awaited_.action and not row["same"]]
        if waiting:
            await lifecycle.await_many(lane, AWAIT, waiting, awaited_, at=now)
    if moved := {row["id"]: row["due"] for row in differing if row["same"]}:
        await lifecycle.wait_until(lane, moved)
    if settled := [row["id"] for row in differing if row["action"] is None]:
        await lifecycle.wait_no_more(lane, settled, at=now)


def _facts(row: Row) -> Facts:
    return Facts(
        SubjectKind.OBLIGATION,
        row["id"],
        row["entity_id"],
        steps={Step.ENTER: tuple(row["parties"])},
        due={Step.ENTER: row["due"]},
    )
