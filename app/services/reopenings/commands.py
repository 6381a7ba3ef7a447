"""Every write of reopenings."""

from datetime import date, datetime
from functools import partial
from uuid import UUID

from sqlalchemy import bindparam, insert, select
from sqlalchemy.types import Uuid

from app import clock, errors, ids
from app.db import Compilable, Query, Writer
from app.enums import ReopeningState, SubjectKind
from app.models import Obligation, Reopening
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle
from app.services.lifecycle import GIVEN, Case
from app.services.obligations import rules as obligation_rules
from app.services.people import decisions
from app.services.people.decisions import Letter
from app.services.reopenings import rules, standing
from app.services.reopenings.rules import Leave
from app.services.results import rules as result_rules
from app.services.transitions import Transition

_opened = Reopening.__table__


def _lapsed(scope: str) -> Compilable:
    within = _opened.c[scope] == bindparam("scope", type_=Uuid)
    return select(_opened.c.id, _opened.c.version).where(within, standing.lapsed(_opened))


_LAPSED = {scope: Query(partial(_lapsed, scope)) for scope in ("result_id", "obligation_id")}


async def ask(
    writer: Writer, actor: Actor, result: Facts, reason: str, expires_on: date, now: datetime
) -> UUID:
    """Ask leave to correct an approved result, until `expires_on`.

    Raises NotTheLatest where a later revision exists, AlreadyExists where a leave is asked for or in force,
    Invalid for the date. A second one asked at the same moment is refused by the schema.
    """
    if result.row["has_later"]:
        raise result_rules.NotTheLatest()
    if result.row["has_reopening"]:
        raise errors.AlreadyExists()
    return await _ask(writer, result_rules.ASK_REOPENING, actor, result, "result_id", reason, expires_on, now)


async def ask_entry(
    writer: Writer, actor: Actor, obligation: Facts, reason: str, expires_on: date, now: datetime
) -> UUID:
    """Ask leave to enter the figure of a closed period, until `expires_on`.

    Raises NotClosed, AlreadyExists where there is a figure or a leave, Invalid for the date.
    """
    obligation_rules.check_to_be_reopened(obligation.row)
    # Held to the commit: a schedule that is set meanwhile waits, and then sees what was asked.
    owed = select(Obligation.id).where(Obligation.id == obligation.id, Obligation.replaced_at.is_(None))
    if (await writer.execute(owed.with_for_update(read=True))).one_or_none() is None:
        raise lifecycle.lost_race()
    return await _ask(
        writer, obligation_rules.ASK_REOPENING, actor, obligation, "obligation_id", reason, expires_on, now
    )


async def _ask(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    subject: Facts,
    scope: str,
    reason: str,
    expires_on: date,
    now: datetime,
) -> UUID:
    """Ask a leave about `subject`, which the column `scope` refers to."""
    rules.check_expiry(expires_on, clock.day(now))
    await _close_lapsed(writer, subject, scope, now)
    grantor = rules.grantor(subject.row["level"], in_scorecard=subject.row["in_scorecard"])
    assert subject.entity_id is not None  # noqa: S101  # results and obligations always have their entity
    reopening_id = ids.new()
    facts = Facts(
        SubjectKind.REOPENING,
        reopening_id,
        subject.entity_id,
        state=ReopeningState.ASKED.value,
        steps=rules.steps(grantor, subject.entity_id),
    )
    await lifecycle.begin(
        writer,
        transition.action,
        facts,
        actor=actor,
        at=now,
        awaited=rules.AWAITED[ReopeningState.ASKED],
        reason=reason,
        changes={scope: str(subject.id), "expires_on": expires_on.isoformat()},
    )
    await writer.execute(
        insert(Reopening).values(
            **{scope: subject.id},
            id=reopening_id,
            entity_id=subject.entity_id,
            grantor=grantor.value,
            state=ReopeningState.ASKED.value,
            reason=reason,
            asked_by_id=actor.person_id,
            asked_at=now,
            expires_on=expires_on,
        )
    )
    return reopening_id


async def _close_lapsed(writer: Writer, subject: Facts, scope: str, now: datetime) -> None:
    """Refuse, in nobody's name, what was asked earlier and not decided before its last day."""
    earlier = await writer.row(_LAPSED[scope], {"scope": subject.id, "today": clock.day(now)})
    if earlier is None:
        return
    facts = Facts(
        SubjectKind.REOPENING,
        earlier["id"],
        subject.entity_id,
        state=ReopeningState.ASKED.value,
        version=earlier["version"],
    )
    await lifecycle.apply_one(
        writer,
        Reopening,
        rules.LAPSE,
        Case(facts, Entitlement(""), rules.LAPSED),
        actor=None,
        at=now,
        columns={"decided_at": now, "decision_reason": GIVEN.c.reason},
        awaited=None,
    )


async def use(
    writer: Writer, actor: Actor, entity_id: UUID | None, leave: Leave, result_id: UUID, now: datetime
) -> None:
    """Use a granted leave up for the revision `result_id`. Raises Stale where somebody else just did."""
    facts = Facts(
        SubjectKind.REOPENING,
        leave.id,
        entity_id,
        state=ReopeningState.GRANTED.value,
        version=leave.version,
    )
    await lifecycle.apply_one(
        writer,
        Reopening,
        rules.USE,
        Case(facts, Entitlement(""), changes={"result_id": str(result_id)}),
        actor=actor,
        at=now,
        columns={},
        awaited=None,
    )


async def grant(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    reason: str | None,
    letter: Letter | None,
    now: datetime,
) -> None:
    """Grant the leave. Raises Conflict when the day until which it was asked has passed."""
    if facts.row["expires_on"] < clock.day(now):
        raise rules.Lapsed()
    await _decide(writer, rules.GRANT, actor, facts, entitlement, reason, letter, now)


async def refuse(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    reason: str,
    letter: Letter | None,
    now: datetime,
) -> None:
    """Refuse the leave, with a reason."""
    await _decide(writer, rules.REFUSE, actor, facts, entitlement, reason, letter, now)


async def _decide(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    reason: str | None,
    letter: Letter | None,
    now: datetime,
) -> None:
    decided = await decisions.decided(writer, actor, entitlement, transition.action, facts, letter, now)
    await lifecycle.apply_one(
        writer,
        Reopening,
        transition,
        Case(facts, entitlement, reason),
        actor=actor,
        at=now,
        columns={
            "decided_by_id": decided.person_id,
            "decided_at": now,
            "decision_reason": GIVEN.c.reason,
            "decision_id": decided.decision_id,
        },
        awaited=None,
        acting_for_id=decided.acting_for_id,
    )
