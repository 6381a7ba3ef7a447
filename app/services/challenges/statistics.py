"""How challenges stand, over those that the reader may see: open, overdue, and the median of days at each level."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Numeric,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.selectable import CTE, FromClause, ScalarSelect

from app import clock
from app.db import Lane, Query
from app.enums.challenges import ChallengeKind, ChallengeLevel, ChallengeState
from app.models import ChallengeStay, Entity, Priority
from app.parties import Actor
from app.services import sql
from app.services.challenges import queries
from app.services.challenges.facts import C
from app.services.challenges.visibility import overdue, visible
from app.services.documents import Document
from app.services.people import visibility

_HALF = literal_column("0.5", Numeric)


@dataclass(frozen=True)
class StatisticsFilter:
    """What is counted. `since`, `until`: the days of Oman on which the challenges were opened, both included."""

    entity_id: UUID | None = None
    priority_id: UUID | None = None
    kind: ChallengeKind | None = None
    since: date | None = None
    until: date | None = None


def _challenges(given: frozenset[str]) -> CTE:
    day = func.timezone(literal_column("'Asia/Muscat'"), C.c.opened_at).cast(Date)
    spans = {
        "since": day >= bindparam("since", type_=Date),
        "until": day <= bindparam("until", type_=Date),
    }
    where = [visible(C), *queries.narrowed(given), *[spans[name] for name in spans if name in given]]
    return (
        select(
            C.c.id,
            C.c.entity_id,
            C.c.priority_id,
            C.c.kind,
            C.c.level,
            C.c.state,
            overdue(C).label("overdue"),
        )
        .where(*where)
        .cte("counted")
    )


def _counts(c: FromClause) -> dict[str, ColumnElement[Any]]:
    open_ = c.c.level.is_not(None)
    return {
        "total": func.count(),
        "open": func.count().filter(open_),
        "overdue": func.count().filter(c.c.overdue),
        "closed": func.count().filter(c.c.state == sql.const(ChallengeState.CLOSED)),
        "accepted": func.count().filter(c.c.state == sql.const(ChallengeState.ACCEPTED)),
    }


def _median(days: ColumnElement[Any]) -> ColumnElement[Any]:
    middle = func.percentile_cont(_HALF).within_group(days)
    return func.trim_scale(func.round(cast(middle, Numeric), literal_column("1")))


def _stays(c: CTE, more: Any = ()) -> FromClause:
    """The stays of what is counted, that have ended or not."""
    t = sql.alias(ChallengeStay, "stay")
    return (
        select(t.c.level, t.c.days, t.c.ended_at, c.c.id, c.c.kind, c.c.entity_id, c.c.priority_id)
        .select_from(t.join(c, c.c.id == t.c.challenge_id))
        .subquery("stays")
    )


def _levels(c: CTE) -> ScalarSelect[Any]:
    stays = _stays(c)
    named = (
        func.unnest(array([sql.const(level) for level in ChallengeLevel]))
        .table_valued("level", with_ordinality="position", name="named")
        .render_derived()
    )

    def of(*columns: ColumnElement[Any], source: FromClause) -> Select[Any]:
        return select(*columns).select_from(source).where(source.c.level == named.c.level).correlate(named)

    ended = of(func.count(), source=stays).where(stays.c.ended_at.is_not(None)).scalar_subquery()
    item = sql.obj(
        level=named.c.level,
        open=of(func.count(), source=c).scalar_subquery(),
        overdue=of(func.count().filter(c.c.overdue), source=c).scalar_subquery(),
        ended=ended,
        median_days=of(_median(stays.c.days), source=stays).scalar_subquery(),
    )
    return select(sql.listed(item, named.c.position)).select_from(named).scalar_subquery()


def _groups(c: CTE, key: str, shown: dict[str, Any]) -> ScalarSelect[Any]:
    """One line for each value of `key`, the most open ones first. The median is of whole lives: of the days at all levels."""
    stays = _stays(c)
    lives = (
        select(stays.c.id, func.sum(stays.c.days).label("days"))
        .group_by(stays.c.id)
        .having(func.bool_and(stays.c.ended_at.is_not(None)))
        .subquery("lives")
    )
    counted = (
        select(
            c.c[key].label("key"),
            *[column.label(name) for name, column in _counts(c).items()],
            _median(lives.c.days).label("median_days"),
        )
        .select_from(c.outerjoin(lives, lives.c.id == c.c.id))
        .group_by(c.c[key])
        .subquery("groups")
    )
    item = sql.obj(
        **{name: of(counted.c.key) for name, of in shown.items()},
        **{name: counted.c[name] for name in (*_counts(c), "median_days")},
    )
    most: ColumnElement[Any] = literal_column("200")
    top = (
        select(item.label("item"), counted.c.open, counted.c.total, cast(counted.c.key, Text).label("key"))
        .order_by(counted.c.open.desc(), counted.c.total.desc(), cast(counted.c.key, Text))
        .limit(most)
        .subquery("top")
    )
    return select(sql.listed(top.c.item, top.c.open.desc(), top.c.total.desc(), top.c.key)).scalar_subquery()


@lru_cache(maxsize=64)
def _query(given: frozenset[str]) -> Query:
    c = _challenges(given)
    counted = (
        select(*[column.label(name) for name, column in _counts(c).items()]).select_from(c).subquery("all")
    )
    page = select(
        *[counted.c[name] for name in _counts(c)],
        _levels(c).label("levels"),
        _groups(c, "kind", {"kind": lambda key: key}).label("by_kind"),
        _groups(c, "entity_id", {"entity": lambda key: sql.ref_by_id(Entity.__table__, key)}).label(
            "by_entity"
        ),
        _groups(c, "priority_id", {"priority": lambda key: sql.ref_by_id(Priority.__table__, key)}).label(
            "by_priority"
        ),
    )
    return Query(lambda: sql.as_json(page.add_cte(c)))


async def of(lane: Lane, actor: Actor, asked: StatisticsFilter, now: datetime) -> Document:
    """The statistics of the challenges that the actor may see, in one statement."""
    given = {name: value for name, value in asdict(asked).items() if value is not None}
    params = {**visibility.of(actor), **given, "now": now, "today": clock.day(now)}
    row = await lane.row(_query(frozenset(given)), params)
    if row is None:  # aggregates without a group answer one row
        raise RuntimeError("the challenges cannot be counted")
    # Counted for this moment, it has no version of its own: it is 1, and the hash of the body tells a change.
    return Document(row["json"].encode(), version=1)
