"""What an agenda item or a decision can be about: one line for each kind of thing, shown only to who may see it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.sql.selectable import FromClause, LateralFromClause, ScalarSelect

from app import clock
from app.db import Compilable, Lane, Query
from app.enums import SubjectKind
from app.models import Action, Challenge, Indicator, Initiative, Obligation, PathRun, PathStage, Risk, Subject
from app.parties import Actor
from app.services import sql
from app.services.actions import visibility as actions
from app.services.challenges import visibility as challenges
from app.services.indicators import visibility as indicators
from app.services.initiatives import visibility as initiatives
from app.services.obligations import queries as obligations
from app.services.path_runs import visibility as path_runs
from app.services.people import visibility
from app.services.risks import visibility as risks

Row = Callable[[ColumnElement[Any]], Select[Any]]
"""What is told of one thing of a kind, by its id, to who may see it: no row to anybody else."""


def _told(
    kind: SubjectKind,
    title_ar: ColumnElement[Any],
    title_en: ColumnElement[Any],
    *,
    code: ColumnElement[Any] | None = None,
    period: ColumnElement[Any] | None = None,
) -> Select[Any]:
    return select(
        sql.const(kind).label("kind"),
        (null() if code is None else code).cast(Text).label("code"),
        title_ar.label("title_ar"),
        title_en.label("title_en"),
        (null() if period is None else period).cast(Text).label("period"),
    )


def _indicator(id_: ColumnElement[Any]) -> Select[Any]:
    i = sql.alias(Indicator)
    told = _told(SubjectKind.INDICATOR, i.c.name_ar, i.c.name_en, code=i.c.code)
    return told.where(i.c.id == id_, indicators.visible(i))


def _obligation(id_: ColumnElement[Any]) -> Select[Any]:
    o, i = sql.alias(Obligation), sql.alias(Indicator)
    return (
        _told(SubjectKind.OBLIGATION, i.c.name_ar, i.c.name_en, code=i.c.code, period=o.c.period)
        .select_from(o.join(i, i.c.id == o.c.indicator_id))
        .where(o.c.id == id_, obligations.visible(o))
    )


def _path_stage(id_: ColumnElement[Any]) -> Select[Any]:
    s, r = sql.alias(PathStage), sql.alias(PathRun)
    return (
        _told(SubjectKind.PATH_STAGE, s.c.title_ar, s.c.title_en)
        .select_from(s.join(r, r.c.id == s.c.run_id))
        .where(s.c.id == id_, path_runs.visible(r))
    )


def _initiative(id_: ColumnElement[Any]) -> Select[Any]:
    i = sql.alias(Initiative)
    told = _told(SubjectKind.INITIATIVE, i.c.name_ar, i.c.name_en, code=i.c.code)
    return told.where(i.c.id == id_, initiatives.visible(i))


def _challenge(id_: ColumnElement[Any]) -> Select[Any]:
    c = sql.alias(Challenge)
    told = _told(SubjectKind.CHALLENGE, c.c.title, c.c.title, code=c.c.code)
    return told.where(c.c.id == id_, challenges.visible(c))


def _risk(id_: ColumnElement[Any]) -> Select[Any]:
    r = sql.alias(Risk)
    told = _told(SubjectKind.RISK, r.c.title, r.c.title, code=r.c.code)
    return told.where(r.c.id == id_, risks.visible(r))


def _action(id_: ColumnElement[Any]) -> Select[Any]:
    a = sql.alias(Action)
    told = _told(SubjectKind.ACTION, a.c.title, a.c.title, code=a.c.code)
    return told.where(a.c.id == id_, actions.visible(a))


KINDS: Mapping[SubjectKind, Row] = {
    SubjectKind.INDICATOR: _indicator,
    SubjectKind.OBLIGATION: _obligation,
    SubjectKind.PATH_STAGE: _path_stage,
    SubjectKind.INITIATIVE: _initiative,
    SubjectKind.CHALLENGE: _challenge,
    SubjectKind.RISK: _risk,
    SubjectKind.ACTION: _action,
}


def _of(id_: ColumnElement[Any], *of: FromClause) -> LateralFromClause:
    rows = [row(id_).correlate(*of) for row in KINDS.values()]
    return union_all(*rows).lateral("about")


def about(t: FromClause) -> ScalarSelect[Any]:
    """What the row `t` is about, by its `about_id`, as JSON; null where that is nothing, or not visible to the reader."""
    found = _of(t.c.about_id, t)
    names = ("kind", "code", "title_ar", "title_en", "period")
    shown = sql.obj(id=t.c.about_id, **{name: found.c[name] for name in names})
    return select(shown).select_from(found).correlate(t).scalar_subquery()


def _seen() -> Compilable:
    s = Subject.__table__
    found = _of(s.c.id, s)
    return (
        select(s.c.id)
        .select_from(s.join(found, literal_column("true")))
        .where(
            s.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))),
            s.c.entity_id == bindparam("entity_id", type_=Uuid),
        )
    )


_SEEN = Query(_seen)


async def seen(
    lane: Lane, actor: Actor, entity_id: UUID | None, ids: Sequence[UUID], now: datetime
) -> frozenset[UUID]:
    """Which of these are things of the entity that a meeting can be about and the actor may see; asks nothing where none
    is named."""
    if not ids:
        return frozenset()
    params = {**visibility.of(actor), "now": now, "today": clock.day(now)}
    rows = await lane.rows(_SEEN, {**params, "ids": list(ids), "entity_id": entity_id})
    return frozenset(row["id"] for row in rows)
