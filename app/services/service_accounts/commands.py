"""Every write of service accounts."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, insert, update

from app import ids, parties
from app.db import Writer
from app.enums import SubjectKind
from app.errors import unknown_reference
from app.models import ServiceAccount
from app.parties import Actor, Facts
from app.services import lifecycle
from app.services.auth import rules as secrets
from app.services.auth import sessions
from app.services.documents import Document
from app.services.people import me
from app.services.people.powers import Powers
from app.services.service_accounts import queries, rules

_account = cast(Table, ServiceAccount.__table__)


async def create(
    lane: Writer,
    actor: Actor,
    name: str,
    actions: Sequence[str],
    entity_id: UUID | None,
    expires_at: datetime,
    now: datetime,
) -> tuple[UUID, str]:
    """Make a service account with some of its maker's actions, in all their entities or in one.

    Answers its id and its secret, which is said once and kept as a hash. Raises Invalid for actions that the
    maker does not hold there or that no program may hold, for an entity that is not there, and for an end
    that does not lie within a year.
    """
    rules.check_life(now, expires_at)
    held = await me.powers_of(lane, actor, now)
    if entity_id is None:
        rules.check_permissions(actions, held.anywhere())
    else:
        await _require_reach(lane, actor, held, entity_id)
        rules.check_permissions(actions, held.within(entity_id))
    account_id, secret, granted = ids.new(), secrets.new_secret(), sorted(set(actions))
    await lifecycle.begin(
        lane,
        rules.CREATE,
        Facts(SubjectKind.SERVICE_ACCOUNT, account_id, entity_id, state=rules.STANDING),
        actor=actor,
        at=now,
        changes={"name": name, "permissions": granted, "expires_at": expires_at.isoformat()},
    )
    await lane.execute(
        insert(_account).values(
            id=account_id,
            maker_id=actor.person_id,
            entity_id=entity_id,
            name=name,
            secret_hash=secrets.secret_hash(secret),
            actions=granted,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return account_id, secret


def with_secret(document: Document, account_id: UUID, secret: str) -> Document:
    """The representation of a new account with what it signs in with: said this once."""
    said = json.dumps({"client_id": str(account_id), "client_secret": secret})
    return Document(document.body[:-1] + f",{said[1:]}".encode(), document.version)


async def end(lane: Writer, actor: Actor, facts: Facts, now: datetime) -> None:
    """End a service account and its sessions: its tokens are refused from the next request on."""
    ended = await lane.execute(
        update(_account)
        .where(_account.c.id == facts.id, _account.c.version == facts.version, _account.c.ended_at.is_(None))
        .values(ended_at=now, version=_account.c.version + 1)
        .returning(_account.c.id)
    )
    if ended.one_or_none() is None:
        raise lifecycle.lost_race()
    await sessions.revoke(lane, sessions.TABLE.c.service_account_id == facts.id, "service_account_ended", now)
    await lifecycle.note(lane, rules.END.action, facts, actor=actor, at=now)


async def _require_reach(lane: Writer, actor: Actor, held: Powers, entity_id: UUID) -> None:
    """An entity of the maker's; any, for who has a national role. Told apart from an unknown one for nobody."""
    if entity_id in held.by_entity:
        return
    national = actor.national or parties.ADMINISTRATOR in actor.keys
    if not (national and await queries.entity_exists(lane, entity_id)):
        raise unknown_reference("#/entity_id")
