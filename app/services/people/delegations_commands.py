"""Every write of delegations: the holder of a post lets a specialist take one of its actions for a time."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, insert, literal, select

from app import ids
from app.db import Writer
from app.enums import Role, SubjectKind
from app.errors import invalid
from app.models import Delegation, Membership
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, records, sql
from app.services.people import rules
from app.services.people.memberships_commands import require_active


async def create(
    writer: Writer,
    actor: Actor,
    entity: Facts,
    entitlement: Entitlement,
    delegate_id: UUID,
    action: str,
    reason: str,
    starts_at: datetime | None,
    ends_at: datetime,
    now: datetime,
) -> UUID:
    """Delegate `action` of the actor's own post, which they hold themself: what is delegated to somebody
    is not theirs to pass on. It rests on their holding the post: when that ends, so does the delegation.

    Raises Invalid for who is no specialist of the entity, and for more than a year.
    """
    begins = rules.starting(starts_at, now)
    rules.check_interval(begins, ends_at, rules.LONGEST_DELEGATION)
    if delegate_id == actor.person_id:
        raise invalid("#/delegate_id", "oneself", "Name somebody else.", "اذكر شخصًا غيرك.")
    await require_active(writer, delegate_id, "#/delegate_id")
    m = Membership.__table__
    found = await writer.execute(
        select(
            exists().where(
                m.c.user_id == delegate_id,
                m.c.entity_id == entity.id,
                m.c.role == Role.SPECIALIST.value,
                sql.in_force(m, literal(begins)),
            )
        )
    )
    if not found.scalar_one():
        raise invalid(
            "#/delegate_id",
            "not_a_specialist",
            "Actions are delegated to specialists of the office.",
            "يكون التفويض لأخصائيي المكتب.",
        )
    delegation_id = ids.new()
    columns = {
        "delegator_id": actor.person_id,
        "delegate_id": delegate_id,
        "action": action,
        "starts_at": begins,
        "ends_at": ends_at,
    }
    await lifecycle.begin(
        writer,
        "delegations.create",
        Facts(SubjectKind.DELEGATION, delegation_id, entity.id),
        actor=actor,
        at=now,
        reason=reason,
        changes=records.made(columns, *columns),
    )
    await writer.execute(
        insert(Delegation).values(
            id=delegation_id, entity_id=entity.id, party=entitlement.party, reason=reason, **columns
        )
    )
    return delegation_id
