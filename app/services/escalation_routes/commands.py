"""The one write of the routing table: a new version of all of it. What runs keeps the version it began with."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from app import ids
from app.db import Writer
from app.enums import SubjectKind
from app.models import EscalationRoute, EscalationTable
from app.parties import Actor, Facts
from app.services import lifecycle
from app.services.escalation_routes import queries, rules
from app.services.escalation_routes.rules import Route


async def set_table(
    writer: Writer,
    actor: Actor,
    follows: int,
    office_limit: int,
    routes: Sequence[Route],
    reason: str,
    now: datetime,
) -> UUID:
    """Put the next version in force. `follows`: the number of the version that it was made from.

    Raises Invalid for routes that make no table, NotTheLatestTable where another version came meanwhile; of two that come
    at the same moment, the schema refuses one (AlreadyExists).
    """
    rules.check(routes)
    latest = await writer.row(queries.LATEST, {})
    rules.check_follows(follows, 0 if latest is None else latest["number"])
    table_id = ids.new()
    await lifecycle.begin(
        writer,
        rules.SET,
        Facts(SubjectKind.ESCALATION_ROUTES, table_id, None),
        actor=actor,
        at=now,
        changes={"number": follows + 1, **rules.changes(office_limit, routes)},
        reason=reason,
    )
    await writer.execute(
        insert(EscalationTable).values(
            id=table_id,
            number=follows + 1,
            office_limit=office_limit,
            reason=reason,
            set_by_id=actor.person_id,
            set_at=now,
        )
    )
    rows = [
        {"id": ids.new(), "table_id": table_id, "position": position, **asdict(route)}
        for position, route in enumerate(routes)
    ]
    await writer.execute(insert(EscalationRoute).values(rows))
    return table_id
