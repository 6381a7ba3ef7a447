"""The brake on guessing, as it stands in the database: one for the name, one for the client's address.

An attempt counts as failed before the password is looked at, so that guesses sent all at once cannot
overtake their own counting; a success takes its own count back.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ARRAY, LargeBinary, Table, bindparam, case, func, select, update
from sqlalchemy.dialects.postgresql import insert

from app.db import Writer
from app.errors import TooManyRequests
from app.models import SignInBrake
from app.services.auth import rules
from app.services.auth.rules import OF_A_NAME, OF_AN_ADDRESS, Brake, Limit

_table = cast(Table, SignInBrake.__table__)
_NAME = bindparam("name_key", type_=LargeBinary)
_KEYS = bindparam("keys", type_=ARRAY(LargeBinary))


class Attempt:
    """One try to prove a password: whose name, from which address."""

    def __init__(self, secret: bytes, email: str, address: str) -> None:
        self._name = rules.name_key(secret, email)
        limits = {self._name: OF_A_NAME, rules.address_key(secret, address): OF_AN_ADDRESS}
        # In one order for all, so that two attempts never wait for each other.
        self._limits: Mapping[bytes, Limit] = dict(sorted(limits.items()))

    async def begin(self, lane: Writer, now: datetime) -> None:
        """Count the attempt. Raises TooManyRequests while the name or the address has to wait."""
        brakes = await self._held(lane, now)
        wait = rules.seconds_to_wait(brakes.values(), now)
        if wait:
            raise TooManyRequests(wait)
        counted = {key: rules.after_attempt(brakes[key], limit, now) for key, limit in self._limits.items()}
        await lane.execute(_upsert(counted, keep=False))

    async def failed(self, lane: Writer, now: datetime) -> None:
        """It was counted before; written also for a name that nobody has, so that both take the same time."""
        await lane.execute(
            update(_table).where(_table.c.key == _NAME).values(last_failure_at=now), {"name_key": self._name}
        )

    async def succeeded(self, lane: Writer) -> None:
        """The name starts anew; of the address only this attempt is taken back, since others use it too."""
        # Locked in one order for all, as in `begin`.
        both = (
            select(_table.c.key)
            .where(_table.c.key == func.any(_KEYS))
            .order_by(_table.c.key)
            .with_for_update()
            .scalar_subquery()
        )
        await lane.execute(
            update(_table)
            .where(_table.c.key.in_(both))
            .values(
                failures=case((_table.c.key == _NAME, 0), else_=func.greatest(_table.c.failures - 1, 0)),
                blocked_until=None,
            ),
            {"keys": list(self._limits), "name_key": self._name},
        )

    async def _held(self, lane: Writer, now: datetime) -> dict[bytes, Brake]:
        """What is remembered of both, locked until the transaction ends."""
        fresh = {key: Brake(0, now) for key in self._limits}
        rows = await lane.execute(_upsert(fresh, keep=True).returning(*_table.c))
        return {
            row["key"]: Brake(row["failures"], row["last_failure_at"], row["blocked_until"])
            for row in rows.mappings()
        }


async def forget(lane: Writer, secret: bytes, email: str) -> None:
    """Let a name start anew: the person has proved who they are in another way."""
    name = rules.name_key(secret, email)
    await lane.execute(update(_table).where(_table.c.key == name).values(failures=0, blocked_until=None))


def _upsert(brakes: Mapping[bytes, Brake], *, keep: bool) -> Any:
    """Write the brakes; `keep`: leave those that exist as they are, but lock them."""
    statement = insert(_table).values(
        [
            {
                "key": key,
                "failures": brake.failures,
                "last_failure_at": brake.last_failure_at,
                "blocked_until": brake.blocked_until,
            }
            for key, brake in brakes.items()
        ]
    )
    source = _table.c if keep else statement.excluded
    written = ("failures", "last_failure_at", "blocked_until")
    return statement.on_conflict_do_update(
        index_elements=[_table.c.key], set_={name: source[name] for name in written}
    )
