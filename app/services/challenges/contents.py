"""How a challenge is opened and written: what it says, what was tried, what is proposed, with whom it was coordinated.

Each runs in the caller's transaction and changes state only by `lifecycle`; how it moves between levels stands in
`commands`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Uuid,
    bindparam,
    func,
    insert,
    literal_column,
    select,
)

from app import clock, errors, ids, permissions
from app.db import Query, Row, Writer
from app.enums import Classification, SubjectKind
from app.enums.challenges import ChallengeLevel, ChallengeState
from app.models import (
    Challenge,
    ChallengeAttempt,
    ChallengeStay,
    EscalationTable,
)
from app.parties import UNIT, Actor, Entitlement, Facts
from app.services import finding, lifecycle, numbering, records
from app.services.calendar import queries as calendar
from app.services.challenges import clock as levels
from app.services.challenges import rules, subjects
from app.services.people import steps
from app.services.people.steps import Said
from app.services.transitions import Transition

_table = Challenge.__table__
_EDITED = lifecycle.with_who_acts(_table.c.edited_by)
_YEAR_OF_DAYS = timedelta(days=366)

_NUMBERED = Query(
    lambda: (
        select(
            select(func.count())
            .select_from(_table)
            .where(_table.c.entity_id == bindparam("entity_id", type_=Uuid))
            .scalar_subquery()
            .label("count"),
            EscalationTable.__table__.c.id.label("table_id"),
            EscalationTable.__table__.c.office_limit,
        )
        .order_by(EscalationTable.__table__.c.number.desc())
        .limit(literal_column("1"))
    )
)
_found = finding.finder(subjects.KINDS)


@dataclass(frozen=True)
class Coordination:
    """That a challenge was coordinated with UNIT's specialist (Guide X-5)."""

    on: date
    with_whom: str
    note: str | None


async def open_challenge(
    writer: Writer,
    actor: Actor,
    about_id: UUID,
    said: Mapping[str, Any],
    now: datetime,
    *,
    occurring: bool = False,
) -> UUID:
    """Open a challenge about a thing that the actor may see; the office holds it from now on. `said`: of `rules.TOLD`;
    owner, priority and classification are those of the thing where it does not say them. `occurring`: the thing is a risk
    that is being said to have happened.

    Raises Invalid for a thing that is unknown, not visible, or of a kind that has no challenges, for a risk that has not
    happened, and for references that are unknown in its entity; Forbidden.
    """
    thing = await _found(writer, actor, about_id, now)
    if thing is None:
        raise errors.unknown_reference("#/about_id")
    found, facts = thing
    entity_id, challenge_id = found["entity_id"], ids.new()
    told = _told(found, said)
    held_by = rules.holders(ChallengeLevel.OFFICE, entity_id)
    working = rules.steps(
        challenge_id, about_id, entity_id, found["division_id"], ChallengeLevel.OFFICE, found["parties"]
    )
    asked = Facts(SubjectKind.CHALLENGE, challenge_id, entity_id, steps=working)
    permissions.entitlement(actor, rules.OPENED, asked)
    if not occurring:
        rules.check_happened(found["kind"], facts.state)
    rules.check_closed_enough(told["classification"], restricted=found["restricted"])
    told["owner_id"] = told["owner_id"] or (actor.person_id if told["division_id"] is None else None)
    await finding.check_references(writer, entity_id, told, now)
    await numbering.hold(writer, "CH", entity_id)
    numbered = await writer.row(_NUMBERED, {"entity_id": entity_id})
    if numbered is None:  # the migrations ship the first version
        raise LookupError("there is no routing table")
    today = clock.day(now)
    off = (await calendar.holidays(writer, today, today + _YEAR_OF_DAYS)).days
    due = levels.due(now, numbered["office_limit"], off)
    code = numbering.code("CH", today.year, numbered["count"])
    await lifecycle.begin(
        writer,
        rules.OPENED,
        Facts(
            SubjectKind.CHALLENGE,
            challenge_id,
            entity_id,
            state=ChallengeState.OPEN.value,
            steps=working,
            due={rules.HOLD: due},
        ),
        actor=actor,
        at=now,
        awaited=rules.AWAITED[ChallengeState.OPEN],
        changes={"about_id": str(about_id), **records.made({"code": code, **told}, "code", *told)},
    )
    await writer.execute(
        insert(Challenge).values(
            id=challenge_id,
            entity_id=entity_id,
            code=code,
            about_id=about_id,
            about_kind=found["kind"],
            state=ChallengeState.OPEN.value,
            table_id=numbered["table_id"],
            level=ChallengeLevel.OFFICE.value,
            holders=list(held_by),
            addressed=list(held_by),
            held_since=now,
            due=due,
            opened_by_id=actor.person_id,
            opened_at=now,
            barred=[actor.person_id],
            edited_by=[actor.person_id],
            **told,
        )
    )
    await writer.execute(
        insert(ChallengeStay).values(
            challenge_id=challenge_id,
            number=1,
            entity_id=entity_id,
            level=ChallengeLevel.OFFICE.value,
            holders=list(held_by),
            opened_at=now,
            opened_by_id=actor.person_id,
            limit_days=numbered["office_limit"],
            due=due,
        )
    )
    return challenge_id


def _told(about: Row, said: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that a new challenge says."""
    owned = said.get("division_id") or said.get("owner_id")
    open_to = Classification.RESTRICTED if about["restricted"] else Classification.INTERNAL
    defaults = {
        "division_id": None if owned else about["division_id"],
        "owner_id": None,
        "priority_id": about["priority_id"],
        "classification": open_to.value,
    }
    return {name: said[name] if said.get(name) is not None else defaults.get(name) for name in rules.TOLD}


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    now: datetime,
) -> None:
    """Say it otherwise while the office holds it. A patch that changes nothing writes nothing. Raises Invalid."""
    old = {name: facts.row[name] for name in rules.TOLD}
    new = {**old, **patch}
    changed = {name: value for name, value in new.items() if value != old[name]}
    if not changed:
        return
    rules.check_owned(new["division_id"], new["owner_id"])
    rules.check_closed_enough(new["classification"], restricted=facts.row["restricted"])
    await finding.check_references(writer, facts.entity_id, changed, now)
    await write(
        writer,
        rules.EDIT,
        actor,
        facts,
        entitlement,
        now,
        columns={**changed, "edited_by": _EDITED},
        changes=records.became(old, changed),
    )


async def record_attempt(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    attempt: Mapping[str, Any],
    now: datetime,
) -> None:
    """Record something that was tried (Guide X-1, X-2). `attempt`: `tried_on`, `what`, `tried_by`. Raises Invalid for a
    day that is yet to come, TooMany."""
    rules.check_room(facts.row["attempts"], rules.MOST_ATTEMPTS, rules.TOO_MANY_ATTEMPTS)
    rules.check_not_later(attempt["tried_on"], clock.day(now), "#/tried_on")
    number = facts.row["attempts"] + 1
    changes = {"attempt": number, **records.made(attempt, *attempt)}
    await write(writer, rules.ATTEMPT, actor, facts, entitlement, now, changes=changes)
    await writer.execute(
        insert(ChallengeAttempt).values(
            challenge_id=facts.id,
            number=number,
            entity_id=facts.entity_id,
            recorded_by_id=actor.person_id,
            recorded_at=now,
            **attempt,
        )
    )


async def record_coordination(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    said: Coordination,
    now: datetime,
) -> None:
    """Record that it was coordinated with UNIT's specialist, who sees it from now on (Guide X-5). Raises Invalid for a day
    that is yet to come."""
    rules.check_not_later(said.on, clock.day(now), "#/on")
    columns = {
        "coordinated_on": said.on,
        "coordinated_with": said.with_whom,
        "coordination_note": said.note,
    }
    await write(
        writer,
        rules.COORDINATE,
        actor,
        facts,
        entitlement,
        now,
        columns={
            **columns,
            "coordinated_by_id": actor.person_id,
            "addressed": sorted({*facts.row["addressed"], UNIT}),
        },
        changes=records.made(columns, *columns),
    )


async def write(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    now: datetime,
    *,
    columns: Mapping[str, Any] | None = None,
    reason: str | None = None,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """A step that leaves a challenge in its state, and whom it waits for as they are. Raises Stale."""
    await steps.take(
        writer,
        rules.to(transition, str(facts.state)),
        actor,
        facts,
        entitlement,
        now,
        model=Challenge,
        columns=lambda *_: columns or {},
        awaited=rules.AWAITED,
        said=Said(reason),
        changes=changes,
    )
