"""Every write of people's accounts. Only the administrator makes them: a manager who could make accounts
could be the second pair of eyes as well."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from app import ids
from app.db import Writer
from app.enums import SubjectKind
from app.errors import Forbidden, Text
from app.models import User
from app.parties import Actor, Facts
from app.services import lifecycle, records
from app.services.auth import commands as auth
from app.services.auth import sessions
from app.services.auth.rules import INVITATION_LASTS
from app.services.people import rules


@dataclass(frozen=True, slots=True)
class Invited:
    """A person with a one-time token to set a password, said this once."""

    user_id: UUID
    token: str
    expires_at: datetime


async def create(writer: Writer, actor: Actor, columns: Mapping[str, Any], now: datetime) -> Invited:
    """Enter a person and invite them. An e-mail that somebody has is refused by the schema (AlreadyExists)."""
    user_id = ids.new()
    await lifecycle.begin(writer, "users.create", Facts(SubjectKind.USER, user_id, None), actor=actor, at=now)
    await writer.execute(insert(User).values(id=user_id, **columns))
    return await _invited(writer, user_id, now)


async def invite(writer: Writer, actor: Actor, facts: Facts, now: datetime) -> Invited:
    """Make a new invitation; earlier ones are void. Raises Stale when somebody else did at once."""
    await records.raise_version(writer, User, facts)
    await lifecycle.note(
        writer, rules.INVITE.action, Facts(SubjectKind.USER, facts.id, None), actor=actor, at=now
    )
    return await _invited(writer, facts.id, now)


async def _invited(writer: Writer, user_id: UUID, now: datetime) -> Invited:
    token = await auth.invite(writer, user_id, now)
    return Invited(user_id, token, now + INVITATION_LASTS)


async def edit(writer: Writer, actor: Actor, facts: Facts, patch: Mapping[str, Any], now: datetime) -> None:
    """Correct a person, block or admit them again. Whoever is blocked is out at the next request.

    Raises Forbidden for who would block themself: nobody might be left to admit them.
    """
    if patch.get("is_active") is False and facts.id == actor.person_id:
        raise Forbidden(Text("Nobody blocks themself.", "لا يوقف أحد حسابه بنفسه."))
    blocks = patch.get("is_active") is False
    of_person = sessions.TABLE.c.user_id == facts.id
    if blocks:
        # Sessions before the person, in the order in which a request holds them: neither waits for the other.
        await sessions.revoke(writer, of_person, rules.BLOCKED, now)
    await records.edit(writer, User, rules.EDIT_USER.action, facts, patch, actor=actor, at=now)
    if blocks:
        await sessions.revoke(writer, of_person, rules.BLOCKED, now)
        await auth.spend_invitations(writer, facts.id, now)
