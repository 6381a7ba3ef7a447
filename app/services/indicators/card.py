"""An indicator at a glance, in one statement: definition, approved figures, contributors, what is awaited."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, Uuid, bindparam, func, literal_column, null, select
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app import clock
from app.db import Lane, Query
from app.enums import SubjectKind
from app.models import Contribution, Definition, Entity, Indicator, Priority, Result, Wait
from app.parties import Actor
from app.services import sql
from app.services.contributions import parts
from app.services.contributions.queries import visible as visible_contribution
from app.services.definitions.visibility import visible as visible_definition
from app.services.documents import Document
from app.services.indicators import figures, queries, standing
from app.services.indicators.visibility import visible
from app.services.people import visibility
from app.services.results.visibility import visible as visible_result

MOST_FIGURES = 60
"""How many periods the series goes back."""

_i: FromClause = Indicator.__table__
_e: FromClause = Entity.__table__
_p: FromClause = Priority.__table__
_d: FromClause = Definition.__table__


def _figure(f: FromClause) -> ColumnElement[Any]:
    return sql.obj(result_id=f.c.id, period=f.c.period, period_end=f.c.period_end, **figures.numbers(f))


def _series(i: FromClause) -> ScalarSelect[Any]:
    f = figures.of_each_period(i, MOST_FIGURES)
    newest_first = (f.c.period_end.desc(), f.c.period_start.desc())
    return select(sql.listed(_figure(f), *newest_first)).select_from(f).scalar_subquery()


def _contributions(i: FromClause) -> ScalarSelect[Any]:
    c = sql.alias(Contribution)
    item = sql.obj(
        id=c.c.id,
        entity=sql.ref_by_id(Entity.__table__, c.c.contributor_id),
        part=sql.ref_by_id(Indicator.__table__, c.c.part_id),
        weight=func.trim_scale(c.c.weight),
        state=c.c.state,
    )
    return (
        select(sql.listed(item, c.c.weight.desc(), c.c.id))
        .where(c.c.indicator_id == i.c.id, parts.stands(c), visible_contribution(c, i))
        .scalar_subquery()
    )


def _awaiting(i: FromClause) -> ScalarSelect[Any]:
    """The open waits of the definitions and results that the reader may see."""
    d, r, w = sql.alias(Definition), sql.alias(Result), sql.alias(Wait)
    of_definitions: Select[Any] = (
        select(d.c.id, sql.const(SubjectKind.DEFINITION).label("kind"), null().cast(Text).label("period"))
        .where(d.c.indicator_id == i.c.id, visible_definition(d, i))
        .correlate(i)
    )
    of_results: Select[Any] = (
        select(r.c.id, sql.const(SubjectKind.RESULT), r.c.period)
        .where(r.c.indicator_id == i.c.id, visible_result(r))
        .correlate(i)
    )
    s = of_definitions.union_all(of_results).lateral("waiting")
    item = sql.obj(
        kind=s.c.kind,
        subject_id=s.c.id,
        period=s.c.period,
        party=sql.party_name(w.c.party),
        division=sql.party_division(w.c.party),
        action=w.c.action,
        substitute=w.c.rank > literal_column("0"),
        since=w.c.opened_at,
        due=w.c.due,
    )
    return (
        select(sql.listed(item, w.c.opened_at, s.c.id, w.c.rank))
        .select_from(s.join(w, w.c.subject_id == s.c.id))
        .where(w.c.closed_at.is_(None))
        .scalar_subquery()
    )


def _card() -> Select[Any]:
    series = select(_series(_i).label("series")).lateral("figures")
    return (
        select(
            *queries.item(_i, _e, _p),
            queries.in_force(_d).label("definition"),
            queries.schedule(_i).label("schedule"),
            series.c.series.op("->")(literal_column("0")).label("latest"),
            series.c.series,
            standing.late(_i).label("late"),
            standing.most_urgent(_i).label("obligation"),
            _contributions(_i).label("contributions"),
            _awaiting(_i).label("awaiting"),
            _i.c.version.label("_version"),
        )
        .select_from(
            queries.joined(_i, _e, _p)
            .outerjoin(_d, _d.c.id == _i.c.definition_id)
            .join(series, literal_column("true"))
        )
        .where(_i.c.id == bindparam("id", type_=Uuid), visible(_i))
    )


_CARD = Query(lambda: sql.as_json(_card(), "_version"))


async def one(lane: Lane, actor: Actor, indicator_id: UUID, now: datetime) -> Document | None:
    """One indicator with all that a page about it shows first; each part as far as the actor may see it."""
    row = await lane.row(_CARD, {**visibility.of(actor), "id": indicator_id, "today": clock.day(now)})
    return None if row is None else Document(row["json"].encode(), row["version"])
