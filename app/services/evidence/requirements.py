"""What each result of an indicator must carry (Guide V-1)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert

from app import ids
from app.db import Writer
from app.enums import EvidenceKind
from app.errors import FieldError, Invalid, Text
from app.models import EvidenceRule, Indicator
from app.parties import Actor, Facts
from app.services import lifecycle, records
from app.services.evidence import rules

Needed = tuple[EvidenceKind | None, int]
"""A kind, or None for any, and how many at least."""


async def require(
    writer: Writer, actor: Actor, indicator: Facts, needed: Sequence[Needed], now: datetime
) -> None:
    """Ask for this evidence, and for no other, with each result that is submitted or approved from now on.

    Nothing is written where nothing changes. Raises Invalid for a kind that stands twice, Stale.
    """
    seen: set[EvidenceKind | None] = set()
    for number, (kind, _) in enumerate(needed):
        if kind in seen:
            said = Text("The kind stands twice.", "تكرر النوع.")
            raise Invalid(errors=(FieldError("repeated", said, pointer=f"#/items/{number}/kind"),))
        seen.add(kind)
    before = {
        (None if each["kind"] is None else EvidenceKind(each["kind"])): each["minimum"]
        for each in indicator.row["required_evidence"]
    }
    after = dict(needed)
    if after == before:
        return
    await records.raise_version(writer, Indicator, indicator)
    await writer.execute(
        delete(EvidenceRule)
        .where(EvidenceRule.subject_id == indicator.id)
        .execution_options(synchronize_session=False)
    )
    if after:
        rows = [
            {"id": ids.new(), "subject_id": indicator.id, "kind": kind, "minimum": minimum}
            for kind, minimum in after.items()
        ]
        await writer.execute(insert(EvidenceRule).values(rows))
    await lifecycle.note(
        writer,
        rules.REQUIRE.action,
        indicator,
        actor=actor,
        at=now,
        changes={
            "fields": {
                kind or "any": [records.said(before.get(kind)), records.said(after.get(kind))]
                for kind in {**before, **after}
                if before.get(kind) != after.get(kind)
            }
        },
    )
