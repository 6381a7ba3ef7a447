"""Every write of assignments: representatives work only on what they are assigned (Guide O-3, O-4)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, insert, literal, select

from app import ids
from app.db import Writer
from app.enums import Role, SubjectKind
from app.errors import invalid, unknown_reference
from app.models import Assignment, Membership, Subject
from app.parties import Actor, Facts
from app.services import lifecycle, loaders, records, sql
from app.services.people import rules
from app.services.people.memberships_commands import require_active

_ASSIGNED_TO = (
    SubjectKind.INDICATOR.value,
    SubjectKind.ENTITY.value,
    SubjectKind.RESULT.value,
    SubjectKind.INITIATIVE.value,
    SubjectKind.COMMUNICATION_PLAN.value,
    SubjectKind.CHALLENGE.value,
    SubjectKind.RISK.value,
    SubjectKind.PLAN.value,
    SubjectKind.DETAILED_PLAN.value,
    SubjectKind.PATH_RUN.value,
    SubjectKind.SCORECARD.value,
    SubjectKind.IMPROVEMENT_PLAN.value,
)
"""What somebody can be put to work on; on the entity as a whole the media representative is (Guide O-4). Who is assigned
to anything else reads it, so only who reads it may assign."""


async def create(
    writer: Writer,
    actor: Actor,
    entity: Facts,
    user_id: UUID,
    subject_id: UUID,
    starts_at: datetime | None,
    ends_at: datetime | None,
    now: datetime,
) -> UUID:
    """Put a person of the entity to work on something of it that people are put to work on, or on its communication as
    a whole.

    Raises Forbidden for who would assign themself, Invalid for somebody without a role in the entity, or on the entity as a
    whole for who is no media representative, and for a subject that is unknown, another entity's, or not visible to the
    actor; the same assignment twice at a time is refused by the schema.
    """
    rules.check_not_oneself(user_id, [actor.person_id])
    begins = rules.starting(starts_at, now)
    rules.check_interval(begins, ends_at)
    await require_active(writer, user_id, "#/user_id")
    await _require_role(writer, entity, user_id, begins)
    await _require_subject(writer, actor, entity, subject_id, now)
    if subject_id == entity.id:
        await _require_role(writer, entity, user_id, begins, Role.MEDIA_REPRESENTATIVE)
    assignment_id = ids.new()
    columns = {"user_id": user_id, "subject_id": subject_id, "starts_at": begins, "ends_at": ends_at}
    await lifecycle.begin(
        writer,
        "assignments.create",
        Facts(SubjectKind.ASSIGNMENT, assignment_id, entity.id),
        actor=actor,
        at=now,
        changes=records.made(columns, *columns),
    )
    await writer.execute(insert(Assignment).values(id=assignment_id, entity_id=entity.id, **columns))
    return assignment_id


async def end(
    writer: Writer, actor: Actor, facts: Facts, ends_at: datetime | None, reason: str, now: datetime
) -> None:
    """End an assignment, now or later."""
    until = rules.ending(ends_at, facts.row["starts_at"], facts.row["ends_at"], now)
    await records.edit(
        writer,
        Assignment,
        rules.END_ASSIGNMENT.action,
        facts,
        {"ends_at": until},
        old=facts.row,
        actor=actor,
        at=now,
        reason=reason,
    )


async def _require_role(
    writer: Writer, entity: Facts, user_id: UUID, moment: datetime, role: Role | None = None
) -> None:
    m = Membership.__table__
    held = [m.c.user_id == user_id, m.c.entity_id == entity.id, sql.in_force(m, literal(moment))]
    if role is not None:
        held.append(m.c.role == role.value)
    found = await writer.execute(select(exists().where(*held)))
    if not found.scalar_one():
        raise invalid(
            "#/user_id",
            "holds_no_role",
            "The person does not hold the role in the entity at that time that this asks for.",
            "لا يشغل هذا الشخص في الجهة في تلك المدة الدور المطلوب لذلك.",
        )


async def _require_subject(
    writer: Writer, actor: Actor, entity: Facts, subject_id: UUID, now: datetime
) -> None:
    found = await writer.execute(
        select(Subject.kind).where(
            Subject.id == subject_id, Subject.entity_id == entity.id, Subject.kind.in_(_ASSIGNED_TO)
        )
    )
    kind = found.scalar_one_or_none()
    seen = kind is not None and (
        kind == SubjectKind.ENTITY or await loaders.load(writer, actor, kind, subject_id, now) is not None
    )
    if not seen:
        raise unknown_reference("#/subject_id")
