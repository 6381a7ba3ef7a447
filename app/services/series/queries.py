"""An indicator's figures over time with what is expected of it, ready to plot, in one statement."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    Select,
    Uuid,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app import errors
from app.db import Lane, Query
from app.enums import Light, Measure, Polarity, TargetKind
from app.errors import Text
from app.models import Definition, Entity, Indicator, Result, Score, Target
from app.parties import Actor
from app.services import sql
from app.services.documents import Document
from app.services.indicators import figures
from app.services.indicators.visibility import visible
from app.services.people import visibility
from app.services.scores.arithmetic_sql import near_end
from app.services.scores.rules import ON_RANKS, ON_VALUES

MOST_POINTS = 600
"""Fifty years of months: longer series are read in windows."""

MOST_REVISED = 20
"""How many earlier revisions a point tells of: the latest of them."""

LEVELS = (
    TargetKind.BAND,
    TargetKind.FLOOR,
    TargetKind.CEILING,
    TargetKind.RANGE,
    TargetKind.AVERAGE,
    TargetKind.BLANK,
)
"""The kinds of targets that say more, or other things, than where the path leads."""

_i: FromClause = Indicator.__table__
_e: FromClause = Entity.__table__
_d: FromClause = Definition.__table__

_ONE: ColumnElement[int] = literal_column("1", Integer)


@dataclass(frozen=True)
class SeriesFilter:
    """Which periods, and the moment whose knowledge is asked for."""

    from_period: date | None = None
    to_period: date | None = None
    as_of: datetime | None = None


def _revised(f: FromClause, given: frozenset[str]) -> ScalarSelect[Any]:
    """What was known of the period before the figure `f`, the oldest first."""
    r = sql.alias(Result, "revised")
    earlier = r.c.revision < f.c.revision
    order = [r.c.revision.desc()]
    if "as_of" in given:
        earlier = tuple_(r.c.known_from, r.c.revision) < tuple_(f.c.known_from, f.c.revision)
        order.insert(0, r.c.known_from.desc())
    latest = (
        select(r)
        .where(
            *figures.seen(r, _i, given),
            r.c.period_start == f.c.period_start,
            r.c.period_end == f.c.period_end,
            earlier,
        )
        .order_by(*order)
        .limit(literal_column(str(MOST_REVISED)))
        .correlate(_i, f)
        .lateral("before")
    )
    item = sql.obj(result_id=latest.c.id, revision=latest.c.revision, **figures.numbers(latest))
    return (
        select(sql.listed(item, latest.c.known_from, latest.c.revision))
        .select_from(latest)
        .correlate(_i, f)
        .scalar_subquery()
    )


def _points(given: frozenset[str]) -> FromClause:
    """The points, the oldest first, and whether there are older ones than these."""
    newest = figures.of_each_period(_i, MOST_POINTS + 1, given)
    place = func.row_number().over(order_by=(newest.c.period_end.desc(), newest.c.period_start.desc()))
    f = select(newest, place.label("place")).select_from(newest).lateral("point")
    scored = Score.__table__
    point = sql.obj(
        result_id=f.c.id,
        period=f.c.period,
        period_start=f.c.period_start,
        period_end=f.c.period_end,
        revision=f.c.revision,
        **figures.numbers(f),
        progress=func.trim_scale(scored.c.progress),
        on_track=func.trim_scale(scored.c.on_track),
        light=func.coalesce(scored.c.light, sql.const(Light.GREY)),
        expected_value=func.trim_scale(scored.c.expected_value),
        expected_rank=func.trim_scale(scored.c.expected_rank),
        revised=_revised(f, given),
    )
    most = literal_column(str(MOST_POINTS), Integer)
    in_order = sql.ordered(point, f.c.period_end, f.c.period_start)
    return (
        select(
            func.coalesce(
                func.json_agg(in_order).filter(f.c.place <= most), literal_column("'[]'::json")
            ).label("points"),
            (func.count() > most).label("older"),
        )
        .select_from(f.outerjoin(scored, scored.c.result_id == f.c.id))
        .lateral("points")
    )


def _path(i: FromClause, d: FromClause) -> ScalarSelect[Any]:
    """The knots of `scores.rules.expected`, for the value and for the rank."""
    t = sql.alias(Target, "on_path")
    direction = case((i.c.polarity == sql.const(Polarity.LOWER_BETTER), -_ONE), else_=_ONE)

    def knots(
        measure: Measure, start: ColumnElement[Any], kinds: tuple[TargetKind, ...], goal: ColumnElement[Any]
    ) -> list[Select[Any]]:
        dated = and_(start.is_not(None), d.c.baseline_year.is_not(None))
        named = sql.const(measure).label("measure")
        return [
            select(
                named,
                sql.const("baseline").label("kind"),
                d.c.baseline_year.label("year"),
                start.label("goal"),
            )
            .where(dated)
            .correlate(d),
            select(named, sql.const("target"), t.c.year, goal)
            .where(
                t.c.definition_id == d.c.id,
                or_(*[t.c.kind == sql.const(kind) for kind in kinds]),
                goal.is_not(None),
                or_(not_(dated), t.c.year > d.c.baseline_year),
            )
            .correlate(d, i),
        ]

    of_value = knots(Measure.VALUE, d.c.baseline_value, ON_VALUES, near_end(t, direction))
    of_rank = knots(Measure.RANK, d.c.baseline_rank, ON_RANKS, t.c.rank)
    knot = union_all(*of_value, *of_rank).lateral("knot")
    item = sql.obj(
        measure=knot.c.measure,
        kind=knot.c.kind,
        year=knot.c.year,
        day=_year_end(knot.c.year),
        goal=func.trim_scale(knot.c.goal),
    )
    return select(sql.listed(item, knot.c.measure.desc(), knot.c.year)).select_from(knot).scalar_subquery()


def _levels(d: FromClause) -> ScalarSelect[Any]:
    """The targets that are levels, each with the years whose figures are held against it, as
    `scores.rules.target_for` says: those since the target before it, and the last one for good."""
    t = sql.alias(Target, "level")
    blank = t.c.kind == sql.const(TargetKind.BLANK)
    # A blank target speaks of its own year alone: it neither ends nor begins what holds around it.
    before = func.lag(t.c.year).over(partition_by=blank, order_by=t.c.year)
    after = func.lead(t.c.year).over(partition_by=blank, order_by=t.c.year)
    level = (
        select(
            t,
            case((blank, t.c.year), else_=before + _ONE).label("first_year"),
            case((or_(blank, after.is_not(None)), t.c.year)).label("last_year"),
        )
        .where(t.c.definition_id == d.c.id)
        .correlate(d)
        .lateral("held_against")
    )
    low = case((level.c.kind != sql.const(TargetKind.CEILING), level.c.value))
    high = case(
        (level.c.kind == sql.const(TargetKind.FLOOR), null()),
        else_=func.coalesce(level.c.value_max, level.c.value),
    )
    # Of an average the years of its window that are held against it. (A year that is null bounds nothing.)
    first = func.greatest(level.c.window_start, level.c.first_year)
    last = func.least(level.c.window_end, level.c.last_year)
    item = sql.obj(
        kind=level.c.kind,
        year=level.c.year,
        first_year=first,
        last_year=last,
        low=func.trim_scale(low),
        high=func.trim_scale(high),
        outer_min=func.trim_scale(level.c.outer_min),
        outer_max=func.trim_scale(level.c.outer_max),
    )
    return (
        select(sql.listed(item, level.c.year))
        .select_from(level)
        .where(
            or_(*[level.c.kind == sql.const(kind) for kind in LEVELS]),
            func.coalesce(first <= last, true()),
        )
        .scalar_subquery()
    )


def _year_end(year: ColumnElement[Any]) -> ColumnElement[date]:
    return func.make_date(year, literal_column("12"), literal_column("31"))


@lru_cache(maxsize=8)
def _series(given: frozenset[str]) -> Query:
    points = _points(given)
    return Query(
        lambda: sql.as_json(
            select(
                sql.ref(_i).label("indicator"),
                sql.ref(_e).label("entity"),
                _i.c.unit_ar,
                _i.c.unit_en,
                _i.c.polarity,
                _i.c.frequency,
                _i.c.measure,
                _d.c.decimals,
                _d.c.id.label("definition_id"),
                (sql.AS_OF if "as_of" in given else null().cast(DateTime(timezone=True))).label("as_of"),
                points.c.points,
                points.c.older,
                _path(_i, _d).label("path"),
                _levels(_d).label("levels"),
                _i.c.version.label("_version"),
            )
            .select_from(
                _i.join(_e, _e.c.id == _i.c.entity_id)
                .outerjoin(_d, _d.c.id == _i.c.definition_id)
                .join(points, true())
            )
            .where(_i.c.id == bindparam("id", type_=Uuid), visible(_i)),
            "_version",
        )
    )


def _check_span(first: date | None, last: date | None) -> None:
    """Whether days that periods are narrowed to are a span. Raises Invalid at the parameter `to_period`."""
    if first is not None and last is not None and last < first:
        said = Text(f"The last day is not before the first ({first}).", f"لا يسبق آخر المدة أولها ({first}).")
        raise errors.Invalid(errors=(errors.FieldError("out_of_range", said, parameter="to_period"),))


async def one(
    lane: Lane, actor: Actor, indicator_id: UUID, asked: SeriesFilter, now: datetime
) -> Document | None:
    """The series of one indicator, as far as the actor may see its figures. What is expected is said by the
    definition in force, also where the figures are those of an earlier moment.

    Raises Invalid for a moment in the future, and for periods that are no span.
    """
    given = {name: value for name, value in asdict(asked).items() if value is not None}
    params = {**visibility.of(actor), **given, "id": indicator_id}
    row = await lane.row(_series(frozenset(given)), params)
    if row is None:
        return None
    if asked.as_of is not None and asked.as_of > now:
        raise errors.in_the_future("as_of")
    _check_span(asked.from_period, asked.to_period)
    return Document(row["json"].encode(), row["version"])
