"""Every select of definitions, always through their one visibility rule (Guide I-6, I-7)."""

import json
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Text,
    Uuid,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.sql.selectable import FromClause

from app.db import Lane, Query, Row
from app.enums import DefinitionState, SubjectKind
from app.models import Definition, Entity, Indicator
from app.parties import Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.contributions import parts
from app.services.definitions import difference, rules
from app.services.definitions.columns import content
from app.services.definitions.visibility import nobody_left, visible
from app.services.documents import Document, with_actions
from app.services.evidence import standing
from app.services.indicators import visibility as indicators
from app.services.people import four_eyes, visibility

_d: FromClause = Definition.__table__
_i: FromClause = Indicator.__table__

ID = bindparam("id", type_=Uuid)


def awaiting(d: FromClause, i: FromClause) -> ColumnElement[Any]:
    """Open waits, and the head where four eyes leaves nobody else."""
    submitted = d.c.state == sql.const(DefinitionState.SUBMITTED)
    return case(
        (
            or_(submitted, d.c.state == sql.const(DefinitionState.CONFIRMED)),
            sql.awaiting_or_head(
                d.c.id,
                nobody_left(d, i),
                action=case(
                    (submitted, sql.const(rules.CONFIRM.action)), else_=sql.const(rules.ACTIVATE.action)
                ),
                since=func.coalesce(d.c.confirmed_at, d.c.submitted_at),
            ),
        ),
        else_=sql.awaiting(d.c.id),
    )


def _item(d: FromClause, i: FromClause) -> list[ColumnElement[Any]]:
    return [
        d.c.id,
        sql.ref(i).label("indicator"),
        d.c.number,
        d.c.state,
        d.c.reason,
        d.c.recorded_at,
        sql.person(d.c.drafted_by_id).label("drafted_by"),
        d.c.submitted_at,
        d.c.confirmed_at,
        d.c.activated_at,
        awaiting(d, i).label("awaiting"),
        d.c.version,
    ]


def _fact_columns(d: FromClause, i: FromClause) -> list[ColumnElement[Any]]:
    in_force = sql.alias(Definition)
    return [
        d.c.id.label("_id"),
        d.c.entity_id.label("_entity_id"),
        d.c.state.label("_state"),
        d.c.version.label("_version"),
        d.c.edited_by.label("_edited_by"),
        d.c.controlled_by.label("_controlled_by"),
        nobody_left(d, i).label("_nobody_left"),
        four_eyes.represented(i.c.id).label("_represented"),
        i.c.id.label("_indicator_id"),
        i.c.level.label("_level"),
        i.c.measure.label("_measure"),
        i.c.shared.label("_shared"),
        parts.has_contributors(i).label("_has_contributors"),
        i.c.state.label("_indicator_state"),
        i.c.version.label("_indicator_version"),
        i.c.definition_id.label("_in_force_id"),
        select(in_force.c.version)
        .where(in_force.c.id == i.c.definition_id)
        .scalar_subquery()
        .label("_in_force_version"),
        d.c.reason.label("_reason"),
        standing.proof(d.c.id).label("_proof"),
        sql.obj(**content(d)).cast(Text).label("_content"),
    ]


_FACTS = tuple(str(column.key) for column in _fact_columns(_d, _i))
_AREA = tuple(name.removeprefix("_") for name in _FACTS[_FACTS.index("_indicator_id") : -2])


def _said_by_the_one_before(d: FromClause) -> ColumnElement[Any]:
    """What the version says that this one follows: the latest before it that was not discarded."""
    before = sql.alias(Definition, "before")
    return (
        select(sql.obj(**content(before)).cast(Text))
        .where(
            before.c.indicator_id == d.c.indicator_id,
            before.c.number < d.c.number,
            before.c.state != sql.const(DefinitionState.DISCARDED),
        )
        .order_by(before.c.number.desc())
        .limit(literal_column("1"))
        .scalar_subquery()
    )


_joined = _d.join(_i, _i.c.id == _d.c.indicator_id)
_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(_d, _i),
            sql.ref_by_id(Entity.__table__, _d.c.entity_id).label("entity"),
            *[column.label(name) for name, column in content(_d).items()],
            sql.person(_d.c.submitted_by_id).label("submitted_by"),
            sql.person(_d.c.confirmed_by_id).label("confirmed_by"),
            sql.person(_d.c.activated_by_id).label("activated_by"),
            case(
                (
                    _d.c.returned_at.is_not(None),
                    sql.obj(
                        by=sql.person(_d.c.returned_by_id), at=_d.c.returned_at, reason=_d.c.return_reason
                    ),
                )
            ).label("returned"),
            _d.c.exceptional,
            _said_by_the_one_before(_d).label("_before"),
            *_fact_columns(_d, _i),
        )
        .select_from(_joined)
        .where(_d.c.id == ID, visible(_d, _i)),
        *_FACTS,
        "_before",
    )
)
CONTENT = Query(lambda: select(sql.obj(**content(_d)).cast(Text).label("content")).where(_d.c.id == ID))
"""What one version says, as text that `read` reads; who may see it, the caller knows."""

_ONE_FACTS = Query(
    lambda: select(*_fact_columns(_d, _i)).select_from(_joined).where(_d.c.id == ID, visible(_d, _i))
)


def read(said: str) -> dict[str, Any]:
    """What PostgreSQL wrote of a version, its numbers exact."""
    content: dict[str, Any] = json.loads(said, parse_float=Decimal)
    return content


def _facts(row: Row, prefix: str) -> Facts:
    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    state = said("state")
    steps = rules.steps(
        said("level"), said("entity_id"), said("indicator_id"), represented=said("represented")
    )
    steps[rules.CONTROL] = rules.control_parties(state, steps)
    # Four eyes has a meaning only while a control step is due; afterwards the state refuses (409).
    controlled = state in rules.CONTROLLED
    proof = standing.read(said("proof"))
    return Facts(
        kind=SubjectKind.DEFINITION,
        id=said("id"),
        entity_id=said("entity_id"),
        state=state,
        version=said("version"),
        steps=steps,
        edited_by=frozenset(said("edited_by")) if controlled else frozenset(),
        controlled_by=frozenset(said("controlled_by")) if controlled else frozenset(),
        verified_by=proof.verified_by if state in rules.EDIT.sources else frozenset(),
        nobody_left=rules.DUE[state] if said("nobody_left") else frozenset(),
        row={
            **{name: said(name) for name in _AREA},
            **read(said("content")),
            "proof": proof,
        },
    )


async def facts(lane: Lane, actor: Actor, definition_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a definition that the actor may see; `row` holds what it says, its
    targets, and how its indicator stands."""
    row = await lane.row(_ONE_FACTS, {**visibility.of(actor), "now": now, "id": definition_id})
    return None if row is None else _facts(row, "_")


async def one(lane: Lane, actor: Actor, definition_id: UUID, now: datetime) -> Document | None:
    """One version with its targets, and how it differs from the one before it."""
    row = await lane.row(_ONE, {**visibility.of(actor), "now": now, "id": definition_id})
    if row is None:
        return None
    facts = _facts(row, "")
    differs = (
        []
        if row["before"] is None
        else [d._asdict() for d in difference.between(read(row["before"]), facts.row)]
    )
    json_text = f'{row["json"][:-1]},"difference":{json.dumps(differs, ensure_ascii=False)}}}'
    actions = [
        transition.action
        for transition in rules.TRANSITIONS
        if lifecycle.possible(actor, transition, facts) and rules.open_now(transition, facts.row)
    ]
    return Document(with_actions(json_text, actions), facts.version)


@lru_cache(maxsize=2)
def _list(_: frozenset[str], *, after: bool) -> Query:
    where = [_d.c.indicator_id == indicators.INDICATOR_ID, visible(_d, _i)]
    if after:
        where.append(_d.c.number < bindparam("after_number", type_=BigInteger))
    page = (
        select(*_item(_d, _i))
        .select_from(_joined)
        .where(*where)
        .order_by(_d.c.number.desc())
        .limit(bindparam("count", type_=Integer))
    )
    return indicators.under(page, "number")


async def many(
    lane: Lane, actor: Actor, indicator_id: UUID, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of the versions of an indicator's definition as JSON, the newest first. Raises NotFound."""
    return await listing.page(
        lane,
        _list,
        {"indicator_id": indicator_id},
        {"number": int},
        cursor,
        limit,
        below=True,
        **visibility.of(actor),
        now=now,
    )
