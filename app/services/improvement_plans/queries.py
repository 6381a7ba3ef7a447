"""Every select of improvement plans, always through their one visibility rule (Guide I-8)."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app import clock
from app.db import Lane, Query, Row
from app.enums import SubjectKind
from app.enums.scorecards import ImprovementPlanState
from app.models import Division, Entity, ImprovementAction, ImprovementPlan, Indicator
from app.parties import Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.evidence import standing
from app.services.improvement_plans import rules
from app.services.improvement_plans.visibility import nobody_left, visible
from app.services.people import four_eyes, visibility

_p: FromClause = ImprovementPlan.__table__
_ONE_ROW: ColumnElement[int] = literal_column("1")
_STEPS = ("submitted", "assured", "approved", "ended")

ID = bindparam("id", type_=Uuid)


def _of_actions(p: FromClause, figure: ColumnElement[Any]) -> ScalarSelect[Any]:
    a = ImprovementAction.__table__
    return select(figure).where(a.c.plan_id == p.c.id).correlate(p).scalar_subquery()


def late(p: FromClause) -> ColumnElement[bool]:
    """Whether it is carried out, and its day, or that of an action that is not done, is past."""
    a = sql.alias(ImprovementAction, "late_action")
    overdue = select(_ONE_ROW).where(a.c.plan_id == p.c.id, a.c.done_on.is_(None), a.c.due < sql.TODAY)
    carried_out = p.c.state == sql.const(ImprovementPlanState.APPROVED)
    return and_(carried_out, or_(p.c.due < sql.TODAY, exists(overdue.correlate_except(a))))


def awaiting(p: FromClause) -> ColumnElement[Any]:
    """Open waits, and the head where four eyes leaves nobody else."""
    submitted = p.c.state == sql.const(ImprovementPlanState.SUBMITTED)
    return sql.awaiting_or_head(
        p.c.id,
        nobody_left(p),
        action=case((submitted, sql.const(rules.ASSURE.action)), else_=sql.const(rules.APPROVE.action)),
        since=func.coalesce(p.c.assured_at, p.c.submitted_at),
    )


def _item(p: FromClause) -> list[ColumnElement[Any]]:
    a = ImprovementAction.__table__
    return [
        p.c.id,
        sql.ref_by_id(Entity.__table__, p.c.entity_id).label("entity"),
        sql.ref_by_id(Indicator.__table__, p.c.indicator_id).label("indicator"),
        p.c.state,
        p.c.cause,
        p.c.goal,
        p.c.due,
        late(p).label("late"),
        _of_actions(p, func.count()).label("step_count"),
        _of_actions(p, func.count(a.c.done_on)).label("done_count"),
        sql.person(p.c.drafted_by_id).label("drafted_by"),
        p.c.drafted_at,
        *[p.c[f"{step}_at"] for step in _STEPS],
        awaiting(p).label("awaiting"),
        p.c.version,
    ]


def _steps_of_it(p: FromClause) -> ScalarSelect[Any]:
    """Its actions as a JSON array, in their order."""
    a = ImprovementAction.__table__
    item = sql.obj(
        number=a.c.number,
        title=a.c.title,
        division=sql.ref_by_id(Division.__table__, a.c.division_id),
        due=a.c.due,
        late=and_(
            p.c.state == sql.const(ImprovementPlanState.APPROVED),
            a.c.done_on.is_(None),
            a.c.due < sql.TODAY,
        ),
        done_on=a.c.done_on,
        done_note=a.c.done_note,
        reported_by=sql.person(a.c.reported_by_id),
    )
    return _of_actions(p, sql.listed(item, a.c.number))


def _fact_columns(p: FromClause) -> list[ColumnElement[Any]]:
    a = ImprovementAction.__table__
    action = sql.obj(
        number=a.c.number,
        title=a.c.title,
        division_id=a.c.division_id,
        due=a.c.due,
        done_on=a.c.done_on,
        done_note=a.c.done_note,
    )
    return [
        *[
            p.c[name].label(f"_{name}")
            for name in ("id", "entity_id", "state", "version", "edited_by", "controlled_by", "indicator_id")
        ],
        *[p.c[name].label(f"_{name}") for name in rules.FIELDS],
        nobody_left(p).label("_nobody_left"),
        four_eyes.represented(p.c.id).label("_represented"),
        four_eyes.represented(p.c.indicator_id).label("_indicator_represented"),
        standing.proof(p.c.id).label("_proof"),
        _of_actions(p, sql.listed(action, a.c.number)).cast(Text).label("_steps"),
    ]


_FACTS = tuple(str(column.key) for column in _fact_columns(_p))
_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(_p),
            _steps_of_it(_p).label("steps"),
            *[sql.person(_p.c[f"{step}_by_id"]).label(f"{step}_by") for step in _STEPS],
            case(
                (
                    _p.c.returned_at.is_not(None),
                    sql.obj(
                        by=sql.person(_p.c.returned_by_id), at=_p.c.returned_at, reason=_p.c.return_reason
                    ),
                )
            ).label("returned"),
            _p.c.end_reason,
            _p.c.exceptional,
            *_fact_columns(_p),
        ).where(_p.c.id == ID, visible(_p)),
        *_FACTS,
    )
)
_ONE_FACTS = Query(lambda: select(*_fact_columns(_p)).where(_p.c.id == ID, visible(_p)))


def params(actor: Actor, now: datetime) -> dict[str, Any]:
    """What every query of improvement plans is given."""
    return {**visibility.of(actor), "now": now, "today": clock.day(now)}


def _actions(said: str) -> list[dict[str, Any]]:
    return [
        {
            **action,
            "division_id": action["division_id"] and UUID(action["division_id"]),
            "due": date.fromisoformat(action["due"]),
        }
        for action in json.loads(said)
    ]


def _facts(row: Row, prefix: str) -> Facts:
    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    state, actions, proof = said("state"), _actions(said("steps")), standing.read(said("proof"))
    controlled = state in rules.CONTROLLED
    represented = [
        subject_id
        for subject_id, is_so in (
            (said("id"), said("represented")),
            (said("indicator_id"), said("indicator_represented")),
        )
        if is_so
    ]
    divisions = dict.fromkeys(a["division_id"] for a in actions if a["division_id"] is not None)
    return Facts(
        kind=SubjectKind.IMPROVEMENT_PLAN,
        id=said("id"),
        entity_id=said("entity_id"),
        state=state,
        version=said("version"),
        steps=rules.steps(said("entity_id"), state, represented, tuple(divisions)),
        edited_by=frozenset(said("edited_by")) if controlled else frozenset(),
        controlled_by=frozenset(said("controlled_by")) if controlled else frozenset(),
        verified_by=proof.verified_by if state in rules.EDIT.sources else frozenset(),
        nobody_left=rules.DUE[state] if said("nobody_left") else frozenset(),
        due={rules.CARRY_OUT: said("due")},
        row={**{name: said(name) for name in rules.FIELDS}, "steps": actions, "proof": proof},
    )


async def facts(lane: Lane, actor: Actor, plan_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a plan that the actor may see; `row` holds what it says."""
    row = await lane.row(_ONE_FACTS, {**params(actor, now), "id": plan_id})
    return None if row is None else _facts(row, "_")


async def one(lane: Lane, actor: Actor, plan_id: UUID, now: datetime) -> Document | None:
    """One plan with its actions, and what the actor may do with it."""
    row = await lane.row(_ONE, {**params(actor, now), "id": plan_id})
    if row is None:
        return None
    facts = _facts(row, "")
    actions = [
        transition.action
        for transition in rules.TRANSITIONS
        if lifecycle.possible(actor, transition, facts) and rules.open_now(transition, facts.row)
    ]
    return Document(with_actions(row["json"], actions), facts.version)


@dataclass(frozen=True)
class ImprovementPlanFilter:
    """What a list of improvement plans is narrowed to."""

    entity_id: UUID | None = None
    indicator_id: UUID | None = None
    state: ImprovementPlanState | None = None
    late: bool | None = None


@lru_cache(maxsize=32)
def _list(given: frozenset[str], *, after: bool) -> Query:
    conditions: Mapping[str, ColumnElement[bool]] = {
        "entity_id": _p.c.entity_id == bindparam("entity_id", type_=Uuid),
        "indicator_id": _p.c.indicator_id == bindparam("indicator_id", type_=Uuid),
        "state": _p.c.state == bindparam("state", type_=Text),
        "late": late(_p) == bindparam("late", type_=Boolean),
    }
    where = [visible(_p), *(condition for name, condition in conditions.items() if name in given)]
    if after:
        where.append(_p.c.id < bindparam("after_id", type_=Uuid))
    page = select(*_item(_p)).where(*where).order_by(_p.c.id.desc())
    return Query(lambda: sql.as_json(page.limit(bindparam("count", type_=Integer)), "id"))


async def many(
    lane: Lane,
    actor: Actor,
    asked: ImprovementPlanFilter,
    cursor: str | None,
    limit: int | None,
    now: datetime,
) -> bytes:
    """A page of improvement plans as JSON, the latest drafted first."""
    return await listing.page(lane, _list, asdict(asked), {"id": UUID}, cursor, limit, **params(actor, now))
