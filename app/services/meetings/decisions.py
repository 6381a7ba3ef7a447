"""Every write of the decisions of meetings, while the minutes are not confirmed. Each raises the version of the meeting:
whoever confirms confirms the decisions that they saw."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, Uuid, bindparam, func, insert, literal_column, update

from app import clock, errors, ids
from app.db import Query, Writer
from app.enums import SubjectKind
from app.enums.meetings import MeetingDecisionState, MeetingState
from app.models import Meeting, MeetingDecision
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, records, sql
from app.services.lifecycle import Case
from app.services.meetings import rules, subjects
from app.services.meetings.commands import EDITED

_meetings = cast(Table, Meeting.__table__)
_SAID = ("text", "about_id", "decided_on")
_BY = bindparam("by_id", type_=Uuid)
_RAISE = Query(
    lambda: (
        update(_meetings)
        .where(
            _meetings.c.id == bindparam("meeting_id", type_=Uuid),
            _meetings.c.state == sql.const(MeetingState.HELD),
        )
        .values(
            version=_meetings.c.version + literal_column("1"),
            edited_by=func.array_append(func.array_remove(_meetings.c.edited_by, _BY), _BY),
        )
        .returning(_meetings.c.id)
    )
)


async def record(
    writer: Writer,
    actor: Actor,
    meeting: Facts,
    entitlement: Entitlement,
    said: Mapping[str, Any],
    now: datetime,
) -> UUID:
    """Record what a meeting decided, on the day it was held unless another is said. Raises Invalid, TooManyDecisions,
    Stale."""
    rules.check_room(meeting.row["decided"])
    first = clock.day(meeting.row["starts_at"])
    columns = {**{name: said[name] for name in _SAID}, "decided_on": said["decided_on"] or first}
    rules.check_decided_on(columns["decided_on"], first, clock.day(now))
    await _check_about(writer, actor, meeting.entity_id, columns["about_id"], now)
    number = meeting.row["decided"] + 1
    await lifecycle.apply_one(
        writer,
        Meeting,
        rules.DECIDE,
        Case(meeting, entitlement, changes={"decision": number}),
        actor=actor,
        at=now,
        columns={"edited_by": EDITED},
        awaited=None,
    )
    decision_id, state = ids.new(), MeetingDecisionState.RECORDED.value
    await lifecycle.begin(
        writer,
        rules.DECIDE.action,
        Facts(SubjectKind.MEETING_DECISION, decision_id, meeting.entity_id, state=state),
        actor=actor,
        at=now,
        changes={"meeting_id": str(meeting.id), **records.made(columns, *columns)},
    )
    await writer.execute(
        insert(MeetingDecision).values(
            id=decision_id,
            entity_id=meeting.entity_id,
            meeting_id=meeting.id,
            number=number,
            state=state,
            recorded_by_id=actor.person_id,
            recorded_at=now,
            **columns,
        )
    )
    return decision_id


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    now: datetime,
) -> None:
    """Say a decision otherwise. A patch that changes nothing writes nothing. Raises Invalid, Stale."""
    changed = {name: value for name, value in patch.items() if value != facts.row[name]}
    if not changed:
        return
    if "decided_on" in changed:
        rules.check_decided_on(changed["decided_on"], clock.day(facts.row["starts_at"]), clock.day(now))
    if "about_id" in changed:
        await _check_about(writer, actor, facts.entity_id, changed["about_id"], now)
    await _raise_meeting(writer, actor, facts)
    await lifecycle.apply_one(
        writer,
        MeetingDecision,
        rules.EDIT_DECISION,
        Case(facts, entitlement, changes=records.became(facts.row, changed)),
        actor=actor,
        at=now,
        columns=changed,
        awaited=None,
    )


async def withdraw(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, reason: str, now: datetime
) -> None:
    """Take a mistaken decision back; it stays readable, with the reason in its history. Raises Stale."""
    await _raise_meeting(writer, actor, facts)
    await lifecycle.apply_one(
        writer,
        MeetingDecision,
        rules.WITHDRAW_DECISION,
        Case(facts, entitlement, reason),
        actor=actor,
        at=now,
        columns={},
        awaited=None,
    )


async def _check_about(
    writer: Writer, actor: Actor, entity_id: UUID | None, about_id: UUID | None, now: datetime
) -> None:
    if about_id is not None and not await subjects.seen(writer, actor, entity_id, [about_id], now):
        raise errors.unknown_reference("#/about_id")


async def _raise_meeting(writer: Writer, actor: Actor, facts: Facts) -> None:
    """Whoever changes a decision has written the minutes. Raises Stale when they were confirmed meanwhile."""
    moved = await writer.rows(_RAISE, {"meeting_id": facts.row["meeting_id"], "by_id": actor.person_id})
    if not moved:
        raise lifecycle.lost_race()
