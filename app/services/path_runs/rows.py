"""Rows of stages as they are written: many at once, in one statement each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select, text

from app import ids
from app.db import Query, Row, Writer
from app.enums import SubjectKind
from app.enums.paths import StageState
from app.models import PathStage
from app.parties import Actor, Facts
from app.services import lifecycle
from app.services.path_runs import rules

_s = PathStage.__table__


@dataclass(frozen=True)
class StageRow:
    """One round of a stage, as the engine moves it."""

    id: UUID
    entity_id: UUID
    run_id: UUID
    subject_id: UUID
    group_number: int
    position: int
    number: int
    key: str
    occasion: int
    round: int
    kind: str
    title_ar: str
    title_en: str
    parties: tuple[str, ...]
    seats: tuple[int, ...]
    controls: tuple[str, ...]
    fires: str | None
    due_from: date | None
    due: date | None
    due_since: str | None
    due_days: int | None
    state: str = StageState.PENDING.value
    version: int = 1
    state_at_open: str | None = None

    @property
    def facts(self) -> Facts:
        """What a transition of the stage needs to know."""
        return Facts(
            kind=SubjectKind.PATH_STAGE,
            id=self.id,
            entity_id=self.entity_id,
            state=self.state,
            version=self.version,
            steps={rules.ACT: tuple(dict.fromkeys(self.parties))},
            due={} if self.due is None else {rules.ACT: self.due},
        )

    def again(self) -> "StageRow":
        """The next round of the stage, planned as this one was."""
        return replace(
            self,
            id=ids.new(),
            round=self.round + 1,
            state=StageState.PENDING.value,
            version=1,
            state_at_open=None,
            due=None if self.due_since == "previous_group" else self.due,
        )


_COLUMNS = tuple(name for name in StageRow.__dataclass_fields__)
_READ = Query(
    lambda: (
        select(*[_s.c[name] for name in _COLUMNS])
        .where(_s.c.run_id == bindparam("run_id", type_=Uuid), _s.c.superseded_at.is_(None))
        .order_by(_s.c.number, _s.c.occasion)
    )
)
_INSERT = Query(
    lambda: text(
        f"""
        insert into path_stages ({", ".join(_COLUMNS)})
        select {", ".join(_COLUMNS)} from jsonb_populate_recordset(null::path_stages, cast(:rows as jsonb))
        """  # noqa: S608  # the names of our own columns
    )
)
_DUE = Query(
    lambda: text(
        """
        update path_stages s set due = g.due
        from unnest(cast(:ids as uuid[]), cast(:dues as date[])) as g (id, due)
        where s.id = g.id
        """
    )
)
_SUPERSEDE = Query(
    lambda: text(
        """
        update path_stages set superseded_at = cast(:at as timestamptz), version = version + 1
        where id = any(cast(:ids as uuid[]))
        """
    )
)


async def read(writer: Writer, run_id: UUID) -> list[StageRow]:
    """The rounds of a run that count, in order."""
    return [_row(row) for row in await writer.rows(_READ, {"run_id": run_id})]


async def insert(writer: Writer, actor: Actor, made: Sequence[StageRow], now: datetime) -> None:
    """Write new rounds, all pending, each a subject of its own."""
    await lifecycle.begin_many(writer, "path_stages.create", [row.facts for row in made], actor=actor, at=now)
    rows = [{name: getattr(row, name) for name in _COLUMNS} for row in made]
    await writer.rows(_INSERT, {"rows": json.dumps(rows, default=str, ensure_ascii=False)})


async def set_due(writer: Writer, dues: Mapping[UUID, date]) -> None:
    """Write due dates that became known."""
    await writer.rows(_DUE, {"ids": list(dues), "dues": list(dues.values())})


async def supersede(writer: Writer, ids_: Sequence[UUID], now: datetime) -> None:
    """From now on later rounds count, and not these, which have ended."""
    await writer.rows(_SUPERSEDE, {"ids": list(ids_), "at": now})


def _row(row: Row) -> StageRow:
    said: dict[str, Any] = {name: row[name] for name in _COLUMNS}
    for name in ("parties", "seats", "controls"):
        said[name] = tuple(said[name])
    return StageRow(**said)
