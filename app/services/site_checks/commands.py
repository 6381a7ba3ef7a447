"""Every write of checks on the ground. Each runs in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from app import clock, ids
from app.db import Writer
from app.enums import SubjectKind
from app.enums.initiatives import SiteCheckState
from app.models import SiteCheck
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, records
from app.services.evidence import commands as evidence_commands
from app.services.initiatives import rules as initiatives
from app.services.lifecycle import GIVEN, Case
from app.services.site_checks import rules

SAID = ("checked_on", "place", "findings", "conforms")


async def create(
    writer: Writer, actor: Actor, initiative: Facts, said: Mapping[str, Any], now: datetime
) -> UUID:
    """Record what was found where an initiative is carried out. Raises NotRunning, and Invalid for a day to come."""
    if initiative.state not in initiatives.RUNNING:
        raise initiatives.NotRunning()
    rules.check_day(said["checked_on"], clock.day(now))
    check_id = ids.new()
    state = SiteCheckState.RECORDED.value
    await lifecycle.begin(
        writer,
        "site_checks.create",
        Facts(SubjectKind.SITE_CHECK, check_id, initiative.entity_id, state=state),
        actor=actor,
        at=now,
        changes={**records.made(said, *SAID), "initiative_id": str(initiative.id)},
    )
    await writer.execute(
        insert(SiteCheck).values(
            id=check_id,
            entity_id=initiative.entity_id,
            initiative_id=initiative.id,
            state=state,
            edited_by=[actor.person_id],
            checked_by_id=actor.person_id,
            recorded_at=now,
            **{name: said[name] for name in SAID},
        )
    )
    return check_id


async def withdraw(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, reason: str, now: datetime
) -> None:
    """Take a mistaken check back, and with it the evidence that nobody has decided about. It stays readable, with the
    reason."""
    await lifecycle.apply_one(
        writer,
        SiteCheck,
        rules.WITHDRAW,
        Case(facts, entitlement, reason),
        actor=actor,
        at=now,
        columns={
            "withdrawn_at": now,
            "withdrawn_by_id": actor.person_id,
            "withdraw_reason": GIVEN.c.reason,
        },
        awaited=None,
    )
    await evidence_commands.end_open(writer, actor, facts, now)
