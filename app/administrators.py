"""The first administrator of a new installation: nobody is there yet who could invite them."""

from datetime import datetime
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, insert, or_, select

from app import clock, ids, parties
from app.db import Database, Writer
from app.enums import Role, SubjectKind, Tenure
from app.models import Membership, User
from app.parties import Facts
from app.services import lifecycle
from app.services.auth import commands as auth


class Refused(Exception):
    """The installation has no need of a first administrator, or the words given are unfit; one line."""


async def invite_first(url: str, email: str, name_ar: str, name_en: str) -> str:
    """Make the first administrator, and answer the token of their invitation: good once, for 72 hours.

    Said again for the administrator whom it made, it invites them anew. `url` is the owner's: whoever has
    it can do anything to the database, so this gives away nothing. Raises Refused when there is another
    administrator, since only administrators invite from then on.
    """
    try:
        address = validate_email(email, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise Refused(f"'{email}' is no e-mail address: {error}") from None
    if not name_ar.strip() or not name_en.strip():
        raise Refused("the name is needed in Arabic and in English")
    now = clock.now()
    database = Database(url, read_pool_size=1, write_pool_size=1)
    try:
        await database.open()
        async with database.writing() as writer:
            user_id = await _present(writer, address, now)
            if user_id is None:
                user_id = await _make(writer, address, name_ar.strip(), name_en.strip(), now)
            return await auth.invite(writer, user_id, now)
    finally:
        await database.close()


async def _present(writer: Writer, email: str, now: datetime) -> UUID | None:
    """The administrator of this address; None where there is no administrator at all. Raises Refused."""
    found = await writer.execute(
        select(User.id, User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.role == Role.ADMINISTRATOR.value,
            Membership.starts_at <= now,
            or_(Membership.ends_at.is_(None), Membership.ends_at > now),
            User.is_active,
        )
    )
    administrators: dict[str, UUID] = {row.email.lower(): row.id for row in found}
    if email.lower() in administrators:
        return administrators[email.lower()]
    if administrators:
        raise Refused("there is an administrator already, who invites all others")
    taken = await writer.execute(select(User.id).where(func.lower(User.email) == email.lower()))
    if taken.first() is not None:
        raise Refused(f"'{email}' belongs to a person who is no administrator")
    return None


async def _make(writer: Writer, email: str, name_ar: str, name_en: str, now: datetime) -> UUID:
    user_id, membership_id = ids.new(), ids.new()
    # By nobody: the operator of the machine is no person of the service.
    await lifecycle.begin(writer, "users.create", Facts(SubjectKind.USER, user_id, None), actor=None, at=now)
    await writer.execute(insert(User).values(id=user_id, email=email, name_ar=name_ar, name_en=name_en))
    await lifecycle.begin(
        writer,
        "memberships.create",
        Facts(SubjectKind.MEMBERSHIP, membership_id, None),
        actor=None,
        at=now,
        changes={"role": Role.ADMINISTRATOR.value, "user_id": str(user_id)},
    )
    await writer.execute(
        insert(Membership).values(
            id=membership_id,
            user_id=user_id,
            entity_id=None,
            division_id=None,
            role=Role.ADMINISTRATOR.value,
            tenure=Tenure.SUBSTANTIVE.value,
            parties=parties.membership_parties(Role.ADMINISTRATOR, None, None, None, of_unit=False),
            starts_at=now,
        )
    )
    return user_id
