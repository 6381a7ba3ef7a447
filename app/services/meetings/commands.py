"""Every write of meetings: planned, changed, cancelled, held, confirmed. Each runs in the caller's transaction and changes
state only by `lifecycle`; who is invited is told of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import FromClause, insert, literal_column, text

from app import clock, ids
from app.db import Query, Writer
from app.enums import SubjectKind
from app.enums.meetings import MeetingState
from app.models import Meeting
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, numbering, records
from app.services.lifecycle import GIVEN, Case
from app.services.meetings import people, rules, subjects
from app.services.people import steps
from app.services.people.steps import Said

_table: FromClause = Meeting.__table__
CODE, COUNTED = "MT", numbering.counting(_table)
"""Of the codes of meetings, and what counts them."""
EDITED = lifecycle.with_who_acts(_table.c.edited_by)
NEXT = _table.c.sequence + literal_column("1")
_EXCEPTIONAL = GIVEN.c.exceptional
REASON = GIVEN.c.reason

_AGENDA = Query(
    lambda: text(
        """
        insert into agenda_items (meeting_id, number, entity_id, title, about_id)
        select cast(:meeting_id as uuid), i.number, cast(:entity_id as uuid), i.title, i.about_id
        from unnest(cast(:titles as text[]), cast(:about_ids as uuid[]))
             with ordinality as i (title, about_id, number)
        """
    )
)
_CLEAR_AGENDA = Query(lambda: text("delete from agenda_items where meeting_id = cast(:meeting_id as uuid)"))

Items = Sequence[Mapping[str, Any]]


async def plan(writer: Writer, actor: Actor, entity: Facts, said: Mapping[str, Any], now: datetime) -> UUID:
    """Plan a single meeting of the entity and invite to it. Raises Invalid."""
    rules.check_times(said["starts_at"], said["ends_at"])
    await people.check(writer, entity.id, said["with_whom"], said["people"], now)
    code = await numbering.next_code(writer, COUNTED, CODE, entity.id, clock.day(now).year)
    meeting_id, columns = ids.new(), {name: said[name] for name in (*rules.ARRANGED, "classification")}
    await lifecycle.begin(
        writer,
        rules.PLAN,
        planned(meeting_id, entity.id, columns["classification"], actor.person_id),
        actor=actor,
        at=now,
        changes={
            "people": people.said(said["people"]),
            **records.made({"code": code, **columns}, "code", *columns),
        },
        told=True,
    )
    await writer.execute(
        insert(Meeting).values(
            id=meeting_id,
            entity_id=entity.id,
            code=code,
            with_whom=said["with_whom"],
            state=MeetingState.PLANNED.value,
            planned_by_id=actor.person_id,
            planned_at=now,
            edited_by=[],
            **columns,
        )
    )
    await people.invite(writer, entity.id, [meeting_id], said["people"])
    return meeting_id


def planned(meeting_id: UUID, entity_id: UUID | None, classification: str, planned_by_id: UUID) -> Facts:
    """The facts of a planned meeting in its first version."""
    if entity_id is None:
        raise ValueError("a meeting is of an entity")
    return Facts(
        SubjectKind.MEETING,
        meeting_id,
        entity_id,
        state=MeetingState.PLANNED.value,
        steps=rules.steps(entity_id, classification, planned_by_id),
    )


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    now: datetime,
) -> None:
    """Change what is planned, of which everybody invited is told; or once it was held write minutes and attendance, which
    bars from confirming them. `people` are replaced as a whole. A patch that changes nothing writes nothing. Raises
    Invalid, NotNow."""
    rules.check_fields(patch, str(facts.state))
    old = facts.row
    columns = {
        name: value
        for name, value in patch.items()
        if name not in ("people", "attended") and value != old[name]
    }
    changes: dict[str, Any] = records.became(old, columns) if columns else {}
    arranged = any(name in columns for name in rules.ARRANGED)
    if arranged:
        new = {**old, **columns}
        rules.check_times(new["starts_at"], new["ends_at"])
    if "people" in patch:
        before, after = people.said(old["people"]), people.said(patch["people"])
        if before != after:
            await people.check(writer, facts.entity_id, old["with_whom"], patch["people"], now)
            changes["people"] = [before, after]
    if "attended" in patch:
        rules.check_attended(patch["attended"], [each["number"] for each in old["people"]])
        came = sorted(each["number"] for each in old["people"] if each["attended"])
        if came != sorted(set(patch["attended"])):
            changes["attended"] = [came, sorted(set(patch["attended"]))]
    if not changes:
        return
    planned_ = facts.state in rules.PLANNED
    await lifecycle.apply_one(
        writer,
        Meeting,
        rules.staying(rules.EDIT, str(facts.state)),
        Case(facts, entitlement, changes=changes),
        actor=actor,
        at=now,
        columns={
            **columns,
            **({"sequence": NEXT} if arranged else {}),
            **({} if planned_ else {"edited_by": EDITED}),
        },
        awaited=None,
        told=planned_,
    )
    if "people" in changes:
        await people.replace(writer, facts.entity_id, facts.id, patch["people"])
    if "attended" in changes:
        await people.attended(writer, facts.id, patch["attended"])


async def set_agenda(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, items: Items, now: datetime
) -> None:
    """Replace the agenda. What already stands on it may stay, though the actor does not see what it is about. Raises
    Invalid for things that are unknown, another entity's or not visible, and for one twice."""
    before, after = _said(facts.row["agenda"]), _said(items)
    kept = {item["about_id"] for item in facts.row["agenda"]}
    named = [item["about_id"] for item in items if item["about_id"] not in {None, *kept}]
    known = await subjects.seen(writer, actor, facts.entity_id, named, now)
    rules.check_agenda(items, known | kept)
    if before == after:
        return
    await lifecycle.apply_one(
        writer,
        Meeting,
        rules.staying(rules.SET_AGENDA, str(facts.state)),
        Case(facts, entitlement, changes={"agenda": [before, after]}),
        actor=actor,
        at=now,
        columns={} if facts.state in rules.PLANNED else {"edited_by": EDITED},
        awaited=None,
    )
    await writer.rows(_CLEAR_AGENDA, {"meeting_id": facts.id})
    await writer.rows(
        _AGENDA,
        {
            "meeting_id": facts.id,
            "entity_id": facts.entity_id,
            "titles": [item["title"] for item in items],
            "about_ids": [item["about_id"] for item in items],
        },
    )


def _said(items: Items) -> list[dict[str, str | None]]:
    return [{"title": item["title"], "about_id": records.said(item["about_id"])} for item in items]


async def cancel(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, reason: str, now: datetime
) -> None:
    """Call a planned meeting off, of which everybody invited is told."""
    await lifecycle.apply_one(
        writer,
        Meeting,
        rules.CANCEL,
        Case(facts, entitlement, reason),
        actor=actor,
        at=now,
        columns={"cancelled_at": now, "cancel_reason": REASON, "sequence": NEXT},
        awaited=None,
        told=True,
    )


async def hold(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    attended: Sequence[int],
    minutes: str | None,
    now: datetime,
) -> None:
    """Record that it was held and who came. The minutes wait for another person of the office from now on. Raises
    NotBegun, Invalid."""
    rules.check_begun(facts.row["starts_at"], now)
    rules.check_attended(attended, [each["number"] for each in facts.row["people"]])
    await lifecycle.apply_one(
        writer,
        Meeting,
        rules.HOLD,
        Case(
            facts,
            entitlement,
            changes={"attended": sorted(set(attended)), **records.made({"minutes": minutes}, "minutes")},
        ),
        actor=actor,
        at=now,
        columns={"held_at": now, "minutes": minutes, "edited_by": EDITED},
        awaited=rules.AWAITED[MeetingState.HELD],
    )
    await people.attended(writer, facts.id, attended)


async def confirm(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Confirm the minutes, which nobody changes any more. Raises NoMinutes."""
    rules.check_minuted(facts.row["minutes"])
    await steps.take(
        writer,
        rules.CONFIRM,
        actor,
        facts,
        entitlement,
        now,
        said,
        model=Meeting,
        columns=lambda _, person_id, at: {
            "confirmed_at": at,
            "confirmed_by_id": person_id,
            "exceptional": _EXCEPTIONAL,
        },
        awaited=rules.AWAITED,
    )
