"""What the rules need to know of a challenge that the actor may see."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Text, Uuid, bindparam, func, literal_column, or_, select, true
from sqlalchemy.sql.selectable import FromClause

from app import clock
from app.db import Lane, Query, Row
from app.enums import Classification, SubjectKind
from app.models import Challenge, ChallengeAttempt, ChallengeSolution, ChallengeStay, EscalationTable, Holiday
from app.parties import Actor, Facts
from app.services import sql
from app.services.challenges import columns, rules, subjects
from app.services.challenges.visibility import nobody_left, visible
from app.services.people import four_eyes, visibility

C: FromClause = Challenge.__table__
ID = bindparam("id", type_=Uuid)

_REACH: ColumnElement[Any] = literal_column("interval '270 days'")
"""Longer than the longest limit of a level, with every feast on the way."""

_OWN = (
    "id",
    "entity_id",
    "about_id",
    "code",
    "state",
    "version",
    "barred",
    "opened_by_id",
    *rules.TOLD,
    "table_id",
    "level",
    "stay",
    "holders",
    "addressed",
    "held_since",
    "due",
    "paused_at",
)

about = subjects.about(C)
"""What the challenge is about, beside it in every statement that reads its facts."""


def _stay(name: str) -> ColumnElement[Any]:
    t = sql.alias(ChallengeStay)
    of_now = (t.c.challenge_id == C.c.id) & (t.c.number == C.c.stay)
    return select(t.c[name]).where(of_now).scalar_subquery()


def _office_limit() -> ColumnElement[Any]:
    t = sql.alias(EscalationTable)
    return select(t.c.office_limit).where(t.c.id == C.c.table_id).scalar_subquery()


def fact_columns() -> list[ColumnElement[Any]]:
    """The columns that `of` reads, to be selected from the challenge joined with `about`."""
    return [
        *[C.c[name].label(f"_{name}") for name in _OWN],
        C.c.coordinated_on.is_not(None).label("_coordinated"),
        sql.count(ChallengeAttempt, "challenge_id", C.c.id).label("_attempts"),
        sql.count(ChallengeSolution, "challenge_id", C.c.id).label("_proposed"),
        columns.standing_solutions(C).cast(Text).label("_solutions"),
        or_(four_eyes.represented(C.c.id), four_eyes.represented(C.c.about_id)).label("_represented"),
        columns.ways(C).cast(Text).label("_ways"),
        _stay("paused_days").label("_paused_days"),
        _office_limit().label("_office_limit"),
        nobody_left(C).label("_nobody_left"),
        about.c.restricted.label("_restricted"),
        about.c.parties.label("_parties"),
    ]


NAMES = tuple(str(column.key) for column in fact_columns())


def _holidays() -> ColumnElement[Any]:
    h = sql.alias(Holiday)
    since = func.timezone(literal_column("'Asia/Muscat'"), C.c.held_since).cast(Date)
    days = select(h.c.day).where(
        h.c.cancelled_at.is_(None),
        h.c.day >= since,
        h.c.day <= func.greatest(sql.TODAY, C.c.due) + _REACH,
    )
    return func.array(days.scalar_subquery())


_FACTS = Query(
    lambda: (
        select(*fact_columns(), _holidays().label("_holidays"))
        .select_from(C.join(about, true()))
        .where(C.c.id == ID, visible(C))
    )
)


def of(row: Row, prefix: str = "") -> Facts:
    """The facts in a row of `fact_columns`, whose names begin with `prefix`."""

    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    state = said("state")
    solutions = json.loads(said("solutions"))
    return Facts(
        kind=SubjectKind.CHALLENGE,
        id=said("id"),
        entity_id=said("entity_id"),
        state=state,
        version=said("version"),
        steps=rules.steps(
            said("id"),
            said("about_id"),
            said("entity_id"),
            said("division_id"),
            said("level"),
            said("parties"),
            said("opened_by_id") if said("classification") == Classification.RESTRICTED else None,
        ),
        edited_by=frozenset(said("barred")) if state in rules.HELD else frozenset(),
        nobody_left=rules.DUE.get(state, frozenset()) if said("nobody_left") else frozenset(),
        due={} if said("due") is None else {rules.HOLD: said("due")},
        row={
            **{name: said(name) for name in (*_OWN, "coordinated", "attempts", "proposed", "represented")},
            "paused_days": said("paused_days"),
            "office_limit": said("office_limit"),
            "restricted": said("restricted"),
            "solutions": solutions,
            "analysed": any(solution["by_representative"] for solution in solutions),
            "ways": json.loads(said("ways")),
        },
    )


async def one(lane: Lane, actor: Actor, challenge_id: UUID, now: datetime) -> Facts | None:
    """The facts of one challenge; `row` also holds the public holidays around its clock."""
    params = {**visibility.of(actor), "now": now, "today": clock.day(now), "id": challenge_id}
    row = await lane.row(_FACTS, params)
    if row is None:
        return None
    found = of(row, "_")
    return replace(found, row={**found.row, "holidays": frozenset(row["_holidays"])})
