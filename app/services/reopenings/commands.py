"""Every write of reopenings."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import insert

from app import clock, errors, ids
from app.db import Writer
from app.enums import ReopeningState, SubjectKind
from app.models import Reopening
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle
from app.services.lifecycle import GIVEN, Case
from app.services.people import decisions
from app.services.people.decisions import Letter
from app.services.reopenings import queries, rules
from app.services.results import rules as result_rules
from app.services.transitions import Transition


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
    rules.check_expiry(expires_on, clock.day(now))
    grantor = rules.grantor(result.row["level"], in_scorecard=result.row["in_scorecard"])
    assert result.entity_id is not None  # noqa: S101  # a result always has its entity
    reopening_id = ids.new()
    facts = Facts(
        SubjectKind.REOPENING,
        reopening_id,
        result.entity_id,
        state=ReopeningState.ASKED.value,
        steps=queries.steps(grantor, result.entity_id),
    )
    await lifecycle.begin(
        writer,
        result_rules.ASK_REOPENING.action,
        facts,
        actor=actor,
        at=now,
        awaited=rules.AWAITED[ReopeningState.ASKED],
        reason=reason,
        changes={"result_id": str(result.id), "expires_on": expires_on.isoformat()},
    )
    await writer.execute(
        insert(Reopening).values(
            id=reopening_id,
            entity_id=result.entity_id,
            result_id=result.id,
            grantor=grantor.value,
            state=ReopeningState.ASKED.value,
            reason=reason,
            asked_by_id=actor.person_id,
            asked_at=now,
            expires_on=expires_on,
        )
    )
    return reopening_id


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
    moved = await lifecycle.apply(
        writer,
        Reopening,
        transition,
        [Case(facts, entitlement, reason)],
        actor=actor,
        at=now,
        columns={
            "decided_by_id": decided.person_id,
            "decided_at": now,
            "decision_reason": GIVEN.c.reason,
            "decision_id": decided.decision_id,
        },
        awaited=None,
        acting_for_id=decided.person_id if decided.decision_id else None,
    )
    if not moved:
        raise lifecycle.lost_race()
