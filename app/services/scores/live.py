"""What a score is made of, as it stands in the database: for the kept rows many at once, and for one draft."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    extract,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql.selectable import FromClause

from app.enums import ChainState, Classification, Measure, ObservationStatus, Polarity, TargetKind
from app.models import Definition, Result, Target
from app.services import sql
from app.services.scores import arithmetic_sql, rules
from app.services.scores.arithmetic_sql import quotient
from app.services.scores.rules import Measured

_window: FromClause = sql.alias(Result, "in_window")
_ONE: ColumnElement[int] = literal_column("1", Integer)
_MEASURED = ("polarity", "measure")
_DEFINED = ("tolerance", "baseline_value", "baseline_rank", "baseline_year", "green_at", "amber_at")
_TARGET = (
    *("year", "kind", "value", "value_max", "outer_min", "outer_max"),
    *("rank", "window_start", "window_end"),
)
_FOUND = ("definition_id", "indicator_id", "value", "rank", "period_start", "period_end")


def scorable(r: FromClause, i: FromClause, d: FromClause) -> list[ColumnElement[Any]]:
    """What `scored` needs of the result `r` of the indicator `i`, by the version `d` of its definition."""
    return [
        *[r.c[name] for name in _FOUND],
        *[i.c[name] for name in _MEASURED],
        *[d.c[name] for name in _DEFINED],
        r.c.published_at.is_not(None).label("published"),
    ]


def scored(row: FromClause) -> FromClause:
    """The score of each row of `scorable`: a lateral subselect of one row."""
    return arithmetic_sql.scored(row, Target.__table__, _mean)


def asked(r: FromClause, i: FromClause) -> ColumnElement[Any]:
    """What `score` needs of the result `r` of the indicator `i`, as JSON.

    A statement that scores is slow to plan, so the score of one draft is computed by `rules` beside it.
    """
    d, t = sql.alias(Definition, "its_definition"), sql.alias(Target, "its_target")
    targets = select(sql.listed(sql.obj(**{name: t.c[name] for name in _TARGET}), t.c.year)).where(
        t.c.definition_id == d.c.id
    )
    averaged: Select[Any] = (
        select(_ONE)
        .where(t.c.definition_id == d.c.id, t.c.kind == sql.const(TargetKind.AVERAGE))
        .correlate(d)  # named: it is not found through two levels of subqueries
    )
    # Nothing is published before it is approved.
    before = _earlier(r, false(), exists(averaged)).correlate(r, d).subquery("before")
    figure = func.json_build_array(before.c.period_end, before.c.as_open, before.c.value)
    earlier = select(sql.listed(figure, before.c.period_end)).select_from(before)
    found = (
        select(
            sql.obj(
                **{name: i.c[name] for name in _MEASURED},
                **{name: d.c[name] for name in _DEFINED},
                **{name: r.c[name] for name in ("value", "rank", "period_end")},
                targets=targets.scalar_subquery(),
                earlier=earlier.correlate(r, d).scalar_subquery(),
            )
        )
        .select_from(d)
        .where(d.c.id == r.c.definition_id)
        .correlate(r, i)
    )
    return cast(found.scalar_subquery(), Text)


def score(said: str) -> Mapping[str, Any]:
    """The score of a result as it would be if it were approved now; `said` as `asked` says it."""
    told = json.loads(said, parse_float=Decimal, parse_int=Decimal)
    end = date.fromisoformat(told["period_end"])
    definition = _definition(told)
    own = Measured(told["value"], told["rank"])
    earlier = [
        rules.Earlier(date.fromisoformat(day), value if as_open else None, withheld=not as_open)
        for day, as_open, value in told["earlier"]
    ]
    scored = rules.measured(definition.targets, own, end, earlier)
    found, expected = rules.assess(definition, scored, end), rules.expectation(definition, end)
    year = rules.target_year(definition.targets, end.year)
    kind = None if year is None else definition.targets[year].kind
    return {
        "progress": found.progress,
        "on_track": found.on_track,
        "light": found.light.value,
        "expected_value": expected.value,
        "expected_rank": expected.rank,
        "target_year": year,
        "target_kind": kind and kind.value,
        "mean": scored.value if kind == TargetKind.AVERAGE and expected.value is not None else None,
    }


def _definition(told: Mapping[str, Any]) -> rules.Definition:
    def whole(number: Decimal | None) -> int | None:
        return None if number is None else int(number)

    return rules.Definition(
        polarity=Polarity(told["polarity"]),
        measure=Measure(told["measure"]),
        baseline=rules.Baseline(
            told["baseline_value"], whole(told["baseline_rank"]), whole(told["baseline_year"])
        ),
        targets={
            int(one["year"]): rules.Target(
                TargetKind(one["kind"]),
                *(one[name] for name in ("value", "value_max", "outer_min", "outer_max")),
                *(whole(one[name]) for name in ("rank", "window_start", "window_end")),
            )
            for one in told["targets"]
        },
        **{name: told[name] for name in ("green_at", "amber_at", "tolerance")},
    )


def _mean(row: FromClause, target: FromClause) -> ColumnElement[Any]:
    """`rules.measured`: the mean of the window's values up to this one, each as it is known now."""
    year = cast(extract("year", _window.c.period_end), Integer)
    within = (
        func.coalesce(target.c.window_start <= year, true()),
        func.coalesce(year <= target.c.window_end, true()),
    )
    earlier = _earlier(row, row.c.published, *within).correlate(row, target).subquery("earlier")
    total = row.c.value + func.coalesce(func.sum(earlier.c.value), literal_column("0"))
    whole = func.coalesce(func.bool_and(earlier.c.as_open), true())
    mean: Select[Any] = select(
        case((whole, quotient(total, _ONE + func.count(earlier.c.value))))
    ).select_from(earlier)
    return mean.correlate(row, target).scalar_subquery()


def _earlier(row: FromClause, published: ColumnElement[bool], *where: ColumnElement[bool]) -> Select[Any]:
    """The approved figures of earlier periods than that of `row`, each as it is known now; no forecast.

    `published`: whether `row` is. `as_open`: whether the figure may be read by whoever may read `row`, and then its
    latest revision of which that holds. Of two that are restricted each may have readers of its own.
    """
    w = _window
    as_open = or_(
        w.c.published_at.is_not(None),
        and_(not_(published), w.c.classification != sql.const(Classification.RESTRICTED)),
    )
    return (
        select(w.c.period_end, w.c.value, as_open.label("as_open"))
        .ext(distinct_on(w.c.period_end, w.c.period_start))
        .where(
            w.c.indicator_id == row.c.indicator_id,
            w.c.period_end < row.c.period_end,
            w.c.state == sql.const(ChainState.APPROVED),
            w.c.obs_status != sql.const(ObservationStatus.FORECAST),
            *where,
        )
        .order_by(w.c.period_end, w.c.period_start, as_open.desc(), w.c.revision.desc())
    )
