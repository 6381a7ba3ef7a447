"""The arithmetic of `rules.roll_up` said once more in SQL; a differential test holds the two together."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Numeric, Select, and_, case, func, literal_column, select
from sqlalchemy.sql.selectable import FromClause, Subquery

from app.enums import Light, Trend
from app.services.scoreboard.rules import AMBER_AT, GREEN_AT, MINIMUM_COVERAGE
from app.services.scores.arithmetic_sql import light, quotient
from app.services.sql import const

Number = ColumnElement[Any]

_FULL: Number = literal_column("100::numeric", Numeric)
_ZERO: Number = literal_column("0::numeric", Numeric)
_ONE_PLACE: Number = literal_column("1", Integer)
_FOUR_PLACES: Number = literal_column("4", Integer)
_MINIMUM: Number = literal_column(f"{MINIMUM_COVERAGE}::numeric", Numeric)
_GREEN_AT: Number = literal_column(f"{GREEN_AT}::numeric", Numeric)
_AMBER_AT: Number = literal_column(f"{AMBER_AT}::numeric", Numeric)


def rolled_up(m: FromClause, keys: Sequence[str]) -> Subquery:
    """One row for each value of the columns `keys` of `m`, with the members of `rules.RollUp` and the lights.

    `m` has a row for each indicator: weight, progress, on_track, light, before_progress, asked, overdue,
    uncorrected.
    """
    assessed = and_(m.c.progress.is_not(None), ~m.c.overdue)
    progress, before = capped(m.c.progress), capped(m.c.before_progress)

    def mean(number: Number, *where: ColumnElement[bool]) -> Number:
        where = (*where, number.is_not(None))
        return quotient(
            func.sum(m.c.weight * number).filter(*where),
            func.nullif(func.sum(m.c.weight).filter(*where), _ZERO),
        )

    def count(*where: ColumnElement[bool]) -> Number:
        return func.count().filter(*where)

    grouped = [m.c[key] for key in keys]
    sums = (
        select(
            *grouped,
            func.count().label("indicators"),
            count(m.c.asked).label("asked"),
            count(assessed).label("assessed"),
            count(m.c.overdue).label("overdue"),
            count(m.c.on_track >= _FULL).label("on_track"),
            *[count(m.c.light == const(one)).label(one.value) for one in Light],
            mean(case((assessed, literal_column("1")), else_=literal_column("0")), m.c.asked).label("share"),
            mean(progress, assessed).label("score"),
            mean(capped(m.c.on_track), assessed).label("pace"),
            mean(progress - before, assessed).label("change"),
            count(m.c.uncorrected).label("red_without_corrective"),
            func.bool_and(m.c.at_home).label("at_home"),
        )
        .group_by(*grouped)
        .subquery("sums")
    )
    s = sums.c

    def spoken(number: Number) -> Number:
        return case((s.share >= _MINIMUM, number))

    score, pace, change = spoken(s.score), spoken(s.pace), spoken(s.change)
    derived: Select[Any] = select(
        *[s[name] for name in (*keys, "indicators", "asked", "assessed", "overdue", "on_track")],
        *[s[one.value] for one in Light],
        func.round(s.share, _FOUR_PLACES).label("coverage"),
        score.label("score"),
        pace.label("pace"),
        light(pace, _GREEN_AT, _AMBER_AT).label("light"),
        change.label("change"),
        trend(change).label("trend"),
        s.red_without_corrective,
        s.at_home,
    )
    return derived.subquery("rolled_up")


def capped(percent: Number) -> Number:
    """From 0 to 100; null of nothing."""
    return case((percent.is_not(None), func.least(_FULL, func.greatest(_ZERO, percent))))


def trend(change: Number) -> Number:
    """Better or worse by at least a tenth of a point, or the same; null of nothing."""
    points = func.round(change, _ONE_PLACE)
    return case(
        (points > _ZERO, const(Trend.BETTER)),
        (points < _ZERO, const(Trend.WORSE)),
        (change.is_not(None), const(Trend.SAME)),
    )
