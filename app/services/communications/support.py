"""What is asked of UNIT for a communication plan (Guide C-1). Each runs in the caller's transaction."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, Uuid, and_, bindparam, case, func, update

from app.db import Compilable, Query, Writer
from app.models import CommunicationPlan
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle
from app.services.communications import rules
from app.services.lifecycle import Case
from app.services.transitions import Transition

_table = cast(Table, CommunicationPlan.__table__)


async def ask(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, what: str, now: datetime
) -> None:
    """Ask UNIT to support an approved plan (Guide C-1): it reads the plan from now on. Raises SupportAsked while what was
    asked before is not answered."""
    if facts.row["support_open"]:
        raise rules.SupportAsked()
    columns = {
        "unit_from": facts.row["unit_from"] or now,
        "support_asked": what,
        "support_asked_by_id": actor.person_id,
        "support_asked_at": now,
        "support_answer": None,
        "support_answered_by_id": None,
        "support_answered_at": None,
    }
    said = {"fields": {"support_asked": [None, what]}}
    await _take(writer, rules.ASK_SUPPORT, actor, facts, entitlement, columns, said, now)
    await lifecycle.wait_for(writer, facts, rules.SUPPORT_AWAITED, at=now)


async def answer(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: str, now: datetime
) -> None:
    """Say what UNIT does for the plan. Raises NoSupportAsked where nothing is asked."""
    if not facts.row["support_open"]:
        raise rules.NoSupportAsked()
    columns = {
        "support_answer": said,
        "support_answered_by_id": actor.person_id,
        "support_answered_at": now,
    }
    changes = {"fields": {"support_answer": [None, said]}}
    await _take(writer, rules.ANSWER_SUPPORT, actor, facts, entitlement, columns, changes, now)
    await lifecycle.wait_for(writer, replace(facts, steps={}), rules.SUPPORT_AWAITED, at=now)


async def _take(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    columns: Mapping[str, Any],
    said: Mapping[str, Any],
    now: datetime,
) -> None:
    await lifecycle.apply_one(
        writer,
        CommunicationPlan,
        transition,
        Case(facts, entitlement, changes=said),
        actor=actor,
        at=now,
        columns=columns,
        awaited=None,
    )


def _carry() -> Compilable:
    before = _table.alias("before")
    is_open = and_(before.c.support_asked.is_not(None), before.c.support_answer.is_(None))
    names = ("support_asked", "support_asked_by_id", "support_asked_at")
    return (
        update(CommunicationPlan)
        .where(_table.c.id == bindparam("id", type_=Uuid), before.c.id == bindparam("before_id", type_=Uuid))
        .values(
            unit_from=func.coalesce(_table.c.unit_from, before.c.unit_from),
            **{name: case((is_open, before.c[name])) for name in names},
        )
        .returning(is_open.label("is_open"))
    )


_CARRY = Query(_carry)


async def carry(writer: Writer, facts: Facts, before_id: UUID, now: datetime) -> None:
    """What the version before leaves unanswered is asked of UNIT by the plan that supersedes it, and UNIT goes on reading
    the plan."""
    (carried,) = await writer.rows(_CARRY, {"id": facts.id, "before_id": before_id})
    if carried["is_open"]:
        await lifecycle.wait_for(writer, facts, rules.SUPPORT_AWAITED, at=now)
