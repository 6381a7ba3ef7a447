"""The link of the plan's indicators to the job plans of employees, as counts (Guide P-11)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, select, update
from sqlalchemy.dialects.postgresql import insert

from app import errors, ids
from app.db import Writer
from app.enums import Party
from app.models import Division, JobPlanLink
from app.parties import Actor, Entitlement, Facts
from app.services.lifecycle import Case
from app.services.plans import commands, rules

COUNTS = ("staff", "linked", "remark")
_links = cast(Table, JobPlanLink.__table__)
_CARRIED = tuple(column.name for column in _links.c if column.name not in ("id", "plan_id"))


async def record(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    said: Mapping[str, Any],
    now: datetime,
) -> None:
    """Record how many employees of a division have the plan's indicators in their job plans. Until it is verified, a
    later record takes the place of an earlier one.

    Raises Invalid for counts that cannot be or a division of another entity, Forbidden for who is neither of that
    division nor of planning, LinkVerified.
    """
    rules.check_link(said["staff"], said["linked"])
    division_id = said["division_id"]
    found = await writer.execute(
        select(Division.id).where(Division.id == division_id, Division.entity_id == facts.entity_id)
    )
    if found.one_or_none() is None:
        raise errors.unknown_reference("#/division_id")
    if not (actor.holds(Party.PLANNING, facts.entity_id) or actor.holds(Party.DIVISION, division_id)):
        raise errors.Forbidden()
    counts = {name: said[name] for name in COUNTS}
    told = {"division_id": str(division_id), "half": said["half"], **counts}
    await commands.stay(writer, rules.RECORD_LINK, actor, Case(facts, entitlement, changes=told), now, {})
    written = {**counts, "recorded_by_id": actor.person_id, "recorded_at": now}
    merged = (
        insert(JobPlanLink)
        .values(
            id=ids.new(),
            entity_id=facts.entity_id,
            plan_id=facts.id,
            division_id=division_id,
            half=said["half"],
            **written,
        )
        .on_conflict_do_update(
            index_elements=["plan_id", "division_id", "half"],
            set_=written,
            where=JobPlanLink.verified_at.is_(None),
        )
        .returning(JobPlanLink.id)
    )
    if (await writer.execute(merged)).one_or_none() is None:
        raise rules.LinkVerified()


async def verify(writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime) -> None:
    """Say that the counts are right; never by who recorded them. `facts` carry the link. Raises LinkVerified,
    FourEyes."""
    link = facts.row["child"]
    if link["verified_at"] is not None:
        raise rules.LinkVerified()
    if UUID(link["recorded_by_id"]) == actor.person_id:
        raise errors.FourEyes()
    told = {"link_id": link["id"]}
    await commands.stay(writer, rules.VERIFY_LINK, actor, Case(facts, entitlement, changes=told), now, {})
    await writer.execute(
        update(JobPlanLink)
        .where(JobPlanLink.id == UUID(link["id"]))
        .values(verified_by_id=actor.person_id, verified_at=now)
        .execution_options(synchronize_session=False)
    )


async def carry_over(writer: Writer, former_id: UUID, plan_id: UUID) -> None:
    """Let a version that takes the place of another have its links, as they were recorded and verified: they are of the
    employees of the year, whichever version is in force. The former keeps its own."""
    found = await writer.execute(
        select(*[_links.c[name] for name in _CARRIED]).where(_links.c.plan_id == former_id)
    )
    rows = [{**link, "id": ids.new(), "plan_id": plan_id} for link in found.mappings()]
    if rows:
        await writer.execute(
            insert(JobPlanLink)
            .values(rows)
            .on_conflict_do_nothing(index_elements=["plan_id", "division_id", "half"])
        )
