"""Every select of indicators, always through their one visibility rule."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    bindparam,
    case,
    exists,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app import clock, permissions
from app.db import Lane, Query, Row
from app.enums import (
    Chain,
    IndicatorLevel,
    IndicatorState,
    Language,
    Light,
    Step,
    SubjectKind,
)
from app.models import (
    Contribution,
    Definition,
    Division,
    Entity,
    Indicator,
    Pillar,
    Priority,
    Programme,
    Schedule,
)
from app.parties import Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.contributions import parts
from app.services.contributions import rules as contributions
from app.services.definitions import rules as definitions
from app.services.definitions.columns import content
from app.services.definitions.visibility import at_work
from app.services.documents import Document, with_actions
from app.services.evidence import rules as evidence
from app.services.evidence import standing as evidence_standing
from app.services.indicators import rules, standing
from app.services.indicators.visibility import visible
from app.services.initiatives import corrective
from app.services.obligations.periods import WINDOWS
from app.services.people import visibility
from app.services.role_plans import chains
from app.services.schedules import rules as schedules

_i: FromClause = Indicator.__table__
_e: FromClause = Entity.__table__
_p: FromClause = Priority.__table__
_pillar: FromClause = Pillar.__table__
_d: FromClause = Definition.__table__

ID = bindparam("id", type_=Uuid)
_ONE_ROW: ColumnElement[int] = literal_column("1")

_TRANSITIONS = (*rules.TRANSITIONS, schedules.SET, evidence.REQUIRE, contributions.INVITE)
"""What can be done to an indicator, its schedule, what its results must carry and its contributors, in the order in
which it is listed."""


def item(i: FromClause, e: FromClause, p: FromClause) -> list[ColumnElement[Any]]:
    """What a list shows of the indicator `i`, its owner `e` and its priority `p`, as `joined` joins them."""
    light = standing.light(i)
    return [
        i.c.id,
        i.c.code,
        i.c.name_ar,
        i.c.name_en,
        i.c.level,
        i.c.state,
        i.c.in_scorecard,
        i.c.shared,
        sql.ref(e).label("entity"),
        sql.ref(p).label("priority"),
        sql.ref_by_id(Division.__table__, i.c.division_id).label("division"),
        i.c.unit_ar,
        i.c.unit_en,
        i.c.polarity,
        i.c.frequency,
        i.c.measure,
        i.c.verified,
        light.label("light"),
        corrective.of(i, light).label("corrective"),
        i.c.version,
    ]


def joined(i: FromClause, e: FromClause, p: FromClause) -> FromClause:
    """Indicators with their owners, and their priorities where they have one."""
    return i.join(e, e.c.id == i.c.entity_id).outerjoin(p, p.c.id == i.c.priority_id)


_OWN_FACTS = (
    "id",
    "entity_id",
    "state",
    "version",
    "level",
    "in_scorecard",
    "division_id",
    "definition_id",
    "entered_by",
    "shared",
    *rules.CALLED,
    *rules.MEASURED,
)
_FACTS = tuple(
    f"_{name}"
    for name in (
        *_OWN_FACTS,
        "has_contributors",
        "open_id",
        "open_state",
        "open_version",
        "role_plan_id",
        "chain",
        "required",
    )
)


def _open(i: FromClause, column: str) -> ScalarSelect[Any]:
    """Of the version of the definition that is in work."""
    d = _d.alias()
    states = [d.c.state == sql.const(state) for state in sorted(definitions.OPEN)]
    return select(d.c[column]).where(d.c.indicator_id == i.c.id, or_(*states)).scalar_subquery()


def _fact_columns(i: FromClause) -> list[ColumnElement[Any]]:
    return [
        *[i.c[name].label(f"_{name}") for name in _OWN_FACTS],
        parts.has_contributors(i).label("_has_contributors"),
        _open(i, "id").label("_open_id"),
        _open(i, "state").label("_open_state"),
        _open(i, "version").label("_open_version"),
        chains.plan_in_force(i.c.entity_id).label("_role_plan_id"),
        chains.steps_in_force(Chain.RESULTS, i.c.entity_id).label("_chain"),
        evidence_standing.required_of(i.c.id).cast(Text).label("_required"),
    ]


def schedule(i: FromClause) -> ScalarSelect[Any]:
    """The schedule in force today, or null."""
    s = sql.alias(Schedule)
    return (
        select(sql.obj(**{name: s.c[name] for name in ("frequency", "starts_on", *WINDOWS)}))
        .where(s.c.indicator_id == i.c.id, s.c.starts_on <= sql.TODAY)
        .order_by(s.c.number.desc())
        .limit(_ONE_ROW)
        .scalar_subquery()
    )


def in_force(d: FromClause) -> ColumnElement[Any]:
    """A joined definition as JSON; null where an outer join found none."""
    shown = {"id": d.c.id, "number": d.c.number, **content(d), "activated_at": d.c.activated_at}
    return case((d.c.id.is_not(None), sql.obj(**shown)))


def _one() -> Select[Any]:
    return (
        select(
            *item(_i, _e, _p),
            select(sql.ref(_pillar)).where(_pillar.c.id == _p.c.pillar_id).scalar_subquery().label("pillar"),
            sql.ref_by_id(Programme.__table__, _i.c.programme_id).label("programme"),
            _i.c.entered_by,
            _i.c.owner_assumed,
            _i.c.name_ar_translated,
            _i.c.publisher,
            in_force(_d).label("definition"),
            case((at_work(_i), _open(_i, "id"))).label("draft_id"),
            schedule(_i).label("schedule"),
            evidence_standing.required_of(_i.c.id).label("required_evidence"),
            _i.c.confidence,
            _i.c.status,
            _i.c.note,
            _i.c.retired_on,
            standing.late(_i).label("late"),
            *_fact_columns(_i),
        )
        .select_from(joined(_i, _e, _p).outerjoin(_d, _d.c.id == _i.c.definition_id))
        .where(_i.c.id == ID, visible(_i))
    )


_ONE = Query(lambda: sql.as_json(_one(), *_FACTS))
_ENTRY_FACTS = Query(lambda: select(*_fact_columns(_i)).where(_i.c.id == ID, visible(_i)))


def _facts(row: Row, prefix: str) -> Facts:
    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    chain = chains.keys(
        Chain.RESULTS, said("chain"), said("entity_id"), said("division_id"), said("entered_by")
    )
    return Facts(
        kind=SubjectKind.INDICATOR,
        id=said("id"),
        entity_id=said("entity_id"),
        state=said("state"),
        version=said("version"),
        steps={
            **{step.value: chain[step] for step in Step},
            **rules.steps(said("level"), said("state"), said("entity_id"), in_scorecard=said("in_scorecard")),
        },
        row={
            **{name.removeprefix("_"): said(name.removeprefix("_")) for name in _FACTS},
            "required_evidence": json.loads(said("required")),
        },
    )


def as_definable(facts: Facts) -> Facts:
    """The same indicator with who defines its next version, which may be others than who corrects its names."""
    row = facts.row
    of_definition = definitions.steps(row["level"], row["entity_id"], facts.id, represented=False)
    return replace(facts, steps={**facts.steps, definitions.DEFINE: of_definition[definitions.DEFINE]})


async def entry_facts(lane: Lane, actor: Actor, indicator_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of an indicator that the actor may see, and what entering a result needs:
    the parties of the results chain in force for the owner entity."""
    row = await lane.row(_ENTRY_FACTS, {**visibility.of(actor), "id": indicator_id})
    return None if row is None else _facts(row, "_")


async def definable(lane: Lane, actor: Actor, indicator_id: UUID, now: datetime) -> Facts | None:
    """The same, for who opens a version of its definition."""
    facts = await entry_facts(lane, actor, indicator_id, now)
    return None if facts is None else as_definable(facts)


async def one(lane: Lane, actor: Actor, indicator_id: UUID, now: datetime) -> Document | None:
    """One indicator: owner, the definition and the schedule in force, and what the actor may do with it."""
    params = {**visibility.of(actor), "id": indicator_id, "today": clock.day(now)}
    row = await lane.row(_ONE, params)
    if row is None:
        return None
    facts = _facts(row, "")
    return Document(with_actions(row["json"], _actions(actor, facts)), facts.version)


def _actions(actor: Actor, facts: Facts) -> list[str]:
    definable = as_definable(facts)
    found = [
        transition.action
        for transition in _TRANSITIONS
        if lifecycle.possible(actor, transition, definable if transition is rules.OPEN_DEFINITION else facts)
        and rules.open_now(transition, facts.row)
    ]
    return found + [
        action
        for action, states in rules.BEGUN_HERE.items()
        if facts.state in states and permissions.allows(actor, action, facts)
    ]


@dataclass(frozen=True)
class IndicatorFilter:
    """What a list of indicators is narrowed to. `q`: words in Arabic or English, each of them contained.

    `contributor_id`: an entity that contributes, having accepted.
    """

    q: str | None = None
    entity_id: UUID | None = None
    priority_id: UUID | None = None
    pillar_id: UUID | None = None
    division_id: UUID | None = None
    contributor_id: UUID | None = None
    level: IndicatorLevel | None = None
    state: IndicatorState | None = None
    in_scorecard: bool | None = None
    verified: bool | None = None
    light: Light | None = None
    late: bool | None = None


def _narrowed(i: FromClause, p: FromClause) -> Mapping[str, ColumnElement[bool]]:
    """The condition of each filter."""
    c = sql.alias(Contribution)
    contributes = select(_ONE_ROW).where(
        c.c.indicator_id == i.c.id,
        parts.is_accepted(c),
        c.c.contributor_id == bindparam("contributor_id", type_=Uuid),
    )
    return {
        "q": sql.contains_words(i.c.search_key),
        "entity_id": i.c.entity_id == bindparam("entity_id", type_=Uuid),
        "priority_id": i.c.priority_id == bindparam("priority_id", type_=Uuid),
        "pillar_id": p.c.pillar_id == bindparam("pillar_id", type_=Uuid),
        "division_id": i.c.division_id == bindparam("division_id", type_=Uuid),
        "contributor_id": exists(contributes),
        "level": i.c.level == bindparam("level", type_=Text),
        "state": i.c.state == bindparam("state", type_=Text),
        "in_scorecard": i.c.in_scorecard == bindparam("in_scorecard", type_=Boolean),
        "verified": i.c.verified == bindparam("verified", type_=Boolean),
        "light": standing.light(i) == bindparam("light", type_=Text),
        "late": standing.late(i) == bindparam("late", type_=Boolean),
    }


@lru_cache(maxsize=256)
def _list(sort: str, given: frozenset[str], *, after: bool) -> Query:
    i, e, p = _i, _e, _p
    conditions = _narrowed(i, p)
    where = [visible(i), *[condition for name, condition in conditions.items() if name in given]]
    key = i.c[sort]
    if after:
        # The cursor names the last indicator only: a sort key can be longer than a cursor may be.
        last = i.alias("last")
        position = select(last.c[sort], last.c.id).where(last.c.id == bindparam("after_id", type_=Uuid))
        where.append(tuple_(key, i.c.id) > position.scalar_subquery())
    page = (
        select(*item(i, e, p))
        .select_from(joined(i, e, p))
        .where(*where)
        .order_by(key, i.c.id)
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "id"))


async def many(
    lane: Lane,
    actor: Actor,
    asked: IndicatorFilter,
    language: str,
    cursor: str | None,
    limit: int | None,
    now: datetime,
) -> bytes:
    """A page of indicators as JSON, sorted by name in the reader's language, the article ignored."""
    sort = f"sort_{Language(language).value}"
    return await listing.page(
        lane,
        partial(_list, sort),
        {**asdict(asked), "sort": sort},
        {"id": UUID},
        cursor,
        limit,
        **visibility.of(actor),
        today=clock.day(now),
    )
