"""Every write of memberships (Guide O-1 to O-8)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select

from app import ids, parties, permissions
from app.db import Writer
from app.enums import DivisionFunction, Role, SubjectKind, Tenure
from app.errors import invalid, unknown_reference
from app.models import Division, Entity, Membership, User
from app.parties import Actor, Facts
from app.services import lifecycle, records
from app.services.people import decisions, rules
from app.services.people.decisions import Letter


@dataclass(frozen=True)
class Appointment:
    """What is asked for: who, as what, where, from when to when."""

    user_id: UUID
    role: Role
    tenure: Tenure = Tenure.SUBSTANTIVE
    division_id: UUID | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


async def appoint(
    writer: Writer, actor: Actor, entity: Facts, asked: Appointment, letter: Letter | None, now: datetime
) -> UUID:
    """Appoint a person to a role of the entity, by the rule that the role asks for.

    Raises Forbidden where that rule gives no right, or somebody would appoint themself; Invalid for what
    does not fit; a post that has a holder then is refused by the schema (AlreadyExists).
    """
    function = await _function(writer, entity, asked.division_id)
    rule = rules.appointing_action(asked.role, asked.tenure, function)
    entitlement = permissions.entitlement(actor, rule, entity)
    rules.check_not_oneself(asked.user_id, [actor.person_id])
    starts_at = rules.starting(asked.starts_at, now)
    rules.check_appointment(
        asked.role,
        asked.tenure,
        is_unit=entity.row["is_unit"],
        in_division=asked.division_id is not None,
        starts_at=starts_at,
        ends_at=asked.ends_at,
    )
    if asked.division_id is not None and function is None:
        raise unknown_reference("#/division_id")
    await require_active(writer, asked.user_id, "#/user_id")

    membership_id = ids.new()
    facts = Facts(SubjectKind.MEMBERSHIP, membership_id, entity.id)
    decided = await decisions.decided(writer, actor, entitlement, rule, facts, letter, now, control=False)
    rules.check_not_oneself(asked.user_id, [decided.person_id])
    await _one_at_a_time(writer, entity.id)
    columns = {
        "user_id": asked.user_id,
        "role": asked.role.value,
        "tenure": asked.tenure.value,
        "division_id": asked.division_id,
        "starts_at": starts_at,
        "ends_at": asked.ends_at,
    }
    await lifecycle.begin(
        writer,
        rule,
        facts,
        actor=actor,
        at=now,
        changes=records.made(columns, *columns),
        acting_for_id=decided.acting_for_id,
    )
    await writer.execute(
        insert(Membership).values(
            id=membership_id,
            entity_id=entity.id,
            parties=parties.membership_parties(
                asked.role, entity.id, asked.division_id, function, of_unit=entity.row["is_unit"]
            ),
            decision_id=decided.decision_id,
            **columns,
        )
    )
    return membership_id


async def require_active(writer: Writer, user_id: UUID, pointer: str) -> None:
    """Raise Invalid when the body names nobody, or somebody who is blocked."""
    found = await writer.execute(select(User.is_active).where(User.id == user_id))
    is_active = found.scalar_one_or_none()
    if is_active is None:
        raise unknown_reference(pointer)
    if not is_active:
        raise invalid(pointer, "blocked", "This person is blocked.", "حساب هذا الشخص موقوف.")


async def _function(writer: Writer, entity: Facts, division_id: UUID | None) -> DivisionFunction | None:
    """The function of a division of the entity; None where there is no such division."""
    if division_id is None:
        return None
    found = await writer.execute(
        select(Division.function).where(Division.id == division_id, Division.entity_id == entity.id)
    )
    function = found.scalar_one_or_none()
    return None if function is None else DivisionFunction(function)


async def _one_at_a_time(writer: Writer, entity_id: UUID) -> None:
    """Let two appointments in one entity wait for each other: an exclusion constraint alone would let both
    wait, and PostgreSQL would end one of them as a deadlock instead of saying that the post is taken."""
    await writer.execute(select(Entity.id).where(Entity.id == entity_id).with_for_update(key_share=True))
