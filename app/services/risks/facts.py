"""What the rules need to know of a risk that the actor may see, and what an assessment of it goes by."""

import json
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, bindparam, func, literal_column, select, true
from sqlalchemy.sql.selectable import FromClause

from app import clock
from app.db import Lane, Query, Row
from app.enums import Classification, SubjectKind
from app.models import Holiday, Risk, RiskRaising, RiskResource, RiskSettings
from app.parties import Actor, Facts
from app.services import sql
from app.services.challenges import subjects
from app.services.people import visibility
from app.services.risk_settings import queries as settings
from app.services.risk_settings.rules import MATRIX, SCALE, Scale, Settings
from app.services.risks import assessment_rules, rules
from app.services.risks.visibility import nobody_left, visible

R: FromClause = Risk.__table__
S: FromClause = sql.alias(RiskSettings, "settings")
"""The version that a risk was assessed with."""
ID = bindparam("id", type_=Uuid)

_REACH: ColumnElement[Any] = literal_column("interval '550 days'")
"""Longer than the longest time between two assessments, with every feast on the way."""

_OWN = (
    "id",
    "entity_id",
    "about_id",
    "code",
    "state",
    "version",
    "barred",
    "registered_by_id",
    "strategy",
    "plan",
    "assessments",
    "assessed_by_id",
    "review_on",
    "addressed",
    *rules.TOLD,
    *assessment_rules.LEVELS,
    "score",
)

about = subjects.named(R.c.about_id, R, subjects.WORK, kind=R.c.about_kind)
"""What the risk is about, beside it where it is about something."""

joined = R.join(S, S.c.id == R.c.settings_id).outerjoin(about, true())


def _raised_from() -> ColumnElement[Any]:
    g = sql.alias(RiskRaising)
    open_ = (g.c.risk_id == R.c.id) & g.c.answered_at.is_(None)
    return select(g.c.from_state).where(open_).scalar_subquery()


def _asked() -> ColumnElement[Any]:
    a = sql.alias(RiskResource)
    item = func.json_build_array(a.c.number, a.c.asked.cast(Text))
    unanswered = (a.c.risk_id == R.c.id) & a.c.granted_at.is_(None)
    return select(sql.listed(item, a.c.number)).where(unanswered).scalar_subquery()


def fact_columns() -> list[ColumnElement[Any]]:
    """The columns that `of` reads, to be selected from `joined`."""
    return [
        *[R.c[name].label(f"_{name}") for name in _OWN],
        S.c.head_from.label("_head_from"),
        nobody_left(R, S.c.head_from).label("_nobody_left"),
        func.coalesce(about.c.restricted, literal_column("false")).label("_restricted"),
        func.coalesce(about.c.parties, literal_column("'{}'::text[]")).label("_parties"),
    ]


NAMES = tuple(str(column.key) for column in fact_columns())


def holidays(since: ColumnElement[Any] = sql.TODAY) -> ColumnElement[Any]:
    """The public holidays from today on, as far as an assessment looks."""
    h = sql.alias(Holiday)
    days = select(h.c.day).where(h.c.cancelled_at.is_(None), h.c.day >= since, h.c.day <= since + _REACH)
    return func.array(days.scalar_subquery())


def _version(s: FromClause) -> ColumnElement[Any]:
    """The version `s` of the settings, as `_settings` reads it."""
    matrix, scale = (sql.obj(**{name: s.c[name] for name in names}) for names in (MATRIX, SCALE))
    return sql.obj(id=s.c.id, matrix=matrix, scale=scale).cast(Text)


def _settings(said: str) -> Settings:
    read = json.loads(said)
    return Settings(UUID(read["id"]), read["matrix"], Scale(**read["scale"]))


def in_force() -> list[ColumnElement[Any]]:
    """The version of the settings that whatever is assessed now goes by, and the holidays, as `now_in_force` reads them."""
    s = sql.alias(RiskSettings, "in_force")
    found = select(_version(s)).where(s.c.id == settings.latest()).scalar_subquery()
    return [found.label("_settings"), holidays().label("_holidays")]


_FACTS = Query(
    lambda: (
        select(
            *fact_columns(),
            *in_force(),
            _version(S).label("_assessed_with"),
            _raised_from().label("_raised_from"),
            sql.count(RiskResource, "risk_id", R.c.id).label("_resources"),
            sql.count(RiskRaising, "risk_id", R.c.id).label("_raisings"),
            _asked().cast(Text).label("_asked"),
        )
        .select_from(joined)
        .where(R.c.id == ID, visible(R))
    )
)


def now_in_force(row: Row) -> dict[str, Any]:
    """What a row of `in_force` says: `settings` and `holidays`."""
    return {"settings": _settings(row["_settings"]), "holidays": frozenset(row["_holidays"])}


def of(row: Row, prefix: str = "") -> Facts:
    """The facts in a row of `fact_columns`, whose names begin with `prefix`."""

    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    state, barred = said("state"), frozenset(said("barred"))
    named = rules.steps(
        said("entity_id"),
        said("division_id"),
        state,
        said("score"),
        said("head_from"),
        said("parties"),
        said("registered_by_id") if said("classification") == Classification.RESTRICTED else None,
    )
    return Facts(
        kind=SubjectKind.RISK,
        id=said("id"),
        entity_id=said("entity_id"),
        state=state,
        version=said("version"),
        steps=named,
        edited_by=barred if state in rules.RUNNING else frozenset(),
        excepted=barred if state in rules.WITH_HEAD else frozenset(),
        nobody_left=rules.DUE.get(state, frozenset()) if said("nobody_left") else frozenset(),
        due={} if said("review_on") is None else dict.fromkeys(named, said("review_on")),
        row={name: said(name) for name in (*_OWN, "head_from", "restricted", "parties")},
    )


async def one(lane: Lane, actor: Actor, risk_id: UUID, now: datetime) -> Facts | None:
    """The facts of one risk; `row` also says what an assessment goes by and what the last one went by (`assessed_with`),
    from where it was raised, and which resources wait for an answer: `asked`, amounts by number."""
    params = {**visibility.of(actor), "now": now, "today": clock.day(now), "id": risk_id}
    row = await lane.row(_FACTS, params)
    if row is None:
        return None
    found = of(row, "_")
    more = {name: row[f"_{name}"] for name in ("raised_from", "resources", "raisings")}
    asked = {number: Decimal(amount) for number, amount in json.loads(row["_asked"])}
    by = {**now_in_force(row), "assessed_with": _settings(row["_assessed_with"])}
    return replace(found, row={**found.row, **more, **by, "asked": asked})
