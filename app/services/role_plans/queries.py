"""Every select of role plans: for whom the rule names in the entity, and for UNIT once approved."""

import json
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Uuid, and_, any_, bindparam, func, literal_column, or_, select
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app import paging
from app.db import Lane, Query, Row
from app.enums import Chain, RolePlanState, Step, SubjectKind
from app.models import Division, Entity, RolePlan, RolePlanStep
from app.parties import Actor, Facts
from app.services import lifecycle, sql
from app.services.documents import Document, with_actions
from app.services.entities.queries import ENTITY_ID, page_under, under_entity
from app.services.people import reach
from app.services.role_plans import rules
from app.services.role_plans.chains import plan_in_force

_p: FromClause = RolePlan.__table__
_e: FromClause = Entity.__table__

ID = bindparam("id", type_=Uuid)
READ = "role_plans.read"

_in_reach = reach.within(_p.c.entity_id)
# What an entity still works on is its own; UNIT reads what was approved.
_visible = and_(
    _in_reach,
    or_(_p.c.entity_id == any_(reach.OWN_ENTITIES), _p.c.state == sql.const(RolePlanState.APPROVED)),
)


def _chain(plan_id: ColumnElement[Any], chain: Chain) -> ColumnElement[Any]:
    """One chain of a plan as a JSON object, or the guide's where the plan does not say it."""
    s = sql.alias(RolePlanStep)
    party = sql.obj(party=s.c.party, division=sql.ref_by_id(Division.__table__, s.c.division_id))
    none: ColumnElement[Any] = literal_column("'[]'::json")
    steps = {
        step.value: func.coalesce(
            func.json_agg(sql.ordered(party, s.c.rank)).filter(s.c.step == sql.const(step)), none
        )
        for step in Step
    }
    written: ScalarSelect[Any] = (
        select(sql.obj(**steps))
        .where(s.c.role_plan_id == plan_id, s.c.chain == sql.const(chain))
        .having(func.count() > literal_column("0"))
        .scalar_subquery()
    )
    default = {
        step.value: [{"party": party.value, "division": None} for party, _ in named]
        for step, named in rules.default(chain).items()
    }
    return func.coalesce(written, literal_column(f"'{json.dumps(default)}'::json"))


def _chains(plan_id: ColumnElement[Any]) -> ColumnElement[Any]:
    return sql.obj(**{chain.value: _chain(plan_id, chain) for chain in Chain})


def _item(p: FromClause) -> list[ColumnElement[Any]]:
    return [
        p.c.id,
        sql.ref_by_id(Entity.__table__, p.c.entity_id).label("entity"),
        p.c.number,
        p.c.state,
        func.coalesce(p.c.id == plan_in_force(p.c.entity_id), literal_column("false")).label("in_force"),
        p.c.note,
        sql.person(p.c.drafted_by_id).label("drafted_by"),
        p.c.drafted_at,
        p.c.submitted_at,
        p.c.approved_at,
        sql.awaiting(p.c.id).label("awaiting"),
        p.c.version,
    ]


_FACTS = ("_id", "_entity_id", "_state", "_version", "_edited_by")
_fact_columns = [_p.c[name.removeprefix("_")].label(name) for name in _FACTS]
_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(_p),
            sql.person(_p.c.submitted_by_id).label("submitted_by"),
            sql.person(_p.c.approved_by_id).label("approved_by"),
            _p.c.decision_id,
            _p.c.return_reason,
            _chains(_p.c.id).label("chains"),
            *_fact_columns,
        ).where(_p.c.id == ID, _visible),
        *_FACTS,
    )
)
_ONE_FACTS = Query(lambda: select(*_fact_columns).where(_p.c.id == ID, _visible))


def _facts(row: Row, prefix: str) -> Facts:
    state = row[f"{prefix}state"]
    # Four eyes has a meaning only while the control step is due; otherwise the state refuses (409).
    due = state == RolePlanState.SUBMITTED
    return Facts(
        kind=SubjectKind.ROLE_PLAN,
        id=row[f"{prefix}id"],
        entity_id=row[f"{prefix}entity_id"],
        state=state,
        version=row[f"{prefix}version"],
        steps=rules.steps(row[f"{prefix}entity_id"]),
        edited_by=frozenset(row[f"{prefix}edited_by"]) if due else frozenset(),
    )


async def facts(lane: Lane, actor: Actor, role_plan_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a role plan that the actor may see."""
    row = await lane.row(_ONE_FACTS, {**reach.of(actor, READ), "id": role_plan_id})
    return None if row is None else _facts(row, "_")


async def one(lane: Lane, actor: Actor, role_plan_id: UUID) -> Document | None:
    """One version of an entity's role plan, with all its chains."""
    row = await lane.row(_ONE, {**reach.of(actor, READ), "id": role_plan_id})
    if row is None:
        return None
    facts = _facts(row, "")
    actions = [t.action for t in rules.TRANSITIONS if lifecycle.possible(actor, t, facts)]
    return Document(with_actions(row["json"], actions), facts.version)


@lru_cache(maxsize=4)
def _list(*, after: bool) -> Query:
    where = [_p.c.entity_id == ENTITY_ID, _visible]
    if after:
        where.append(_p.c.id < bindparam("after_id", type_=Uuid))
    page = select(*_item(_p)).where(*where).order_by(_p.c.id.desc()).limit(bindparam("count", type_=Integer))
    return under_entity(page, lambda items: (items.c.id.desc(),))


async def many(lane: Lane, actor: Actor, entity_id: UUID, cursor: str | None, limit: int | None) -> bytes:
    """A page of the versions of an entity's role plan, the latest first (their ids grow with time).

    Raises NotFound when there is no such entity.
    """
    filters = {"entity_id": entity_id}
    part = paging.page(cursor, limit, filters, (UUID,))
    params = {**filters, **reach.of(actor, READ)}
    return await page_under(lane, _list(after=part.after is not None), params, part, filters)


_IN_FORCE = Query(
    lambda: sql.as_json(
        select(
            sql.ref(_e).label("entity"),
            _p.c.id.is_(None).label("is_default"),
            _p.c.id.label("role_plan_id"),
            _p.c.number,
            _p.c.approved_at,
            _chains(_p.c.id).label("chains"),
        )
        .select_from(_e.outerjoin(_p, _p.c.id == plan_in_force(_e.c.id)))
        .where(_e.c.id == ENTITY_ID, reach.within(_e.c.id)),
        "number",
    )
)


async def in_force(lane: Lane, actor: Actor, entity_id: UUID) -> Document | None:
    """The chains in force for an entity: those of its approved plan, or the guide's."""
    row = await lane.row(_IN_FORCE, {**reach.of(actor, READ), "entity_id": entity_id})
    return None if row is None else Document(row["json"].encode(), row["number"] or 0)
