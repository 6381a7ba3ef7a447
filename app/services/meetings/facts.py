"""What the rules need to know of a meeting, a series or a decision that the actor may see."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, bindparam, select
from sqlalchemy.sql.selectable import FromClause

from app import clock
from app.db import Lane, Query, Row
from app.enums import SubjectKind
from app.models import AgendaItem, Meeting, MeetingDecision, MeetingPerson, MeetingSeries
from app.parties import Actor, Facts
from app.services import sql
from app.services.meetings import columns, rules
from app.services.meetings.visibility import minutes_visible, nobody_left, series_visible, visible
from app.services.people import visibility

M: FromClause = Meeting.__table__
S: FromClause = MeetingSeries.__table__
D: FromClause = MeetingDecision.__table__
ID = bindparam("id", type_=Uuid)

_OWN = (
    "id",
    "entity_id",
    "code",
    "series_id",
    "with_whom",
    *rules.ARRANGED,
    "classification",
    "planned_by_id",
    "state",
    "minutes",
    "edited_by",
    "version",
)
_PERSON = ("user_id", "name", "organisation", "role")


def _people(m: FromClause) -> ColumnElement[Any]:
    p = sql.alias(MeetingPerson)
    item = sql.obj(**{name: p.c[name] for name in ("number", *_PERSON, "attended")})
    found = select(sql.listed(item, p.c.number)).where(p.c.meeting_id == m.c.id)
    return found.scalar_subquery().cast(Text)


def _agenda(m: FromClause) -> ColumnElement[Any]:
    a = sql.alias(AgendaItem)
    item = sql.obj(title=a.c.title, about_id=a.c.about_id)
    found = select(sql.listed(item, a.c.number)).where(a.c.meeting_id == m.c.id)
    return found.scalar_subquery().cast(Text)


def fact_columns(m: FromClause) -> list[ColumnElement[Any]]:
    """The columns that `of` reads, under names that begin with `_`."""
    return [
        *[m.c[name].label(f"_{name}") for name in _OWN],
        _people(m).label("_people"),
        _agenda(m).label("_agenda"),
        sql.count(MeetingDecision, "meeting_id", m.c.id).label("_decided"),
        nobody_left(m).label("_nobody_left"),
    ]


NAMES = tuple(str(column.key) for column in fact_columns(M))

_ONE = Query(lambda: select(*fact_columns(M)).where(M.c.id == ID, visible(M)))


def params(actor: Actor, now: datetime) -> dict[str, Any]:
    """What every query of meetings is given."""
    return {**visibility.of(actor), "now": now, "today": clock.day(now)}


def of(row: Row, prefix: str = "") -> Facts:
    """The facts in a row of `fact_columns`, whose names begin with `prefix`."""

    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    state, held = said("state"), said("state") in rules.HELD
    return Facts(
        kind=SubjectKind.MEETING,
        id=said("id"),
        entity_id=said("entity_id"),
        state=state,
        version=said("version"),
        steps=rules.steps(said("entity_id"), said("classification"), said("planned_by_id")),
        # Four eyes has a meaning only while the minutes wait for it; otherwise the state refuses (409).
        edited_by=frozenset(said("edited_by")) if held else frozenset(),
        nobody_left=frozenset({rules.CONFIRM.action}) if said("nobody_left") else frozenset(),
        row={
            **{name: said(name) for name in _OWN},
            "people": [_person(each) for each in json.loads(said("people"))],
            "agenda": [_item(each) for each in json.loads(said("agenda"))],
            "decided": said("decided"),
        },
    )


def _person(said: dict[str, Any]) -> dict[str, Any]:
    return {**said, "user_id": _uuid(said["user_id"])}


def _item(said: dict[str, Any]) -> dict[str, Any]:
    return {**said, "about_id": _uuid(said["about_id"])}


def _uuid(said: str | None) -> UUID | None:
    return None if said is None else UUID(said)


async def one(lane: Lane, actor: Actor, meeting_id: UUID, now: datetime) -> Facts | None:
    """The facts of one meeting; `row` holds what it says, who is invited and its agenda."""
    row = await lane.row(_ONE, {**params(actor, now), "id": meeting_id})
    return None if row is None else of(row, "_")


def series_columns(s: FromClause) -> list[ColumnElement[Any]]:
    """The columns that `of_series` reads, under names that begin with `_`."""
    return [s.c[name].label(f"_{name}") for name in ("id", "entity_id", "state", "version")]


SERIES_NAMES = tuple(str(column.key) for column in series_columns(S))
_SERIES = Query(lambda: select(*series_columns(S)).where(S.c.id == ID, series_visible(S)))


def of_series(row: Row, prefix: str = "") -> Facts:
    """The facts in a row of `series_columns`, whose names begin with `prefix`."""
    return Facts(
        kind=SubjectKind.MEETING_SERIES,
        id=row[f"{prefix}id"],
        entity_id=row[f"{prefix}entity_id"],
        state=row[f"{prefix}state"],
        version=row[f"{prefix}version"],
    )


async def series(lane: Lane, actor: Actor, series_id: UUID, now: datetime) -> Facts | None:
    """The facts of one series."""
    row = await lane.row(_SERIES, {**params(actor, now), "id": series_id})
    return None if row is None else of_series(row, "_")


_SAID = ("text", "about_id", "decided_on")


def decision_columns(d: FromClause, m: FromClause) -> list[ColumnElement[Any]]:
    """The columns that `of_decision` reads of the decision `d` of the meeting `m`, under names that begin with `_`."""
    return [
        *[d.c[name].label(f"_{name}") for name in ("id", "entity_id", "version", *_SAID)],
        columns.state(d, m).label("_state"),
        m.c.id.label("_meeting_id"),
        m.c.starts_at.label("_starts_at"),
    ]


DECISION_NAMES = tuple(str(column.key) for column in decision_columns(D, M))
_DECISION = Query(
    lambda: (
        select(*decision_columns(D, M))
        .select_from(D.join(M, M.c.id == D.c.meeting_id))
        .where(D.c.id == ID, minutes_visible(M))
    )
)


def of_decision(row: Row, prefix: str = "") -> Facts:
    """The facts in a row of `decision_columns`, whose names begin with `prefix`."""

    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    return Facts(
        kind=SubjectKind.MEETING_DECISION,
        id=said("id"),
        entity_id=said("entity_id"),
        state=said("state"),
        version=said("version"),
        row={name: said(name) for name in (*_SAID, "meeting_id", "starts_at")},
    )


async def decision(lane: Lane, actor: Actor, decision_id: UUID, now: datetime) -> Facts | None:
    """The facts of one decision; `row` holds what it says, and of its meeting."""
    row = await lane.row(_DECISION, {**params(actor, now), "id": decision_id})
    return None if row is None else of_decision(row, "_")
