"""Every write of evaluations. Each runs in the caller's transaction and changes state only by `lifecycle`."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from app import clock, errors, ids
from app.db import Row, Writer
from app.enums import Classification, SubjectKind
from app.enums.evaluations import EvaluationState
from app.models import Evaluation
from app.parties import Actor, Entitlement, Facts
from app.services import finding, lifecycle, numbering, records
from app.services.challenges import subjects
from app.services.evaluations import rules
from app.services.lifecycle import GIVEN, Case
from app.services.people import steps
from app.services.people.steps import Said
from app.services.transitions import Transition

_table = Evaluation.__table__
_EDITED = lifecycle.with_who_acts(_table.c.edited_by)
_EXCEPTIONAL = _table.c.exceptional | GIVEN.c.exceptional
_COUNTED = numbering.counting(_table)
_found = finding.finder(subjects.KINDS)


async def create(writer: Writer, actor: Actor, entity: Facts, said: Mapping[str, Any], now: datetime) -> UUID:
    """Draft an evaluation of a period, of the entity as a whole or of one thing of it. `said`: of `rules.TOLD`, and
    `about_id`; it is restricted where what it is about is, unless said.

    Raises Invalid for a period that ends before it begins or has not begun, and for a thing that is unknown in the entity,
    not visible to the actor, or of a kind that is not evaluated.
    """
    rules.check_period(said["period_from"], said["period_to"], clock.day(now))
    about: Row | None = None
    if said["about_id"] is not None:
        found = await _found(writer, actor, said["about_id"], now)
        if found is None or found[0]["entity_id"] != entity.id:
            raise errors.unknown_reference("#/about_id")
        about = found[0]
    restricted = about is not None and about["restricted"]
    default = Classification.RESTRICTED if restricted else Classification.INTERNAL
    told = {name: said[name] for name in rules.TOLD} | {
        "classification": said["classification"] or default.value
    }
    rules.check_closed_enough(told["classification"], restricted=restricted)
    code = await numbering.next_code(writer, _COUNTED, "EV", entity.id, clock.day(now).year)
    columns = {"code": code, "about_id": said["about_id"], **told}
    evaluation_id, state = ids.new(), EvaluationState.DRAFT.value
    await lifecycle.begin(
        writer,
        rules.CREATED,
        Facts(SubjectKind.EVALUATION, evaluation_id, entity.id, state=state, steps=rules.steps(entity.id)),
        actor=actor,
        at=now,
        awaited=rules.AWAITED[state],
        changes=records.made(columns, *columns),
    )
    await writer.execute(
        insert(Evaluation).values(
            id=evaluation_id,
            entity_id=entity.id,
            state=state,
            about_kind=None if about is None else about["kind"],
            drafted_by_id=actor.person_id,
            drafted_at=now,
            edited_by=[actor.person_id],
            **columns,
        )
    )
    return evaluation_id


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    now: datetime,
) -> None:
    """Change a draft; who edits it never approves it. A patch that changes nothing writes nothing. Raises Invalid."""
    old = {name: facts.row[name] for name in rules.TOLD}
    new = {**old, **patch}
    changed = {name: value for name, value in new.items() if value != old[name]}
    if not changed:
        return
    rules.check_period(new["period_from"], new["period_to"], clock.day(now))
    rules.check_closed_enough(new["classification"], restricted=facts.row["restricted"])
    await lifecycle.apply_one(
        writer,
        Evaluation,
        rules.EDIT,
        Case(facts, entitlement, changes=records.became(old, changed)),
        actor=actor,
        at=now,
        columns={**changed, "edited_by": _EDITED},
        awaited=None,
    )


async def approve(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """From now on nothing of it changes; what comes from it is still followed."""
    await _take(writer, rules.APPROVE, actor, facts, entitlement, now, said)


async def discard(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Give a draft up, with the reason. The actions that came from it stand; the office cancels them where they fall away."""
    await _take(writer, rules.DISCARD, actor, facts, entitlement, now, said)


def _columns_of(transition: Transition, person_id: UUID, now: datetime) -> Mapping[str, Any]:
    """Who ended the draft, when. `person_id`: in whose name it is decided."""
    ended = {"ended_by_id": person_id, "ended_at": now}
    if transition is rules.APPROVE:
        return {**ended, "exceptional": _EXCEPTIONAL}
    return {**ended, "discard_reason": GIVEN.c.reason}


_take = partial(steps.take, model=Evaluation, columns=_columns_of, awaited=rules.AWAITED)
