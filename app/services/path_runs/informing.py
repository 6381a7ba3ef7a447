"""Whom the end of a stage concerns: the parties that its template names to be told of it (Guide P-3)."""

import json
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, select

from app.db import Query, Writer
from app.enums import SubjectKind
from app.services.path_runs import facts, resolving, rules, starting
from app.services.path_templates import content

_ENDED_WELL = frozenset(outcome.value for outcome in rules.WELL)

_STAGE = Query(
    lambda: (
        select(
            facts.stages.c.entity_id,
            facts.stages.c.subject_id,
            facts.templates.c.chain,
            facts.template_of(facts.stages, facts.templates).cast(Text).label("said"),
        )
        .select_from(facts.joined)
        .where(facts.stages.c.id == bindparam("id", type_=Uuid))
    )
)


@dataclass(frozen=True, slots=True)
class Informed:
    """The keys of the parties, and of which entity and thing they are."""

    parties: frozenset[str]
    entity_id: UUID
    subject_id: UUID


async def informed(writer: Writer, kind: str, stage_id: UUID, came_to: str | None) -> Informed | None:
    """Who is told that a stage came to this state: only that it was done or approved, and by the role plan in force
    now. None: nobody, or nobody inside; who is outside is told by nothing of the service."""
    if kind != SubjectKind.PATH_STAGE or came_to not in _ENDED_WELL:
        return None
    row = await writer.row(_STAGE, {"id": stage_id})
    if row is None:
        return None
    named = content.read([[json.loads(row["said"])]])[0][0].informs
    if not named:
        return None
    setting = await starting.setting_of(writer, row["entity_id"], row["subject_id"], row["chain"])
    keys = frozenset(key for party in named for key in resolving.keys_of(party, None, setting))
    return Informed(keys, row["entity_id"], row["subject_id"]) if keys else None
