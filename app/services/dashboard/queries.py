"""A person's first screen on a phone, in one statement: what waits, where their entities stand, what is late."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    any_,
    case,
    func,
    literal_column,
    null,
    select,
    true,
)
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app import clock
from app.db import Lane, Query
from app.enums import IndicatorState, Light
from app.models import Challenge, Entity, Indicator, Obligation
from app.parties import Actor
from app.services import sql
from app.services.challenges import visibility as challenges
from app.services.documents import Document
from app.services.inbox import queries as inbox
from app.services.initiatives import corrective
from app.services.obligations import queries as obligations
from app.services.obligations import state as due
from app.services.people import visibility
from app.services.scoreboard import queries as scoreboard

MOST_ENTITIES, MOST_URGENT, MOST_LATE = 6, 5, 5
LONGEST_NAME = 100
"""Characters: with these bounds the whole stays below eight thousand bytes, also where all names are long ones in
Arabic."""

_i: FromClause = Indicator.__table__
_e: FromClause = Entity.__table__
_o: FromClause = Obligation.__table__
_c: FromClause = Challenge.__table__

_ONE: ColumnElement[int] = literal_column("1", Integer)


def _own(entity_id: ColumnElement[Any], *, national: bool) -> ColumnElement[bool]:
    """For people of UNIT the whole nation, for others the entities that they hold a role in."""
    return true() if national else entity_id == any_(visibility.ENTITIES)


def _name(thing: FromClause, language: str) -> ColumnElement[str]:
    """In the reader's language; what is too long for a small screen is cut."""
    name, longest = thing.c[f"name_{language}"], literal_column(str(LONGEST_NAME), Integer)
    cut = func.concat(func.left(name, longest - _ONE), literal_column("'…'"))
    return case((func.length(name) > longest, cut), else_=name)


def _rounded(percent: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.round(percent, _ONE)


def _standing(language: str, *, national: bool) -> ScalarSelect[Any]:
    """A line for each entity, or the one of the nation."""
    keys = [] if national else ["entity_id"]
    board = scoreboard.rolled_up_today(keys, _own(_i.c.entity_id, national=national))
    entity: ColumnElement[Any] = null()
    source: FromClause = board
    order: list[ColumnElement[Any]] = [board.c.indicators]
    if not national:
        source = board.join(_e, _e.c.id == board.c.entity_id)
        entity = sql.obj(id=_e.c.id, code=_e.c.code, name=_name(_e, language))
        order = [board.c.indicators.desc(), _e.c.code]
    most = (
        select(
            entity.label("entity"),
            *(
                board.c[name]
                for name in (
                    "indicators",
                    *Light,
                    "red_without_corrective",
                    "overdue",
                    "score",
                    "light",
                    "trend",
                )
            ),
            func.row_number().over(order_by=order).label("place"),
        )
        .select_from(source)
        .order_by(*order)
        .limit(literal_column(str(MOST_ENTITIES), Integer))
        .subquery("most")
    )
    line = sql.obj(
        entity=most.c.entity,
        indicators=most.c.indicators,
        **{light.value: most.c[light.value] for light in Light},
        red_without_corrective=most.c.red_without_corrective,
        overdue=most.c.overdue,
        score=_rounded(most.c.score),
        light=most.c.light,
        trend=most.c.trend,
    )
    return select(sql.listed(line, most.c.place)).select_from(most).scalar_subquery()


def _urgent(language: str, *, national: bool) -> ScalarSelect[Any]:
    """The indicators that are farthest behind what is expected of them: the red, then the amber."""
    figure, source = scoreboard.stands(_i)
    red = figure.c.light == sql.const(Light.RED)
    worst_first = (red.desc(), figure.c.on_track, _i.c.id)
    worst = (
        select(
            _i.c.id,
            _name(_i, language).label("name"),
            _e.c.code.label("entity"),
            figure.c.light,
            corrective.of(_i, figure.c.light).label("corrective"),
            figure.c.on_track,
            func.row_number().over(order_by=worst_first).label("place"),
        )
        .select_from(source.join(_e, _e.c.id == _i.c.entity_id))
        .where(
            _i.c.state == sql.const(IndicatorState.ACTIVE),
            _own(_i.c.entity_id, national=national),
            figure.c.light.in_([sql.const(Light.RED), sql.const(Light.AMBER)]),
        )
        .order_by(*worst_first)
        .limit(literal_column(str(MOST_URGENT), Integer))
        .subquery("worst")
    )
    item = sql.obj(
        id=worst.c.id,
        name=worst.c.name,
        entity=worst.c.entity,
        light=worst.c.light,
        corrective=worst.c.corrective,
        on_track=_rounded(worst.c.on_track),
    )
    return select(sql.listed(item, worst.c.place)).select_from(worst).scalar_subquery()


def _late(language: str, *, national: bool) -> ScalarSelect[Any]:
    """What is late, the oldest first, and how much it is in all."""
    f = due.figure(_o)
    behind = (
        select(_o.c.id, _o.c.indicator_id, _o.c.period, _o.c.due_on, due.state(_o, f).label("state"))
        .select_from(_o.join(f, true()))
        .where(
            obligations.visible(_o),
            _own(_o.c.entity_id, national=national),
            due.behind(_o, f),
        )
        .cte("behind")  # read once, for the number of all and for the oldest
    )
    oldest = (
        select(behind)
        .order_by(behind.c.due_on, behind.c.id)
        .limit(literal_column(str(MOST_LATE), Integer))
        .subquery("oldest")
    )
    item = sql.obj(
        id=oldest.c.id,
        indicator_id=oldest.c.indicator_id,
        name=_name(_i, language),
        entity=_e.c.code,
        period=oldest.c.period,
        due_on=oldest.c.due_on,
        state=oldest.c.state,
    )
    named = oldest.join(_i, _i.c.id == oldest.c.indicator_id).join(_e, _e.c.id == _i.c.entity_id)
    items: Select[Any] = select(sql.listed(item, oldest.c.due_on, oldest.c.id)).select_from(named)
    total: Select[Any] = select(func.count()).select_from(behind)
    return select(sql.obj(total=total.scalar_subquery(), items=items.scalar_subquery())).scalar_subquery()


def _flagged() -> ScalarSelect[Any]:
    """How many challenges are overdue at the level below the reader's."""
    where = challenges.flagged(_c), challenges.visible(_c)
    return select(func.count()).select_from(_c).where(*where).scalar_subquery()


@lru_cache(maxsize=8)
def _dashboard(language: str, *, national: bool, leads: bool) -> Query:
    return Query(
        lambda: sql.as_json(
            select(
                sql.TODAY.label("today"),
                inbox.counts(leads=leads).label("inbox"),
                _standing(language, national=national).label("standing"),
                _urgent(language, national=national).label("urgent"),
                _late(language, national=national).label("late"),
                _flagged().label("flagged"),
            )
        )
    )


async def one(lane: Lane, actor: Actor, language: str, now: datetime) -> Document:
    """The first screen of a person. Made for this day, it has no version of its own: it is 1, and the hash of
    the body tells a change."""
    params = {**inbox.params(actor, now), **scoreboard.params(actor, now), "today": clock.day(now)}
    row = await lane.row(
        _dashboard(language, national=actor.national, leads=bool(visibility.leads(actor))), params
    )
    if row is None:  # what is made of subselects answers one row
        raise RuntimeError("the dashboard cannot be read")
    return Document(row["json"].encode(), version=1)
