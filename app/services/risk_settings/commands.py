"""The one write of UNIT's settings of risks: a new version of all of them. A risk keeps the version that it was last
assessed with."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from app import ids
from app.db import Writer
from app.enums import SubjectKind
from app.models import RiskSettings
from app.parties import Actor, Facts
from app.services import lifecycle
from app.services.risk_settings import queries, rules
from app.services.risk_settings.rules import Level, Scale


async def set_settings(
    writer: Writer,
    actor: Actor,
    follows: int,
    probability: Sequence[Level],
    impact: Sequence[Level],
    scale: Scale,
    reason: str,
    now: datetime,
) -> UUID:
    """Put the next version in force. `follows`: the number of the version that it was made from.

    Raises Invalid for settings that make no matrix, NotTheLatestSettings where another version came meanwhile; of two that come
    at the same moment, the schema refuses one (AlreadyExists).
    """
    rules.check(probability, impact, scale)
    rules.check_follows(follows, await queries.number_in_force(writer))
    settings_id = ids.new()
    await lifecycle.begin(
        writer,
        rules.SET,
        Facts(SubjectKind.RISK_SETTINGS, settings_id, None),
        actor=actor,
        at=now,
        changes={"number": follows + 1, **rules.changes(probability, impact, scale)},
        reason=reason,
    )
    await writer.execute(
        insert(RiskSettings).values(
            id=settings_id,
            number=follows + 1,
            probability_ar=[level.name_ar for level in probability],
            probability_en=[level.name_en for level in probability],
            impact_ar=[level.name_ar for level in impact],
            impact_en=[level.name_en for level in impact],
            reason=reason,
            set_by_id=actor.person_id,
            set_at=now,
            **asdict(scale),
        )
    )
    return settings_id
