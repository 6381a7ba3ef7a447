"""How a scorecard is written: drafts, versions, edits. How it comes into force, its path says (`walking`).

Each runs in the caller's transaction and changes state only by `lifecycle`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Insert,
    SmallInteger,
    Text,
    Uuid,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
)

from app import errors, ids
from app.db import Compilable, Query, Writer
from app.enums import ContributionState, IndicatorState, SubjectKind
from app.enums.scorecards import ScorecardState
from app.models import Contribution, Entity, Indicator, Scorecard, ScorecardLine, Target
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, records, sql
from app.services.lifecycle import Case
from app.services.scorecards import difference, rules
from app.services.scorecards.columns import target_or_null

_table = Scorecard.__table__
_EDITED = lifecycle.with_who_acts(_table.c.edited_by)

Said = Mapping[str, Any]


def _known_query() -> Compilable:
    i, own = Indicator.__table__, sql.alias(Indicator, "own")
    c, t = Contribution.__table__, Target.__table__
    part = (
        select(own.c.code)
        .select_from(c.join(own, own.c.id == c.c.part_id))
        .where(
            c.c.indicator_id == i.c.id,
            c.c.contributor_id == bindparam("entity_id", type_=Uuid),
            c.c.state == sql.const(ContributionState.ACCEPTED),
        )
        .limit(literal_column("1"))
        .correlate(i)
        .scalar_subquery()
    )
    of_year = and_(t.c.definition_id == i.c.definition_id, t.c.year == bindparam("year", type_=SmallInteger))
    own_or_known = (i.c.entity_id == bindparam("entity_id", type_=Uuid)) | i.c.definition_id.is_not(None)
    return (
        select(
            *[i.c[name] for name in ("id", "entity_id", "level", "state", "definition_id")],
            sql.ref(i).cast(Text).label("indicator"),
            target_or_null(t).cast(Text).label("target"),
            part.label("part_code"),
        )
        .select_from(i.outerjoin(t, of_year))
        .where(i.c.id == func.any(bindparam("indicator_ids", type_=ARRAY(Uuid))), own_or_known)
    )


_KNOWN = Query(_known_query)


async def create(writer: Writer, actor: Actor, entity: Facts, said: Said, now: datetime) -> UUID:
    """Draft the scorecard of the entity of a year: empty, or with the lines of another of its scorecards.

    `said`: year, note, copied_from_id. Whoever edited that one never aligns or approves this one: it says what they
    wrote. Raises Invalid for a scorecard that is not the entity's, AlreadyExists where one
    is in force (a new version of it is opened) or in work.
    """
    year, copied_from_id = said["year"], said["copied_from_id"]
    written_by: Sequence[UUID] = ()
    if copied_from_id is not None:
        found = await writer.execute(
            select(_table.c.edited_by).where(
                _table.c.id == copied_from_id,
                _table.c.entity_id == entity.id,
                _table.c.state != ScorecardState.DISCARDED.value,
            )
        )
        source = found.one_or_none()
        if source is None:
            raise errors.unknown_reference("#/copied_from_id")
        written_by = source.edited_by
    # Two who begin at once are numbered one after the other.
    await writer.execute(select(Entity.id).where(Entity.id == entity.id).with_for_update(key_share=True))
    latest = await writer.execute(
        select(
            func.coalesce(func.max(_table.c.number), 0).label("number"),
            func.bool_or(_table.c.state == ScorecardState.IN_FORCE.value).label("in_force"),
        ).where(_table.c.entity_id == entity.id, _table.c.year == year)
    )
    row = latest.one()
    if row.in_force:
        raise errors.AlreadyExists(_IN_FORCE)
    columns = {"year": year, "note": said["note"], "reason": None, "copied_from_id": copied_from_id}
    number = row.number + 1
    return await _begin(writer, actor, "scorecards.create", entity.id, number, columns, now, written_by)


async def open_version(writer: Writer, actor: Actor, facts: Facts, reason: str, now: datetime) -> UUID:
    """Open the next version of the scorecard in force as a draft that says the same. Raises AlreadyExists when one is
    in work, Stale when somebody else was faster."""
    if facts.row["open_id"] is not None:
        raise errors.AlreadyExists(ONE_OPEN)
    await records.raise_version(writer, Scorecard, facts)
    latest = await writer.execute(
        select(
            func.max(_table.c.number).label("number"),
            select(_table.c.edited_by).where(_table.c.id == facts.id).scalar_subquery().label("written_by"),
        ).where(_table.c.entity_id == facts.entity_id, _table.c.year == facts.row["year"])
    )
    columns = {
        "year": facts.row["year"],
        "note": facts.row["note"],
        "reason": reason,
        "copied_from_id": facts.id,
    }
    row = latest.one()
    entity_id, action = entity_of(facts), rules.NEW_VERSION.action
    return await _begin(writer, actor, action, entity_id, row.number + 1, columns, now, row.written_by)


async def _begin(
    writer: Writer,
    actor: Actor,
    action: str,
    entity_id: UUID,
    number: int,
    columns: Said,
    now: datetime,
    written_by: Sequence[UUID],
) -> UUID:
    """`written_by`: who wrote what it begins with."""
    scorecard_id = ids.new()
    state = ScorecardState.DRAFT.value
    await lifecycle.begin(
        writer,
        action,
        Facts(SubjectKind.SCORECARD, scorecard_id, entity_id, state=state),
        actor=actor,
        at=now,
        changes={"number": number, **records.made(columns, "year", "note", "copied_from_id")},
        reason=columns["reason"],
    )
    await writer.execute(
        insert(Scorecard).values(
            id=scorecard_id,
            entity_id=entity_id,
            number=number,
            state=state,
            edited_by=list(dict.fromkeys((*written_by, actor.person_id))),
            drafted_by_id=actor.person_id,
            drafted_at=now,
            **columns,
        )
    )
    if columns["copied_from_id"] is not None:
        await writer.execute(_copied(scorecard_id, columns["copied_from_id"]))
    return scorecard_id


def _copied(scorecard_id: UUID, from_id: UUID) -> Insert:
    """The lines of another scorecard whose indicators are still active, each by its definition in force."""
    line, i = ScorecardLine.__table__, Indicator.__table__
    rows = (
        select(
            literal(scorecard_id, Uuid),
            i.c.id,
            line.c.entity_id,
            i.c.definition_id,
            func.row_number().over(order_by=line.c.rank),
            line.c.weight,
            line.c.note,
        )
        .select_from(line.join(i, i.c.id == line.c.indicator_id))
        .where(line.c.scorecard_id == from_id, i.c.state == IndicatorState.ACTIVE.value)
    )
    names = ("scorecard_id", "indicator_id", "entity_id", "definition_id", "rank", "weight", "note")
    return insert(ScorecardLine).from_select(names, rows)


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Said,
    now: datetime,
) -> None:
    """Change a draft: `patch` holds the note, and the lines as a whole if they are to change.

    Whoever edits never aligns, approves or agrees it. A patch that changes nothing writes nothing. Raises UnderControl
    and Invalid.
    """
    rules.check_free(rules.EDIT, facts.row)
    old = facts.row
    lines = old["lines"] if "lines" not in patch else await _resolved(writer, facts, patch["lines"])
    new = {"note": patch.get("note", old["note"]), "lines": lines}
    rewritten = [_written(line) for line in lines] != [_written(line) for line in old["lines"]]
    if new["note"] == old["note"] and not rewritten:
        return
    changed = {d.field: [d.before, d.after] for d in difference.between(old, new)}
    await lifecycle.apply_one(
        writer,
        Scorecard,
        rules.EDIT,
        Case(facts, entitlement, changes={"fields": changed}),
        actor=actor,
        at=now,
        columns={"note": new["note"], "edited_by": _EDITED},
        awaited=None,
    )
    if rewritten:
        await writer.execute(
            delete(ScorecardLine)
            .where(ScorecardLine.scorecard_id == facts.id)
            .execution_options(synchronize_session=False)
        )
        if lines:
            await writer.execute(insert(ScorecardLine).values(_rows(facts, lines)))


async def discard(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """End a draft whose path does not run. It stays readable to the office. Raises OnPath."""
    rules.check_free(rules.DISCARD, facts.row)
    await lifecycle.apply_one(
        writer,
        Scorecard,
        rules.DISCARD,
        Case(facts, entitlement),
        actor=actor,
        at=now,
        columns={},
        awaited=None,
    )


async def _resolved(writer: Writer, facts: Facts, lines: Sequence[Said]) -> list[dict[str, Any]]:
    """The lines as the draft keeps them, each by its indicator's definition in force. Raises Invalid."""
    found = await writer.rows(
        _KNOWN,
        {
            "entity_id": facts.entity_id,
            "year": facts.row["year"],
            "indicator_ids": [line["indicator_id"] for line in lines],
        },
    )
    known = {row["id"]: row for row in found}
    rules.check_lines(entity_of(facts), lines, known)
    return [
        {
            **line,
            "indicator": json.loads(known[line["indicator_id"]]["indicator"]),
            "definition_id": known[line["indicator_id"]]["definition_id"],
            "target": _target(known[line["indicator_id"]]["target"]),
        }
        for line in lines
    ]


def _target(said: str | None) -> Any:
    return None if said is None else json.loads(said, parse_float=Decimal)


def _written(line: Said) -> tuple[Any, ...]:
    return tuple(line[name] for name in ("indicator_id", "definition_id", "weight", "note"))


def _rows(facts: Facts, lines: Sequence[Said]) -> list[dict[str, Any]]:
    return [
        {
            "scorecard_id": facts.id,
            "entity_id": facts.entity_id,
            "rank": rank,
            **{name: line[name] for name in ("indicator_id", "definition_id", "weight", "note")},
        }
        for rank, line in enumerate(lines, 1)
    ]


def entity_of(facts: Facts) -> UUID:
    """The entity of a scorecard, which always has one."""
    if facts.entity_id is None:
        raise ValueError("a scorecard has its entity")
    return facts.entity_id


ONE_OPEN = errors.Text(
    "A version of this scorecard is in work already.", "توجد نسخة من هذه البطاقة قيد العمل."
)
_IN_FORCE = errors.Text(
    "The scorecard of this year is in force: open a new version of it.",
    "بطاقة هذه السنة معمول بها، فافتح نسخة جديدة منها.",
)
