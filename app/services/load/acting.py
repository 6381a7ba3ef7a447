"""How people of the demo act: through the service's own commands, on the runtime role, so that parties, four eyes,
events and waits are those of all other work. They may act on days that are past, as it was done then.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy import insert, update

from app import clock, ids, permissions
from app.db import Database, Writer
from app.models import Session
from app.parties import Actor, Facts
from app.services import lifecycle
from app.services.load import merging
from app.services.load.merging import Connection
from app.services.loaders import Loader
from app.services.people import actor as people
from app.services.people.decisions import Letter
from app.services.people.steps import Said
from app.services.transitions import Transition

DOMAIN = "demo.mutabaa.example"
_SESSION_LASTS = timedelta(minutes=1)
_OFFICE_HOURS = time(10)

_Made = TypeVar("_Made")
Command: TypeAlias = Callable[..., Awaitable[_Made]]


@dataclass(frozen=True)
class Known:
    """Ids by code, by (entity, code) of divisions, or by e-mail address without the domain."""

    entities: Mapping[str, UUID]
    indicators: Mapping[str, UUID]
    priorities: Mapping[str, UUID]
    programmes: Mapping[str, UUID]
    development_plans: Mapping[str, UUID]
    divisions: Mapping[tuple[str, str], UUID]
    users: Mapping[str, UUID]

    @classmethod
    async def of(cls, connection: Connection) -> "Known":
        """What there is by now."""
        divisions = await connection.fetch(
            "select e.code as entity, d.code, d.id from divisions d join entities e on e.id = d.entity_id"
        )
        users = await connection.fetch("select email, id from users")
        return cls(
            entities=await merging.codes(connection, "entities"),
            indicators=await merging.codes(connection, "indicators"),
            priorities=await merging.codes(connection, "priorities"),
            programmes=await merging.codes(connection, "programmes"),
            development_plans=await merging.codes(connection, "development_plans"),
            divisions={(row["entity"], row["code"]): row["id"] for row in divisions},
            users={row["email"].removesuffix(f"@{DOMAIN}"): row["id"] for row in users},
        )


class Acting:
    """One transaction in which people act, each at the moment `now`. People are named by their e-mail addresses without
    the domain. `owner`: the connection of who owns the tables, for looking at what is committed."""

    def __init__(self, writer: Writer, owner: Connection, known: Known, now: datetime) -> None:
        self.writer = writer
        self.owner = owner
        self.known = known
        self.now = now

    def on(self, day: date) -> None:
        """From here on everything happens on this day."""
        self.now = at_work(day)

    async def signed_in(self, who: str) -> Actor:
        """The person with the rights in force, behind a session that ends before anybody could use it."""
        user_id, session_id, now = self.known.users[who], ids.new(), self.now
        await self.writer.execute(
            insert(Session).values(
                id=session_id, user_id=user_id, created_at=now, expires_at=now + _SESSION_LASTS
            )
        )
        actor = await people.load(self.writer, user_id, session_id, now)
        await self.writer.execute(
            update(Session)
            .where(Session.id == session_id)
            .values(revoked_at=now, revoked_because="demo")
            .execution_options(synchronize_session=False)
        )
        assert actor is not None  # noqa: S101  # the demo's people are active
        return actor

    async def take(
        self,
        who: str,
        transition: Transition,
        load: Loader,
        subject_id: UUID,
        command: Command[_Made],
        *said: Any,
    ) -> _Made:
        """A transition of a thing, as a route takes it."""
        actor = await self.signed_in(who)
        facts = await self._seen(actor, load, subject_id)
        entitlement = lifecycle.admit(actor, transition, facts, facts.version)
        return await command(self.writer, actor, facts, entitlement, *said, self.now)

    async def begin(
        self, who: str, action: str, load: Loader, parent_id: UUID, command: Command[_Made], *said: Any
    ) -> _Made:
        """Something new under a thing, as a route creates it."""
        actor = await self.signed_in(who)
        facts = await self._seen(actor, load, parent_id)
        permissions.entitlement(actor, action, facts)
        return await command(self.writer, actor, facts, *said, self.now)

    async def do(self, who: str, command: Command[_Made], *said: Any) -> _Made:
        """Something new whose command asks for the right itself."""
        return await command(self.writer, await self.signed_in(who), *said, self.now)

    def decided(self, entity: str, letter_number: str) -> Said:
        """What the head's office says with a decision of the head that it records today."""
        head = self.known.users[f"head.{entity.lower()}"]
        return Said(letter=Letter(head, letter_number, clock.day(self.now)))

    async def _seen(self, actor: Actor, load: Loader, subject_id: UUID) -> Facts:
        facts = await load(self.writer, actor, subject_id, self.now)
        assert facts is not None  # noqa: S101  # whoever acts on a thing in the demo sees it
        return facts


def at_work(day: date) -> datetime:
    """The moment of a day at which people of the demo act."""
    return datetime.combine(day, _OFFICE_HOURS, clock.MUSCAT)


def unentitled(command: Command[_Made]) -> Command[_Made]:
    """For `take`: a command that needs to know nothing of the right by which it is given."""

    async def without(writer: Writer, actor: Actor, facts: Facts, _: object, *said: Any) -> _Made:
        return await command(writer, actor, facts, *said)

    return without


@asynccontextmanager
async def runtime(url: str) -> AsyncIterator[Database]:
    """The database as the service uses it, with one connection of each kind."""
    database = Database(url, read_pool_size=1, write_pool_size=1)
    await database.open()
    try:
        yield database
    finally:
        await database.close()
