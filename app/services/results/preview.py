"""What an approval would do to the numbers that others look at, before it is taken."""

import json
from datetime import datetime

from app.db import Writer
from app.models import Result
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle
from app.services.documents import Document
from app.services.lifecycle import Case
from app.services.results import commands, rules
from app.services.scoreboard import queries as scoreboard
from app.services.scores import commands as scores


async def approval(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> Document:
    """Where the indicator, its entity, priority and pillar, and the nation stand before and after, for the result in
    the version that was seen.

    It approves, in a transaction that the caller must roll back, and asks twice: the same statements as
    everywhere. Who approves, and by which letter, is left out: nothing of it stays. Raises what
    `commands.check_approvable` does.
    """
    commands.check_approvable(facts)
    indicator_id = facts.row["indicator_id"]
    before = await scoreboard.around(writer, actor, indicator_id, now)
    await lifecycle.apply_one(
        writer,
        Result,
        rules.APPROVE,
        Case(facts, entitlement),
        actor=actor,
        at=now,
        columns={"approved_at": now, "known_from": now},
        awaited=None,
    )
    await scores.keep(writer, [facts.id])
    after = await scoreboard.around(writer, actor, indicator_id, now)
    said = f'{{"result_id":{json.dumps(str(facts.id))},"before":{before},"after":{after}}}'
    return Document(said.encode(), facts.version)
