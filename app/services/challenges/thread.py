"""The whole thread of a challenge as one page: every step in the order taken, at which level, and whom it waited for."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, literal_column, or_, select, true
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app import clock
from app.db import Lane, Query
from app.enums import EvidenceState
from app.models import ChallengeStay, Entity, Event, Evidence, Wait
from app.parties import Actor
from app.services import sql
from app.services.actions import columns as actions
from app.services.challenges import columns, facts, subjects
from app.services.challenges.facts import C, about
from app.services.challenges.visibility import overdue, visible
from app.services.documents import Document
from app.services.evidence import subjects as evidence_subjects
from app.services.evidence import visibility as evidence_visibility
from app.services.evidence.visibility import Sight
from app.services.meetings import columns as meetings
from app.services.people import visibility

MOST = 1000
"""Steps in one thread, the latest."""

_e: FromClause = Entity.__table__


def _waited(event: FromClause) -> ScalarSelect[Any]:
    wait = sql.alias(Wait)
    item = sql.obj(
        party=sql.party_name(wait.c.party),
        division=sql.party_division(wait.c.party),
        action=wait.c.action,
        substitute=wait.c.rank > literal_column("0"),
        until=wait.c.closed_at,
    )
    return select(sql.listed(item, wait.c.rank)).where(wait.c.opened_by_event == event.c.id).scalar_subquery()


def _level(event: FromClause) -> ScalarSelect[Any]:
    """The number of the stay during which a step was taken: the last that had begun by then."""
    stay = sql.alias(ChallengeStay)
    # The step that ends a stay begins the next in the same moment, and still belongs to the one that it ends.
    begun = or_(stay.c.opened_at < event.c.at, stay.c.number == literal_column("1"))
    return (
        select(func.max(stay.c.number))
        .where(and_(stay.c.challenge_id == C.c.id, begun))
        .correlate(event, C)
        .scalar_subquery()
    )


def _steps() -> ScalarSelect[Any]:
    event = sql.alias(Event, "event")
    latest = (
        select(event)
        .where(event.c.subject_id == C.c.id)
        .order_by(event.c.id.desc())
        .limit(literal_column(str(MOST)))
        .correlate(C)
        .subquery("step")
    )
    item = sql.obj(
        at=latest.c.at,
        action=latest.c.action,
        stay=_level(latest),
        from_state=latest.c.from_state,
        to_state=latest.c.to_state,
        actor=sql.person(latest.c.actor_id),
        acting_for=sql.person(latest.c.acting_for_id),
        reason=latest.c.reason,
        exceptional=func.coalesce(latest.c.changes["exceptional"].as_boolean(), false()),
        changes=latest.c.changes,
        awaiting=_waited(latest),
    )
    return select(sql.listed(item, latest.c.id)).scalar_subquery()


def _evidence() -> ScalarSelect[Any]:
    """What proves it, as far as the reader may see it."""
    e = sql.alias(Evidence)
    s = evidence_subjects.row_of(e, Sight._fields)
    item = sql.obj(id=e.c.id, title=e.c.title, kind=e.c.kind, state=e.c.state, created_at=e.c.created_at)
    shown: ColumnElement[bool] = and_(
        e.c.subject_id == C.c.id,
        e.c.state != sql.const(EvidenceState.WITHDRAWN),
        evidence_visibility.visible(e, Sight.of(s)),
    )
    return (
        select(sql.listed(item, e.c.id))
        .select_from(e.join(s, true()))
        .where(shown)
        .correlate(C)
        .scalar_subquery()
    )


_THREAD = Query(
    lambda: sql.as_json(
        select(
            C.c.id,
            C.c.code,
            C.c.title,
            sql.ref(_e).label("entity"),
            subjects.shown(C.c.about_id, about).label("about"),
            C.c.state,
            C.c.level,
            C.c.due,
            overdue(C).label("overdue"),
            columns.stays(C).label("stays"),
            columns.attempts(C).label("attempts"),
            columns.solutions(C).label("solutions"),
            _evidence().label("evidence"),
            actions.from_source(C.c.id).label("follow_up"),
            meetings.decided_about(C.c.id).label("decisions"),
            _steps().label("steps"),
            (sql.count(Event, "subject_id", C.c.id) > literal_column(str(MOST))).label("older"),
            C.c.version.label("_version"),
        )
        .select_from(C.join(_e, _e.c.id == C.c.entity_id).join(about, true()))
        .where(C.c.id == facts.ID, visible(C)),
        "_version",
    )
)


async def whole(lane: Lane, actor: Actor, challenge_id: UUID, now: datetime) -> Document | None:
    """The thread of one challenge that the actor may see, up to MOST steps."""
    params = {**visibility.of(actor), "now": now, "today": clock.day(now), "id": challenge_id}
    row = await lane.row(_THREAD, params)
    return None if row is None else Document(row["json"].encode(), row["version"])
