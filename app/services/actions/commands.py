"""Every write of actions. Each runs in the caller's transaction and changes state only by `lifecycle` and `records`."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from app import clock, errors, ids
from app.db import Row, Writer
from app.enums import Classification, SubjectKind
from app.enums.actions import ActionSource, ActionState
from app.errors import invalid
from app.models import Action, ActionNote, ActionPostponement
from app.parties import Actor, Entitlement, Facts
from app.services import finding, lifecycle, numbering, records
from app.services.actions import rules, sources
from app.services.evidence import commands as evidence_commands
from app.services.evidence import rules as evidence
from app.services.lifecycle import GIVEN, Case
from app.services.people import steps
from app.services.people.steps import Said
from app.services.transitions import Transition

_table = Action.__table__
_EDITED = lifecycle.with_who_acts(_table.c.edited_by)
_EXCEPTIONAL = _table.c.exceptional | GIVEN.c.exceptional
_COUNTED = numbering.counting(_table)
_OWNERS = ("division_id", "owner_id")
_find_source = finding.finder(sources.ORIGINS)
_find_served = finding.finder(sources.SERVED)


async def open_action(
    writer: Writer, actor: Actor, entity: Facts, said: Mapping[str, Any], now: datetime
) -> UUID:
    """Open an action of the entity, or put a proposal for improvement to its head (Guide M-9). `said`: of `rules.TOLD`, and
    `source`, `source_id`, `about_id`, `due`, `directive` (of `rules.OF_DIRECTIVE`); it is restricted where what it comes
    from or serves is, unless said.

    Raises Invalid for an action without one owner, whose day is past, or that names what is unknown in the entity or not
    visible to the actor.
    """
    entity_id, source = entity.id, ActionSource(said["source"])
    rules.check_opened(said, clock.day(now))
    from_ = await _source(writer, actor, entity_id, source, said["source_id"], now)
    serves = await _served(writer, actor, entity_id, said["about_id"], now)
    restricted = any(row is not None and row["restricted"] for row in (from_, serves))
    default = Classification.RESTRICTED if restricted else Classification.INTERNAL
    told = {name: said[name] for name in rules.TOLD} | {
        "classification": said["classification"] or default.value
    }
    rules.check_closed_enough(told["classification"], restricted=restricted)
    await finding.check_references(writer, entity_id, told, now)
    code = await numbering.next_code(writer, _COUNTED, "AC", entity_id, clock.day(now).year)
    columns = {
        "code": code,
        "source": source.value,
        "source_id": said["source_id"],
        "about_id": said["about_id"],
        "due": said["due"],
        **told,
        **dict.fromkeys(rules.OF_DIRECTIVE),
        **(said["directive"] or {}),
    }
    action_id, state = ids.new(), rules.state_of(source).value
    await lifecycle.begin(
        writer,
        rules.OPENED,
        Facts(
            SubjectKind.ACTION,
            action_id,
            entity_id,
            state=state,
            steps=rules.steps(entity_id, told["division_id"], told["owner_id"], told["classification"]),
            due={rules.CARRY_OUT: said["due"]},
        ),
        actor=actor,
        at=now,
        awaited=rules.AWAITED[state],
        changes=records.made(columns, *columns),
    )
    await writer.execute(
        insert(Action).values(
            id=action_id,
            entity_id=entity_id,
            state=state,
            source_kind=None if from_ is None else from_["kind"],
            about_kind=None if serves is None else serves["kind"],
            opened_by_id=actor.person_id,
            opened_at=now,
            edited_by=[actor.person_id],
            **columns,
        )
    )
    raised = None if from_ is None else sources.SOURCES[from_["kind"]].raised
    if raised is not None:
        await writer.rows(raised, {"raised_id": said["source_id"]})
    return action_id


async def _source(
    writer: Writer,
    actor: Actor,
    entity_id: UUID,
    source: ActionSource,
    source_id: UUID | None,
    now: datetime,
) -> Row | None:
    if source_id is None:
        return None
    found = await _find_source(writer, actor, source_id, now)
    if found is None or found[0]["entity_id"] != entity_id:
        raise errors.unknown_reference("#/source_id")
    row, facts = found
    kind = sources.SOURCES[row["kind"]]
    if kind.source is not source:
        raise invalid(
            "#/source", "does_not_fit", "It comes from something else.", "المصدر المذكور من نوع آخر."
        )
    if facts.state in kind.ended:
        raise invalid(
            "#/source_id", "ended", "Nothing more comes from it.", "استُبعد هذا المصدر فلا إجراءات منه."
        )
    return row


async def _served(
    writer: Writer, actor: Actor, entity_id: UUID, about_id: UUID | None, now: datetime
) -> Row | None:
    if about_id is None:
        return None
    found = await _find_served(writer, actor, about_id, now)
    if found is None or found[0]["entity_id"] != entity_id:
        raise errors.unknown_reference("#/about_id")
    return found[0]


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    patch: Mapping[str, Any],
    now: datetime,
) -> None:
    """Say it otherwise, or give it to another owner, whom it waits for from then on. A patch that changes nothing writes
    nothing. Raises Invalid."""
    old = {name: facts.row[name] for name in rules.TOLD}
    new = {**old, **patch}
    changed = {name: value for name, value in new.items() if value != old[name]}
    if not changed:
        return
    rules.check_owned(new["division_id"], new["owner_id"])
    rules.check_closed_enough(new["classification"], restricted=facts.row["restricted"])
    handed_on = bool(changed.keys() & set(_OWNERS))
    await finding.check_references(writer, facts.entity_id, changed, now)
    changes = records.became(old, changed)
    columns = {**changed, "edited_by": _edited(facts, actor)}
    await records.raise_version(writer, Action, facts, columns)
    if not (handed_on and facts.state == ActionState.OPEN):
        await lifecycle.note(
            writer,
            rules.EDIT.action,
            facts,
            actor=actor,
            at=now,
            changes=changes,
        )
        return
    owned = rules.steps(_entity(facts), new["division_id"], new["owner_id"], new["classification"])
    await lifecycle.redirect(
        writer,
        rules.EDIT.action,
        replace(facts, steps=owned),
        actor=actor,
        at=now,
        awaited=rules.AWAITED[ActionState.OPEN],
        changes=changes,
    )


async def postpone(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    due: date,
    reason: str,
    now: datetime,
) -> None:
    """Put its day off, with the reason; its owner is reminded by the new day. Raises Invalid, TooMany."""
    before, number = facts.row["due"], facts.row["postponements"] + 1
    rules.check_room(facts.row["postponements"], rules.MOST_POSTPONEMENTS, rules.TOO_MANY_POSTPONEMENTS)
    rules.check_later(due, before, clock.day(now))
    await records.raise_version(writer, Action, facts, {"due": due})
    await lifecycle.redirect(
        writer,
        rules.POSTPONE.action,
        replace(facts, due={rules.CARRY_OUT: due}),
        actor=actor,
        at=now,
        awaited=rules.AWAITED[ActionState.OPEN],
        changes=records.became({"due": before}, {"due": due}),
        reason=reason,
    )
    await writer.execute(
        insert(ActionPostponement).values(
            action_id=facts.id,
            number=number,
            entity_id=facts.entity_id,
            due_before=before,
            due=due,
            reason=reason,
            postponed_by_id=actor.person_id,
            postponed_at=now,
        )
    )


async def note(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: str, now: datetime
) -> None:
    """Write down how far it has come. Raises TooMany."""
    rules.check_room(facts.row["notes"], rules.MOST_NOTES, rules.TOO_MANY_NOTES)
    number = facts.row["notes"] + 1
    await lifecycle.apply_one(
        writer,
        Action,
        rules.NOTE,
        Case(facts, entitlement, changes={"note": number, "said": said}),
        actor=actor,
        at=now,
        columns={"edited_by": _EDITED},
        awaited=None,
    )
    await writer.execute(
        insert(ActionNote).values(
            action_id=facts.id,
            number=number,
            entity_id=facts.entity_id,
            note=said,
            written_by_id=actor.person_id,
            written_at=now,
        )
    )


async def report(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, outcome: str, now: datetime
) -> None:
    """Its owner says that it is done, and what came of it. Raises EvidenceMissing while a file is still to come."""
    evidence.check_submittable(facts.row["proof"])
    columns = {
        "outcome": outcome,
        "reported_by_id": actor.person_id,
        "reported_at": now,
        "edited_by": _EDITED,
    }
    await lifecycle.apply_one(
        writer,
        Action,
        rules.REPORT,
        Case(facts, entitlement, changes={"outcome": outcome}),
        actor=actor,
        at=now,
        columns=columns,
        awaited=rules.AWAITED[ActionState.REPORTED],
    )


async def confirm(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Another person of the office confirms that it is done. Raises EvidenceUnverified."""
    evidence.check_approvable(facts.row["proof"])
    await _take(writer, rules.CONFIRM, actor, facts, entitlement, now, said)


async def send_back(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Return it to its owner, with the reason; what was reported stays in its history."""
    await _take(writer, rules.RETURN, actor, facts, entitlement, now, said)


async def accept(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """The head accepts a proposal for improvement: its owner carries it out from now on (Guide M-9)."""
    await _take(writer, rules.ACCEPT, actor, facts, entitlement, now, said)


async def refuse(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """The head refuses a proposal for improvement, with the reason."""
    await _take(writer, rules.REFUSE, actor, facts, entitlement, now, said)


async def cancel(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """It is not done any more, with the reason; evidence that nobody has decided about is withdrawn."""
    if facts.row["proof"].undecided:
        await evidence_commands.end_open(writer, actor, facts, now)
    await _take(writer, rules.CANCEL, actor, facts, entitlement, now, said)


def _columns_of(transition: Transition, person_id: UUID, now: datetime) -> Mapping[str, Any]:
    """Who did what, when. `person_id`: in whose name it is decided."""
    ended = {"ended_by_id": person_id, "ended_at": now}
    match transition:
        case rules.ACCEPT:
            return {"accepted_by_id": person_id, "accepted_at": now}
        case rules.CONFIRM:
            return {**ended, "exceptional": _EXCEPTIONAL}
        case rules.RETURN:
            # What was reported is void; who had a hand in it stays barred for good.
            return {
                "returned_by_id": person_id,
                "returned_at": now,
                "return_reason": GIVEN.c.reason,
                **dict.fromkeys(("outcome", "reported_by_id", "reported_at")),
            }
        case rules.REFUSE | rules.CANCEL:
            return {**ended, "end_reason": GIVEN.c.reason}
    return {}


_take = partial(steps.take, model=Action, columns=_columns_of, awaited=rules.AWAITED)


def _edited(facts: Facts, actor: Actor) -> list[UUID]:
    """Who had a hand in it, and who has one now: the version that was seen still holds when this is written."""
    return [*(each for each in facts.row["edited_by"] if each != actor.person_id), actor.person_id]


def _entity(facts: Facts) -> UUID:
    if facts.entity_id is None:
        raise LookupError("an action belongs to an entity")
    return facts.entity_id
