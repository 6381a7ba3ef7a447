"""Every select of detailed plans, always through their one visibility rule (Guide N-3, D-1)."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
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
    or_,
    select,
)
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.db import Lane, Query, Row
from app.enums import ChainState, Step, SubjectKind
from app.enums.detailed_plans import DetailedPlanAbout, DetailedPlanState
from app.models import (
    DetailedPlan,
    DetailedPlanTask,
    Division,
    Entity,
    Indicator,
    Initiative,
    Milestone,
    Plan,
    Scorecard,
)
from app.parties import Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.detailed_plans import difference, rules
from app.services.detailed_plans.visibility import nobody_left, visible
from app.services.documents import Document, with_actions
from app.services.people import visibility

_d: FromClause = DetailedPlan.__table__

ID = bindparam("id", type_=Uuid)


def _awaiting(d: FromClause) -> ColumnElement[Any]:
    """Open waits, and the head where four eyes leaves nobody else."""
    submitted = d.c.state == sql.const(ChainState.SUBMITTED)
    reviewed = d.c.state == sql.const(ChainState.REVIEWED)
    return case(
        (
            or_(submitted, reviewed, d.c.presented_at.is_not(None)),
            sql.awaiting_or_head(
                d.c.id,
                nobody_left(d),
                action=case(
                    (submitted, sql.const(rules.REVIEW.action)),
                    (reviewed, sql.const(rules.APPROVE.action)),
                    else_=sql.const(rules.ENDORSE.action),
                ),
                since=case(
                    (submitted, d.c.submitted_at),
                    (reviewed, func.coalesce(d.c.reviewed_at, d.c.submitted_at)),
                    else_=d.c.presented_at,
                ),
            ),
        ),
        else_=sql.awaiting(d.c.id),
    )


def _plan(d: FromClause) -> ScalarSelect[Any]:
    p = sql.alias(Plan)
    return (
        select(sql.obj(id=p.c.id, name_ar=p.c.name_ar, name_en=p.c.name_en, year=p.c.year, state=p.c.state))
        .where(p.c.id == d.c.plan_id)
        .scalar_subquery()
    )


def _scorecard(d: FromClause) -> ScalarSelect[Any]:
    s = sql.alias(Scorecard)
    return (
        select(sql.obj(id=s.c.id, year=s.c.year, number=s.c.number))
        .where(s.c.id == d.c.scorecard_id)
        .scalar_subquery()
    )


def _item(d: FromClause) -> list[ColumnElement[Any]]:
    return [
        d.c.id,
        sql.ref_by_id(Entity.__table__, d.c.entity_id).label("entity"),
        _plan(d).label("plan"),
        d.c.year,
        d.c.about,
        sql.ref_by_id(Initiative.__table__, d.c.initiative_id).label("initiative"),
        _scorecard(d).label("scorecard"),
        sql.ref_by_id(Division.__table__, d.c.division_id).label("division"),
        d.c.number,
        d.c.state,
        d.c.name_ar,
        d.c.name_en,
        d.c.drafted_at,
        d.c.presented_at,
        d.c.endorsed_at,
        d.c.submitted_at,
        d.c.reviewed_at,
        d.c.approved_at,
        _awaiting(d).label("awaiting"),
        d.c.version,
    ]


def _tasks(detailed_plan_id: ColumnElement[Any]) -> ScalarSelect[Any]:
    t = sql.alias(DetailedPlanTask)
    task = sql.obj(
        number=t.c.number,
        title_ar=t.c.title_ar,
        title_en=t.c.title_en,
        output=t.c.output,
        owner=t.c.owner,
        starts_on=t.c.starts_on,
        ends_on=t.c.ends_on,
        weight=func.trim_scale(t.c.weight),
        indicator=sql.ref_by_id(Indicator.__table__, t.c.indicator_id),
        milestone=t.c.milestone,
    )
    return (
        select(sql.listed(task, t.c.number)).where(t.c.detailed_plan_id == detailed_plan_id).scalar_subquery()
    )


def content(d: FromClause) -> ColumnElement[Any]:
    """What a plan says, as JSON text that `read` reads."""
    t = sql.alias(DetailedPlanTask)
    task = sql.obj(**{name: t.c[name] for name in rules.TASK})
    tasks = (
        select(sql.listed(task, t.c.number))
        .where(t.c.detailed_plan_id == d.c.id)
        .correlate(d)
        .scalar_subquery()
    )
    return sql.obj(**{name: d.c[name] for name in rules.TEXTS}, tasks=tasks).cast(Text)


def read(said: str) -> dict[str, Any]:
    """What `content` wrote: dates as dates, weights exact."""
    found: dict[str, Any] = json.loads(said, parse_float=Decimal, parse_int=Decimal)
    for task in found["tasks"]:
        task["starts_on"] = date.fromisoformat(task["starts_on"])
        task["ends_on"] = date.fromisoformat(task["ends_on"])
        task["indicator_id"] = None if task["indicator_id"] is None else UUID(task["indicator_id"])
        task["milestone"] = None if task["milestone"] is None else int(task["milestone"])
    return found


def _same(d: FromClause, other: FromClause) -> ColumnElement[bool]:
    """Whether both are versions of one plan: of an initiative and year, or of a division's part in the scorecard or the
    excellence indicators of a year."""
    return (other.c.year == d.c.year) & case(
        (d.c.initiative_id.is_not(None), other.c.initiative_id == d.c.initiative_id),
        else_=(other.c.division_id == d.c.division_id) & (other.c.about == d.c.about),
    )


def _before(d: FromClause, column: str) -> ScalarSelect[Any]:
    """A column of the approved version that this one would supersede."""
    other = sql.alias(DetailedPlan)
    return (
        select(other.c[column])
        .where(
            _same(d, other),
            other.c.id != d.c.id,
            other.c.state == sql.const(DetailedPlanState.APPROVED),
        )
        .limit(literal_column("1"))
        .correlate(d)
        .scalar_subquery()
    )


def _said_before(d: FromClause) -> ScalarSelect[Any]:
    """What the version says that this one follows: the latest before it that was not discarded."""
    before = sql.alias(DetailedPlan, "before")
    return (
        select(content(before))
        .where(
            _same(d, before),
            before.c.number < d.c.number,
            before.c.state != sql.const(DetailedPlanState.DISCARDED),
        )
        .order_by(before.c.number.desc())
        .limit(literal_column("1"))
        .correlate(d)
        .scalar_subquery()
    )


def _of_initiative(d: FromClause, column: str) -> ScalarSelect[Any]:
    i = sql.alias(Initiative)
    return select(i.c[column]).where(i.c.id == d.c.initiative_id).scalar_subquery()


def _fact_columns(d: FromClause) -> list[ColumnElement[Any]]:
    m = sql.alias(Milestone)
    milestones = (
        select(func.coalesce(func.array_agg(m.c.number), literal_column("'{}'")))
        .where(m.c.initiative_id == d.c.initiative_id)
        .scalar_subquery()
    )
    return [
        d.c.id.label("_id"),
        d.c.entity_id.label("_entity_id"),
        d.c.state.label("_state"),
        d.c.version.label("_version"),
        d.c.division_id.label("_division_id"),
        d.c.parties_enter.label("_parties_enter"),
        d.c.parties_review.label("_parties_review"),
        d.c.parties_approve.label("_parties_approve"),
        d.c.edited_by.label("_edited_by"),
        d.c.controlled_by.label("_controlled_by"),
        nobody_left(d).label("_nobody_left"),
        d.c.year.label("_year"),
        d.c.initiative_id.label("_initiative_id"),
        _of_initiative(d, "starts_on").label("_starts_on"),
        _of_initiative(d, "ends_on").label("_ends_on"),
        milestones.label("_milestones"),
        d.c.presented_at.is_not(None).label("_presented"),
        d.c.endorsed_at.is_not(None).label("_endorsed"),
        _before(d, "id").label("_before_id"),
        _before(d, "version").label("_before_version"),
        content(d).label("_content"),
    ]


_FACTS = tuple(str(column.key) for column in _fact_columns(_d))
_AREA = tuple(name.removeprefix("_") for name in _FACTS[_FACTS.index("_year") : -1])

_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(_d),
            _d.c.note,
            _tasks(_d.c.id).label("tasks"),
            sql.person(_d.c.drafted_by_id).label("drafted_by"),
            sql.person(_d.c.endorsed_by_id).label("endorsed_by"),
            sql.person(_d.c.submitted_by_id).label("submitted_by"),
            sql.person(_d.c.reviewed_by_id).label("reviewed_by"),
            sql.person(_d.c.approved_by_id).label("approved_by"),
            case(
                (
                    _d.c.returned_at.is_not(None),
                    sql.obj(
                        by=sql.person(_d.c.returned_by_id), at=_d.c.returned_at, reason=_d.c.return_reason
                    ),
                )
            ).label("returned"),
            _d.c.exceptional,
            _d.c.drop_reason,
            _said_before(_d).label("_before"),
            *_fact_columns(_d),
        ).where(_d.c.id == ID, visible(_d)),
        *_FACTS,
        "_before",
    )
)
_ONE_FACTS = Query(lambda: select(*_fact_columns(_d)).where(_d.c.id == ID, visible(_d)))


def _facts(row: Row, prefix: str) -> Facts:
    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    state = said("state")
    steps = rules.steps({step: said(f"parties_{step}") for step in Step}, said("division_id"))
    steps[rules.CONTROL] = rules.control_parties(state, steps)
    # Four eyes has a meaning only while a control step is due; afterwards the state refuses (409).
    controlled = state in rules.DUE
    return Facts(
        kind=SubjectKind.DETAILED_PLAN,
        id=said("id"),
        entity_id=said("entity_id"),
        state=state,
        version=said("version"),
        steps=steps,
        edited_by=frozenset(said("edited_by")) if controlled else frozenset(),
        controlled_by=frozenset(said("controlled_by")) if controlled else frozenset(),
        nobody_left=rules.DUE[state] if said("nobody_left") else frozenset(),
        row={**{name: said(name) for name in _AREA}, **read(said("content"))},
    )


def _params(actor: Actor, now: datetime) -> Mapping[str, Any]:
    return {**visibility.of(actor), "now": now}


async def facts(lane: Lane, actor: Actor, detailed_plan_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a detailed plan that the actor may see; `row` holds what it says, the bounds of its
    initiative, and how the approved version before it stands."""
    row = await lane.row(_ONE_FACTS, {**_params(actor, now), "id": detailed_plan_id})
    return None if row is None else _facts(row, "_")


async def one(lane: Lane, actor: Actor, detailed_plan_id: UUID, now: datetime) -> Document | None:
    """One version with its tasks, and how it differs from the one before it."""
    row = await lane.row(_ONE, {**_params(actor, now), "id": detailed_plan_id})
    if row is None:
        return None
    facts = _facts(row, "")
    before = row["before"]
    differs = [] if before is None else [d._asdict() for d in difference.between(read(before), facts.row)]
    json_text = f'{row["json"][:-1]},"difference":{json.dumps(differs, ensure_ascii=False)}}}'
    actions = [
        transition.action
        for transition in rules.TRANSITIONS
        if lifecycle.possible(actor, transition, facts) and rules.open_now(transition, facts.row)
    ]
    return Document(with_actions(json_text, actions), facts.version)


@dataclass(frozen=True)
class DetailedPlanFilter:
    """What a list of detailed plans is narrowed to."""

    entity_id: UUID | None = None
    plan_id: UUID | None = None
    initiative_id: UUID | None = None
    division_id: UUID | None = None
    about: DetailedPlanAbout | None = None
    year: int | None = None
    state: DetailedPlanState | None = None


@lru_cache(maxsize=256)
def _list(given: frozenset[str], *, after: bool) -> Query:
    of_things = ("entity_id", "plan_id", "initiative_id", "division_id")
    conditions: dict[str, ColumnElement[bool]] = {
        **{name: _d.c[name] == bindparam(name, type_=Uuid) for name in of_things},
        "about": _d.c.about == bindparam("about", type_=Text),
        "year": _d.c.year == bindparam("year", type_=SmallInteger),
        "state": _d.c.state == bindparam("state", type_=Text),
    }
    where = [visible(_d), *[condition for name, condition in conditions.items() if name in given]]
    if after:
        where.append(_d.c.id < bindparam("after_id", type_=Uuid))
    page = select(*_item(_d)).where(*where).order_by(_d.c.id.desc()).limit(bindparam("count", type_=Integer))
    return Query(lambda: sql.as_json(page, "id"))


async def many(
    lane: Lane, actor: Actor, asked: DetailedPlanFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of detailed plans as JSON, the newest first (their ids grow with time)."""
    return await listing.page(lane, _list, asdict(asked), {"id": UUID}, cursor, limit, **_params(actor, now))
