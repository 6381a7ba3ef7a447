"""Every select of the versions of UNIT's settings of risks: they are national, and open to whoever is signed in."""

from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    SmallInteger,
    Uuid,
    bindparam,
    case,
    func,
    literal_column,
    select,
)
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.db import Lane, Query
from app.enums import SubjectKind
from app.enums.risks import RiskGrade
from app.models import RiskSettings
from app.parties import Actor, Facts
from app.services import listing, sql
from app.services.documents import Document

_s: FromClause = RiskSettings.__table__


def latest(name: str = "id") -> ScalarSelect[Any]:
    """A column of the version in force. The migrations ship the first, so that there always is one."""
    newest = _s.alias()
    return (
        select(newest.c[name]).order_by(newest.c.number.desc()).limit(literal_column("1")).scalar_subquery()
    )


def levels(s: FromClause, axis: str) -> ScalarSelect[Any]:
    """The levels of an axis, from 1 up, as a JSON array."""
    rows = (
        func.unnest(s.c[f"{axis}_ar"], s.c[f"{axis}_en"])
        .table_valued("name_ar", "name_en", with_ordinality="level", name=f"{axis}_levels")
        .render_derived()
    )
    item = sql.obj(level=rows.c.level, name_ar=rows.c.name_ar, name_en=rows.c.name_en)
    return select(sql.listed(item, rows.c.level)).select_from(rows).scalar_subquery()


def grade(score: ColumnElement[Any], s: FromClause) -> ColumnElement[Any]:
    """The grade of a score by the settings `s`: what `rules.Scale.grade` says, null of nothing."""
    return case(
        (score >= s.c.critical_from, sql.const(RiskGrade.CRITICAL)),
        (score >= s.c.high_from, sql.const(RiskGrade.HIGH)),
        (score >= s.c.medium_from, sql.const(RiskGrade.MEDIUM)),
        (score >= literal_column("1", SmallInteger), sql.const(RiskGrade.LOW)),
    )


def _shown() -> Select[Any]:
    grades = ("medium_from", "high_from", "critical_from")
    days = ("low", "medium", "high", "critical")
    return select(
        _s.c.id,
        _s.c.number,
        (_s.c.id == latest()).label("in_force"),
        levels(_s, "probability").label("probability"),
        levels(_s, "impact").label("impact"),
        sql.obj(**{name: _s.c[name] for name in grades}).label("thresholds"),
        _s.c.head_from,
        sql.obj(**{name: _s.c[f"review_{name}"] for name in days}).label("review_days"),
        _s.c.reason,
        sql.person(_s.c.set_by_id).label("set_by"),
        _s.c.set_at,
    )


_ONE = Query(lambda: sql.as_json(_shown().where(_s.c.id == bindparam("id", type_=Uuid))))
_FACTS = Query(lambda: select(_s.c.id).where(_s.c.id == bindparam("id", type_=Uuid)))
_LATEST = Query(lambda: select(func.max(_s.c.number).label("number")))


async def facts(lane: Lane, actor: Actor, settings_id: UUID, now: datetime) -> Facts | None:
    """Whether there is such a version."""
    row = await lane.row(_FACTS, {"id": settings_id})
    return None if row is None else Facts(SubjectKind.RISK_SETTINGS, row["id"], None)


async def number_in_force(lane: Lane) -> int:
    """The number of the version in force."""
    row = await lane.row(_LATEST, {})
    return 0 if row is None else int(row["number"])


async def one(lane: Lane, settings_id: UUID) -> Document | None:
    """One version. It never changes, but that another comes into force after it."""
    row = await lane.row(_ONE, {"id": settings_id})
    return None if row is None else Document(row["json"].encode(), version=1)


@lru_cache(maxsize=2)
def _list(_: frozenset[str], *, after: bool) -> Query:
    page = _shown().order_by(_s.c.number.desc()).limit(bindparam("count", type_=Integer))
    if after:
        page = page.where(_s.c.number < bindparam("after_number", type_=Integer))
    return Query(lambda: sql.as_json(page, "number"))


async def many(lane: Lane, cursor: str | None, limit: int | None) -> bytes:
    """A page of the versions as JSON, the one in force first."""
    return await listing.page(lane, _list, {}, {"number": int}, cursor, limit)
