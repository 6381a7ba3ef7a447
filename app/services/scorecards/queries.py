"""Every select of scorecards, always through their one visibility rule (Guide I-5)."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    SmallInteger,
    Text,
    Uuid,
    bindparam,
    case,
    func,
    literal_column,
    select,
)
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app import clock
from app.db import Lane, Query, Row
from app.enums import SubjectKind
from app.enums.scorecards import ScorecardState
from app.models import Entity, Scorecard, ScorecardLine
from app.parties import Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.path_runs import standing
from app.services.people import four_eyes, visibility
from app.services.scorecards import difference, rules
from app.services.scorecards.columns import said, shown
from app.services.scorecards.visibility import nobody_left, on_path, visible

_s: FromClause = Scorecard.__table__
_ONE_ROW: ColumnElement[int] = literal_column("1")

ID = bindparam("id", type_=Uuid)


def _of_lines(s: FromClause, figure: ColumnElement[Any]) -> ScalarSelect[Any]:
    line = ScorecardLine.__table__
    return select(figure).where(line.c.scorecard_id == s.c.id).correlate(s).scalar_subquery()


def _item(s: FromClause) -> list[ColumnElement[Any]]:
    weight = func.trim_scale(func.coalesce(func.sum(ScorecardLine.__table__.c.weight), literal_column("0")))
    return [
        s.c.id,
        sql.ref_by_id(Entity.__table__, s.c.entity_id).label("entity"),
        s.c.year,
        s.c.number,
        s.c.state,
        s.c.note,
        s.c.reason,
        _of_lines(s, func.count()).label("indicators"),
        _of_lines(s, weight).label("weight"),
        sql.person(s.c.drafted_by_id).label("drafted_by"),
        *[s.c[name] for name in ("drafted_at", "aligned_at", "approved_at", "agreed_at")],
        standing.current(s.c.id).label("path"),
        s.c.version,
    ]


def _other(s: FromClause, column: str, *states: str) -> ScalarSelect[Any]:
    """Of the version of the same entity and year that is in one of `states`; there is one at most."""
    other = sql.alias(Scorecard, "other")
    within = other.c.state.in_([sql.const(state) for state in states])
    return (
        select(other.c[column])
        .where(other.c.entity_id == s.c.entity_id, other.c.year == s.c.year, other.c.id != s.c.id, within)
        .correlate(s)
        .scalar_subquery()
    )


def _fact_columns(s: FromClause) -> list[ColumnElement[Any]]:
    return [
        *[
            s.c[name].label(f"_{name}")
            for name in ("id", "entity_id", "state", "version", "edited_by", "controlled_by", "year")
        ],
        nobody_left(s).label("_nobody_left"),
        four_eyes.represented(s.c.id).label("_represented"),
        _other(s, "id", *sorted(rules.OPEN)).label("_open_id"),
        _other(s, "id", ScorecardState.IN_FORCE).label("_in_force_id"),
        _other(s, "version", ScorecardState.IN_FORCE).label("_in_force_version"),
        standing.held(s.c.id).label("_held"),
        on_path(s).label("_on_path"),
        said(s).cast(Text).label("_said"),
    ]


_FACTS = tuple(str(column.key) for column in _fact_columns(_s))


def _said_by_the_one_before(s: FromClause) -> ScalarSelect[Any]:
    """What the version says that this one follows: the latest before it, of its year, that was not discarded."""
    before = sql.alias(Scorecard, "before")
    return (
        select(said(before).cast(Text))
        .where(
            before.c.entity_id == s.c.entity_id,
            before.c.year == s.c.year,
            before.c.number < s.c.number,
            before.c.state != sql.const(ScorecardState.DISCARDED),
        )
        .order_by(before.c.number.desc())
        .limit(_ONE_ROW)
        .correlate(s)
        .scalar_subquery()
    )


_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(_s),
            _s.c.copied_from_id,
            shown(_s).label("lines"),
            *[
                sql.person(_s.c[f"{step}_by_id"]).label(f"{step}_by")
                for step in ("aligned", "approved", "agreed")
            ],
            case(
                (
                    _s.c.returned_at.is_not(None),
                    sql.obj(
                        by=sql.person(_s.c.returned_by_id), at=_s.c.returned_at, reason=_s.c.return_reason
                    ),
                )
            ).label("returned"),
            _s.c.exceptional,
            _said_by_the_one_before(_s).label("_before"),
            *_fact_columns(_s),
        ).where(_s.c.id == ID, visible(_s)),
        *_FACTS,
        "_before",
    )
)
_ONE_FACTS = Query(lambda: select(*_fact_columns(_s)).where(_s.c.id == ID, visible(_s)))


def params(actor: Actor, now: datetime) -> dict[str, Any]:
    """What every query of scorecards is given."""
    return {**visibility.of(actor), "now": now, "today": clock.day(now)}


def read(said: str) -> dict[str, Any]:
    """What PostgreSQL wrote of a scorecard, its numbers exact and its ids as ids."""
    content: dict[str, Any] = json.loads(said, parse_float=Decimal)
    for line in content["lines"]:
        line["weight"] = Decimal(line["weight"])
        for name in ("indicator_id", "definition_id", "defined_by"):
            line[name] = line[name] and UUID(line[name])
    return content


def _facts(row: Row, prefix: str) -> Facts:
    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    state = said("state")
    controlled = state in rules.CONTROLLED
    return Facts(
        kind=SubjectKind.SCORECARD,
        id=said("id"),
        entity_id=said("entity_id"),
        state=state,
        version=said("version"),
        steps=rules.steps(said("entity_id"), said("id"), represented=said("represented")),
        edited_by=frozenset(said("edited_by")) if controlled else frozenset(),
        controlled_by=frozenset(said("controlled_by")) if controlled else frozenset(),
        nobody_left=frozenset({rules.ALIGN.action}) if said("nobody_left") else frozenset(),
        row={
            **{
                name: said(name)
                for name in ("year", "open_id", "in_force_id", "in_force_version", "held", "on_path")
            },
            **read(said("said")),
        },
    )


async def facts(lane: Lane, actor: Actor, scorecard_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a scorecard that the actor may see; `row` holds what it says, and how the other
    versions of its year stand."""
    row = await lane.row(_ONE_FACTS, {**params(actor, now), "id": scorecard_id})
    return None if row is None else _facts(row, "_")


async def one(lane: Lane, actor: Actor, scorecard_id: UUID, now: datetime) -> Document | None:
    """One version with its lines, and how it differs from the one before it."""
    row = await lane.row(_ONE, {**params(actor, now), "id": scorecard_id})
    if row is None:
        return None
    facts = _facts(row, "")
    before = row["before"]
    differs = [] if before is None else [d._asdict() for d in difference.between(read(before), facts.row)]
    json_text = f'{row["json"][:-1]},"difference":{json.dumps(differs, ensure_ascii=False)}}}'
    actions = [
        transition.action
        for transition in rules.DIRECT
        if lifecycle.possible(actor, transition, facts) and rules.open_now(transition, facts.row)
    ]
    return Document(with_actions(json_text, actions), facts.version)


@dataclass(frozen=True)
class ScorecardFilter:
    """What a list of scorecards is narrowed to."""

    entity_id: UUID | None = None
    year: int | None = None
    state: ScorecardState | None = None


@lru_cache(maxsize=16)
def _list(given: frozenset[str], *, after: bool) -> Query:
    conditions: Mapping[str, ColumnElement[bool]] = {
        "entity_id": _s.c.entity_id == bindparam("entity_id", type_=Uuid),
        "year": _s.c.year == bindparam("year", type_=SmallInteger),
        "state": _s.c.state == bindparam("state", type_=Text),
    }
    where = [visible(_s), *(condition for name, condition in conditions.items() if name in given)]
    if after:
        where.append(_s.c.id < bindparam("after_id", type_=Uuid))
    page = select(*_item(_s)).where(*where).order_by(_s.c.id.desc())
    return Query(lambda: sql.as_json(page.limit(bindparam("count", type_=Integer)), "id"))


async def many(
    lane: Lane, actor: Actor, asked: ScorecardFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of scorecards as JSON, the latest drafted first."""
    return await listing.page(lane, _list, asdict(asked), {"id": UUID}, cursor, limit, **params(actor, now))
