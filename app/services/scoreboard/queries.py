"""Where entities, priorities, pillars and the nation stand, as the reader sees it (Guide M-8)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Numeric,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.sql.selectable import FromClause, ScalarSelect, Subquery

from app import clock, errors
from app.db import Lane, Query
from app.enums import IndicatorLevel, IndicatorState, Light, ObligationState, TargetKind
from app.enums.scorecards import ScorecardState
from app.models import (
    Entity,
    Indicator,
    Obligation,
    Pillar,
    Priority,
    Score,
    Scorecard,
    ScorecardLine,
    Standing,
)
from app.parties import Actor
from app.services import sql
from app.services.documents import Document
from app.services.indicators import standing
from app.services.indicators.visibility import sees_approved
from app.services.initiatives import corrective
from app.services.obligations import queries as obligations
from app.services.obligations import state as due
from app.services.scoreboard.rates_sql import with_rates
from app.services.scoreboard.roll_up_sql import rolled_up
from app.services.scoreboard.rules import MINIMUM_COVERAGE, rated_since

By = Literal["entity", "priority", "pillar", "nation"]

_OPENS: dict[By, By] = {"nation": "pillar", "pillar": "priority", "priority": "entity"}
"""The lines that a line opens into."""

_i: FromClause = Indicator.__table__
_p: FromClause = Priority.__table__
_ONE: ColumnElement[int] = literal_column("1", Integer)
CARRIED = bindparam("carried", type_=Text)
MOMENT = bindparam("moment", type_=Text)


@dataclass(frozen=True)
class ScoreboardFilter:
    """What the scoreboard is narrowed to; `as_of`: what was known of the figures at that moment."""

    entity_id: UUID | None = None
    priority_id: UUID | None = None
    pillar_id: UUID | None = None
    level: IndicatorLevel | None = None
    as_of: datetime | None = None


async def scoreboard(lane: Lane, actor: Actor, by: By, asked: ScoreboardFilter, now: datetime) -> Document:
    """One line for each key, over the active indicators: today from what is kept, or as of a moment.

    Raises Invalid for a moment in the future.
    """
    if asked.as_of is not None and asked.as_of > now:
        raise errors.in_the_future("as_of")
    given = {name: value for name, value in asdict(asked).items() if value is not None}
    links = {"carried": _carried(given), "moment": _moment(asked.as_of)}
    row = await lane.row(_query(by, frozenset(given)), {**params(actor, now), **given, **links})
    if row is None:  # an aggregate without a group answers one row
        raise RuntimeError("the scoreboard cannot be read")
    since = None if asked.as_of else rated_since(clock.day(now)).isoformat()
    said = {
        "by": by,
        "today": clock.day(now).isoformat(),
        "as_of": asked.as_of and asked.as_of.isoformat(),
        "minimum_coverage": float(MINIMUM_COVERAGE),
        "from_due": since,
    }
    # Rolled up for this day, it has no version of its own: it is 1, and the hash of the body tells a change.
    return Document(f'{json.dumps(said)[:-1]},"lines":{row["json"]}}}'.encode(), version=1)


async def around(lane: Lane, actor: Actor, indicator_id: UUID, now: datetime) -> str:
    """Where an indicator stands, and the lines of its entity, priority and pillar and of the nation, as JSON."""
    row = await lane.row(_AROUND, {**params(actor, now), "id": indicator_id, "carried": ""})
    if row is None:  # what is made of subselects answers one row
        raise RuntimeError("the scoreboard cannot be read")
    return str(row["json"])


def params(actor: Actor, now: datetime) -> dict[str, Any]:
    """What every query of the scoreboard is given."""
    return {**obligations.params(actor, now), "now": now, "from_due": rated_since(clock.day(now))}


def _carried(given: Mapping[str, Any]) -> str:
    """The filters that a link takes along, without the moment: a list of indicators knows only today."""
    return "".join(f"&{urlencode({name: str(value)})}" for name, value in given.items() if name != "as_of")


def _moment(as_of: datetime | None) -> str:
    return "" if as_of is None else f"&{urlencode({'as_of': as_of.isoformat()})}"


@lru_cache(maxsize=256)
def _query(by: By, given: frozenset[str]) -> Query:
    return Query(lambda: select(cast(_lines(by, given), Text).label("json")))


def _lines(by: By, given: frozenset[str], *where: ColumnElement[bool]) -> ScalarSelect[Any]:
    """The lines as a JSON array, in the order of their codes; the filters in `given` are parameters."""
    keys = [] if by == "nation" else [f"{by}_id"]
    counted = (*_narrowed(given), *where)
    then = "as_of" in given
    board = rolled_up(_members(counted, then=then), keys)
    source, key, code = _key(by, board)
    rates: dict[str, ColumnElement[Any]] = {"completeness": null(), "timeliness": null()}
    if not then:
        source, rates = with_rates(source, board, _joined(), keys, counted)
    shown = sql.obj(
        key=key,
        below=_below(by, board, given),
        **{name: board.c[name] for name in ("indicators", "asked", "assessed", "coverage")},
        overdue=null() if then else case((board.c.at_home, board.c.overdue)),
        **{light.value: board.c[light.value] for light in Light},
        red_without_corrective=null() if then else case((board.c.at_home, board.c.red_without_corrective)),
        **{name: board.c[name] for name in ("on_track", "light", "trend")},
        **{name: func.trim_scale(board.c[name]) for name in ("score", "pace", "change")},
        **rates,
    )
    order = [board.c.indicators] if by == "nation" else [code, board.c[keys[0]]]
    return select(sql.listed(shown, *order)).select_from(source).scalar_subquery()


def rolled_up_today(keys: list[str], *where: ColumnElement[bool]) -> Subquery:
    """The active indicators of which `where` holds, rolled up by these of their columns."""
    return rolled_up(_members((*_narrowed(frozenset()), *where), then=False), keys)


def _members(where: Sequence[ColumnElement[bool]], *, then: bool) -> Subquery:
    """The indicators, each with the score that the reader sees, for `rolled_up`; `then`: as of a moment."""
    figure, source = _known(_joined()) if then else stands(_joined())
    weights = _weights()
    source = source.outerjoin(weights, weights.c.indicator_id == _i.c.id)
    overdue: ColumnElement[bool] = false()
    waits: ColumnElement[bool] = false()
    if not then:  # what was due then is not known any more: what had no figure is missing
        late, owed = _late(figure), _owed(figure)
        source = source.outerjoin(late, true()).outerjoin(owed, true())
        overdue, waits = late.c.some.is_not(None), owed.c.some.is_not(None)
    light = func.coalesce(figure.c.light, sql.const(Light.GREY))
    # What was being done then, nobody counts.
    uncorrected: ColumnElement[bool] = false() if then else corrective.missing(_i, light)
    blank = func.coalesce(figure.c.target_kind == sql.const(TargetKind.BLANK), false())
    return (
        select(
            *(_i.c.entity_id, _i.c.priority_id, _p.c.pillar_id),
            func.coalesce(weights.c.weight, literal_column("1::numeric", Numeric)).label("weight"),
            *(figure.c[name] for name in ("progress", "on_track")),
            light.label("light"),
            uncorrected.label("uncorrected"),
            figure.c.before_progress,
            overdue.label("overdue"),
            not_(or_(blank, and_(waits, not_(overdue)))).label("asked"),
            due.at_home(_i).label("at_home"),
        )
        .select_from(source)
        .where(*where)
        .subquery("members")
    )


def _weights() -> Subquery:
    """What each indicator of a scorecard in force this year weighs beside those that stand in none, which weigh 1: its
    percent, times the indicators of the scorecard, so that theirs come to 1 each on average."""
    s, line = Scorecard.__table__, ScorecardLine.__table__
    lines = func.count().over(partition_by=line.c.scorecard_id)
    return (
        select(line.c.indicator_id, (line.c.weight * lines * literal_column("0.01")).label("weight"))
        .select_from(line.join(s, s.c.id == line.c.scorecard_id))
        .where(
            s.c.state == sql.const(ScorecardState.IN_FORCE),
            s.c.year == func.date_part(literal_column("'year'"), sql.TODAY),
        )
        .subquery("weights")
    )


def _joined() -> FromClause:
    return _i.outerjoin(_p, _p.c.id == _i.c.priority_id)


def _narrowed(given: frozenset[str]) -> list[ColumnElement[bool]]:
    """The active indicators, narrowed by the filters that are given."""
    conditions: dict[str, ColumnElement[bool]] = {
        "entity_id": _i.c.entity_id == bindparam("entity_id", type_=Uuid),
        "priority_id": _i.c.priority_id == bindparam("priority_id", type_=Uuid),
        "pillar_id": _p.c.pillar_id == bindparam("pillar_id", type_=Uuid),
        "level": _i.c.level == bindparam("level", type_=Text),
    }
    active = _i.c.state == sql.const(IndicatorState.ACTIVE)
    return [active, *(condition for name, condition in conditions.items() if name in given)]


def stands(source: FromClause) -> tuple[FromClause, FromClause]:
    """What is kept of where an indicator stands."""
    s = sql.alias(Standing, "its_standing")
    here = and_(s.c.indicator_id == _i.c.id, s.c.scope == standing.scope(_i))
    return s, source.outerjoin(s, here)


def _known(source: FromClause) -> tuple[FromClause, FromClause]:
    """The same as of a moment, from the scores of what was known by then."""
    s, earlier = sql.alias(Score, "known"), sql.alias(Score, "known_before")

    def newest(score: FromClause, *where: ColumnElement[bool]) -> Select[Any]:
        return (
            select(*score.c)
            .where(
                score.c.indicator_id == _i.c.id,
                score.c.counted,
                or_(score.c.published, sees_approved(_i)),
                score.c.known_from <= sql.AS_OF,
                *where,
            )
            .order_by(
                *(score.c[name].desc() for name in ("period_end", "period_start", "known_from", "revision"))
            )
            .limit(_ONE)
        )

    latest = newest(s).correlate(_i).lateral("latest")
    before = (
        newest(earlier, earlier.c.period_end < latest.c.period_end).correlate(_i, latest).lateral("before")
    )
    both = (
        select(*latest.c, before.c.progress.label("before_progress"))
        .select_from(latest.outerjoin(before, true()))
        .correlate(_i)
        .lateral("figure_then")
    )
    return both, source.outerjoin(both, true())


def _late(figure: FromClause) -> FromClause:
    """A row where a figure that the reader sees to be due is overdue, and newer than the one that is scored."""
    o = sql.alias(Obligation, "newer")
    f = due.figure(o)
    since = func.coalesce(figure.c.period_end, literal_column("'-infinity'::date"))
    return _some(
        o.join(f, true()),
        o.c.indicator_id == _i.c.id,
        o.c.period_end > since,
        obligations.visible(o),
        # Both are said by the state, and spare looking at what cannot be overdue.
        o.c.served_on.is_(None),
        o.c.excused_at.is_(None),
        o.c.late_until < sql.TODAY,
        due.state(o, f) == sql.const(ObligationState.OVERDUE),
    ).lateral("late")


def _owed(figure: FromClause) -> FromClause:
    """A row where there is no figure yet, though the reader sees one to be due, now or later."""
    o = sql.alias(Obligation, "owed_some_day")
    return _some(
        o, figure.c.period_end.is_(None), o.c.indicator_id == _i.c.id, obligations.visible(o)
    ).lateral("owed")


def _some(source: FromClause, *where: ColumnElement[bool]) -> Select[Any]:
    return select(_ONE.label("some")).select_from(source).where(*where).limit(_ONE)


def _key(by: By, board: FromClause) -> tuple[FromClause, ColumnElement[Any], ColumnElement[Any]]:
    """Where the names of the lines come from, what a line is about as JSON (null: the nation, or what serves no
    priority), and its code."""
    if by == "nation":
        return board, null(), null()
    model = {"entity": Entity, "priority": Priority, "pillar": Pillar}[by]
    table = model.__table__
    return (
        board.outerjoin(table, table.c.id == board.c[f"{by}_id"]),
        sql.named(by, table, table.c.code),
        table.c.code,
    )


def _around() -> Select[Any]:
    i, p, s = (
        sql.alias(Indicator, "this"),
        sql.alias(Priority, "its"),
        sql.alias(Standing, "own"),
    )
    this = i.c.id == bindparam("id", type_=Uuid)

    def its(column: ColumnElement[Any]) -> ScalarSelect[Any]:
        source = i.outerjoin(p, p.c.id == i.c.priority_id)
        return select(column).select_from(source).where(this).scalar_subquery()

    def percents(prefix: str) -> dict[str, ColumnElement[Any]]:
        return {name: func.trim_scale(s.c[f"{prefix}{name}"]) for name in ("progress", "on_track")}

    before = sql.obj(**percents("before_"), light=s.c.before_light)
    stands = select(
        sql.obj(
            **{name: s.c[name] for name in ("result_id", "period_end", "light")},
            corrective=corrective.of(i, s.c.light),
            **percents(""),
            before=case((s.c.before_id.is_not(None), before)),
        )
    ).where(this, s.c.indicator_id == i.c.id, s.c.scope == standing.scope(i))
    here: dict[By, ColumnElement[bool]] = {
        "entity": _i.c.entity_id == its(i.c.entity_id),
        "priority": _i.c.priority_id == its(i.c.priority_id),
        "pillar": _p.c.pillar_id == its(p.c.pillar_id),
        "nation": true(),
    }
    first = literal_column("0", Integer)
    lines = {by: _lines(by, frozenset(), where).op("->")(first) for by, where in here.items()}
    return select(cast(sql.obj(indicator=stands.scalar_subquery(), **lines), Text).label("json"))


def _below(by: By, board: FromClause, given: frozenset[str]) -> ColumnElement[Any]:
    """The requests that show what is below a line: the lines, and the indicators; null where none does."""
    narrowed: ColumnElement[Any] = CARRIED
    if by != "nation" and f"{by}_id" not in given:
        narrowed = literal_column(f"'&{by}_id='").op("||")(cast(board.c[f"{by}_id"], Text)).op("||")(CARRIED)
    opens = _OPENS.get(by)
    lines = null() if opens is None else literal_column(f"'/v1/scoreboard?by={opens}'").op("||")(narrowed)
    if opens is not None and "as_of" in given:
        lines = lines.op("||")(MOMENT)
    active: ColumnElement[str] = literal_column(f"'/v1/indicators?state={IndicatorState.ACTIVE.value}'")
    return sql.obj(lines=lines, indicators=active.op("||")(narrowed))


_AROUND = Query(_around)
