"""The one way a state changes, for one subject or five hundred.

A transition is admitted (rights, precondition, state: in the order of answers), then applied: one
conditional UPDATE with state and version in its WHERE, then one statement that writes the events,
closes the waits that were open, opens the new ones and puts into the outbox what somebody is to be
told of (`lifecycle_sql`). All of it in the caller's transaction.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    Table,
    Text,
    Uuid,
    bindparam,
    func,
    update,
)
from sqlalchemy.orm import DeclarativeBase

from app import permissions
from app.db import Lane, Query, Writer
from app.errors import AppError, PreconditionRequired, Stale, WrongState
from app.errors import Text as Sentence
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle_sql, sql
from app.services.transitions import Awaited, Transition


@dataclass(frozen=True)
class Case:
    """One subject about to change, the right by which it does, and the reason given."""

    facts: Facts
    entitlement: Entitlement
    reason: str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)


GIVEN = (
    func.unnest(
        bindparam("ids", type_=ARRAY(Uuid)),
        bindparam("versions", type_=ARRAY(Integer)),
        bindparam("reasons", type_=ARRAY(Text)),
        bindparam("exceptions", type_=ARRAY(Boolean)),
    )
    .table_valued("id", "version", "reason", "exceptional", name="given")
    .render_derived()
)
"""The cases as a table, for columns that differ by case: GIVEN.c.reason, GIVEN.c.exceptional."""

BY = bindparam("by_id", type_=Uuid)
"""In whose name a transition is taken, for columns that are computed from it."""


def with_who_acts(persons: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column of persons with whoever takes the transition in it, once."""
    return func.array_append(func.array_remove(persons, BY), BY)


def controls(table: FromClause) -> dict[str, ColumnElement[Any]]:
    """What a control step writes on the table of what it decides about: who controlled the revision, and whether the
    head ever did by exception. Made once, with the module, as every computed column."""
    return {
        "controlled_by": func.array_append(table.c.controlled_by, BY),
        "exceptional": table.c.exceptional | GIVEN.c.exceptional,
    }


def admit(actor: Actor, transition: Transition, facts: Facts, expected_version: int | None) -> Entitlement:
    """The right by which `actor` may take the transition now; refuses in the order 403, 428, 412, 409.

    `expected_version` is that of the If-Match header (None: it was not sent).
    """
    entitlement = permissions.entitlement(actor, transition.action, facts)
    if expected_version is None:
        raise PreconditionRequired()
    if expected_version != facts.version:
        raise Stale()
    if facts.state not in transition.sources:
        raise WrongState(
            Sentence(
                f"In the state '{facts.state}' the step '{transition.action}' is not possible.",
                f"الخطوة «{transition.action}» غير ممكنة في الحالة «{facts.state}».",
            )
        )
    return entitlement


def possible(actor: Actor, transition: Transition, facts: Facts) -> bool:
    """Whether the transition stands in the `actions` list of what `actor` sees."""
    return facts.state in transition.sources and permissions.allows(actor, transition.action, facts)


async def apply(
    writer: Writer,
    model: type[DeclarativeBase],
    transition: Transition,
    cases: Sequence[Case],
    *,
    actor: Actor | None,
    at: datetime,
    columns: Mapping[str, Any],
    awaited: Awaited | None,
    acting_for_id: UUID | None = None,
    conditions: tuple[ColumnElement[bool], ...] = (),
    params: Mapping[str, Any] | None = None,
    told: bool = False,
) -> set[UUID]:
    """Change the state of every case that is still as it was seen; returns the ids that changed.

    `columns` are set beside state and version: values, or expressions over GIVEN, BY and the model. A case
    that somebody else changed meanwhile is left out: the caller answers it with `lost_race()`. `conditions`:
    what else must hold at that moment, given `params`. The statement is compiled once for the same expressions,
    so they are made once too, and no value stands in them. `told`: people are told of it though nobody is awaited.
    """
    computed = {name: value for name, value in columns.items() if isinstance(value, ColumnElement)}
    values = {name: value for name, value in columns.items() if name not in computed}
    # In one order for all, so that two people who decide on many at once do not lock each other out.
    cases = sorted(cases, key=lambda case: case.facts.id)
    moved = await writer.rows(
        _moving(
            cast(Table, model.__table__),
            transition.target,
            tuple(values),
            tuple(computed.items()),
            conditions,
        ),
        {
            **values,
            **(params or {}),
            "ids": [case.facts.id for case in cases],
            "versions": [case.facts.version for case in cases],
            "reasons": [case.reason for case in cases],
            "exceptions": [case.entitlement.exceptional for case in cases],
            "sources": sorted(transition.sources),
            "by_id": acting_for_id or (actor and actor.person_id),
        },
    )
    changed = {row["id"] for row in moved}
    done = [case for case in cases if case.facts.id in changed]
    # What stays in its state (an edited draft) goes on waiting for whom it waited.
    stays = transition.target in transition.sources and not transition.renews
    if done:
        await _record(
            writer,
            transition.action,
            done,
            target=transition.target,
            actor=actor,
            at=at,
            awaited=None if stays else awaited,
            acting_for_id=acting_for_id,
            moved=not stays,
            told=told,
        )
    return changed


@lru_cache(maxsize=512)
def _moving(
    table: Table,
    target: str,
    written: tuple[str, ...],
    computed: tuple[tuple[str, ColumnElement[Any]], ...],
    conditions: tuple[ColumnElement[bool], ...],
) -> Query:
    moved = (
        update(table)
        .where(
            table.c.id == GIVEN.c.id,
            table.c.version == GIVEN.c.version,
            table.c.state == func.any(bindparam("sources", type_=ARRAY(Text))),
            *conditions,
        )
        .values(state=target, version=table.c.version + 1, **sql.written(table, written), **dict(computed))
        .returning(table.c.id)
    )
    return Query(lambda: moved)


async def apply_one(
    writer: Writer,
    model: type[DeclarativeBase],
    transition: Transition,
    case: Case,
    *,
    actor: Actor | None,
    at: datetime,
    columns: Mapping[str, Any],
    awaited: Awaited | None,
    acting_for_id: UUID | None = None,
    conditions: tuple[ColumnElement[bool], ...] = (),
    params: Mapping[str, Any] | None = None,
    told: bool = False,
) -> None:
    """The same for one subject. Raises Stale when somebody else changed it meanwhile."""
    moved = await apply(
        writer,
        model,
        transition,
        [case],
        actor=actor,
        at=at,
        columns=columns,
        awaited=awaited,
        acting_for_id=acting_for_id,
        conditions=conditions,
        params=params,
        told=told,
    )
    if not moved:
        raise lost_race()


def lost_race() -> AppError:
    """What the loser of a race is told: the thing is no longer as it was seen."""
    return Stale()


async def begin(
    writer: Writer,
    action: str,
    facts: Facts,
    *,
    actor: Actor | None,
    at: datetime,
    awaited: Awaited | None = None,
    changes: Mapping[str, Any] | None = None,
    reason: str | None = None,
    acting_for_id: UUID | None = None,
    told: bool = False,
) -> None:
    """Make the subject, its first event and its first waits; the area's own row is inserted afterwards. `told`: people
    are told of it though nobody is awaited."""
    case = Case(facts, Entitlement(""), reason, changes or {})
    await _record(
        writer,
        action,
        [case],
        target=facts.state,
        actor=actor,
        at=at,
        awaited=awaited,
        acting_for_id=acting_for_id,
        new=True,
        told=told,
    )


async def begin_many(
    writer: Writer, action: str, made: Sequence[Facts], *, actor: Actor | None, at: datetime
) -> None:
    """Make many subjects of one state at once, each with its first event, that wait for nobody yet."""
    await _record(
        writer,
        action,
        [Case(facts, Entitlement("")) for facts in made],
        target=made[0].state,
        actor=actor,
        at=at,
        new=True,
    )


async def await_many(
    lane: Lane, action: str, waiting: Sequence[Facts], awaited: Awaited, *, at: datetime
) -> None:
    """Let many subjects, whose state stays, wait from now on for the parties that `waiting` name, and for no others; each
    has an event that says so."""
    await _record(
        lane,
        action,
        [Case(facts, Entitlement("")) for facts in waiting],
        target=waiting[0].state,
        actor=None,
        at=at,
        awaited=awaited,
    )


async def wait_until(lane: Lane, days: Mapping[UUID, date]) -> None:
    """Let subjects, which go on waiting for whom they do, be due on other days."""
    await lane.rows(lifecycle_sql.WAIT_UNTIL, {"subject_ids": list(days), "dues": list(days.values())})


async def wait_no_more(lane: Lane, subject_ids: Sequence[UUID], *, at: datetime) -> None:
    """Let subjects, whose state stays, wait for nobody any more."""
    await lane.rows(lifecycle_sql.WAIT_NO_MORE, {"subject_ids": list(subject_ids), "at": at})


async def wait_for(writer: Writer, facts: Facts, awaited: Awaited, *, at: datetime) -> None:
    """Let the subject, whose state stays, wait for the parties that `facts` name and for no others: those that it
    waited for before go on being waited for since then. It belongs to the latest event of the subject, which tells whom
    it waits for from now on."""
    await writer.rows(
        lifecycle_sql.WAIT_FOR,
        {
            "subject_id": facts.id,
            "entity_id": facts.entity_id,
            "action": awaited.action,
            "parties": list(facts.steps.get(awaited.step, ())),
            "due": facts.due.get(awaited.step),
            "at": at,
        },
    )


async def note(
    writer: Writer,
    action: str,
    facts: Facts,
    *,
    actor: Actor | None,
    at: datetime,
    changes: Mapping[str, Any] | None = None,
    reason: str | None = None,
    acting_for_id: UUID | None = None,
) -> None:
    """Record a change that leaves the state, and whom it waits for, as they are (an edit, a sign-out)."""
    await writer.rows(
        lifecycle_sql.NOTE,
        {
            "subject_id": facts.id,
            "action": action,
            "state": facts.state,
            "actor_id": actor.person_id if actor else None,
            "acting_for_id": acting_for_id,
            "service_account_id": actor.service_account_id if actor else None,
            "reason": reason,
            "changes": _json(changes or {}),
            "at": at,
        },
    )


async def redirect(
    writer: Writer,
    action: str,
    facts: Facts,
    *,
    actor: Actor,
    at: datetime,
    awaited: Awaited | None,
    changes: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Record a change that leaves the state as it is, but whom it waits for: the parties that `facts` name now."""
    case = Case(facts, Entitlement(""), reason, changes or {})
    await _record(writer, action, [case], target=facts.state, actor=actor, at=at, awaited=awaited)


async def _record(
    lane: Lane,
    action: str,
    cases: Sequence[Case],
    *,
    target: str | None,
    actor: Actor | None,
    at: datetime,
    awaited: Awaited | None = None,
    acting_for_id: UUID | None = None,
    new: bool = False,
    moved: bool = True,
    told: bool = False,
) -> None:
    waits = [
        (case.facts.id, case.facts.entity_id, party, rank, case.facts.due.get(awaited.step))
        for case in cases
        if awaited is not None
        for rank, party in enumerate(case.facts.steps.get(awaited.step, ()))
    ]
    # What waits for nobody, before and after, tells nobody: the worker is not woken for it.
    quiet = not told and not waits and (new or not moved)
    await lane.rows(
        lifecycle_sql.record(new=new, quiet=quiet),
        {
            "subject_ids": [case.facts.id for case in cases],
            "from_states": [None if new else case.facts.state for case in cases],
            "reasons": [case.reason for case in cases],
            "changes": [_json(_facts_of(case)) for case in cases],
            "acting_for_ids": [acting_for_id or case.entitlement.acting_for_id for case in cases],
            "action": action,
            "to_state": target,
            "actor_id": actor.person_id if actor else None,
            "service_account_id": actor.service_account_id if actor else None,
            "at": at,
            "moved": moved,
            "told": told,
            "wait_subject_ids": [wait[0] for wait in waits],
            "wait_entity_ids": [wait[1] for wait in waits],
            "wait_parties": [wait[2] for wait in waits],
            "wait_ranks": [wait[3] for wait in waits],
            "wait_dues": [wait[4] for wait in waits],
            "wait_action": awaited.action if awaited else None,
        }
        | (
            {
                "kinds": [case.facts.kind for case in cases],
                "entity_ids": [case.facts.entity_id for case in cases],
            }
            if new
            else {}
        ),
    )


def _facts_of(case: Case) -> dict[str, Any]:
    changes = dict(case.changes)
    if case.entitlement.exceptional:
        changes["exceptional"] = True
    return changes


def _json(changes: Mapping[str, Any]) -> str:
    return json.dumps(changes, default=str, ensure_ascii=False)
