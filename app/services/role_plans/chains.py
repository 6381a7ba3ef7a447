"""The chain in force for an entity: its approved role plan's, or the guide's default (Guide P-13)."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, func, literal_column, select
from sqlalchemy.sql.selectable import ScalarSelect

from app import parties
from app.enums import Chain, Party, RolePlanState, Step
from app.models import RolePlan, RolePlanStep
from app.services import sql


def plan_in_force(entity_id: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The id of the entity's latest approved role plan, or null."""
    plan = RolePlan.__table__.alias()
    return (
        select(plan.c.id)
        .where(plan.c.entity_id == entity_id, plan.c.state == sql.const(RolePlanState.APPROVED))
        .order_by(plan.c.number.desc())
        .limit(literal_column("1"))
        .scalar_subquery()
    )


def steps_in_force(chain: Chain, entity_id: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The steps of that plan's chain as JSON: [[step, party, division id or null], ...], ranked; or null."""
    step = RolePlanStep.__table__.alias()
    item = func.json_build_array(step.c.step, step.c.party, step.c.division_id)
    return (
        select(func.json_agg(sql.ordered(item, step.c.step, step.c.rank)).cast(Text))
        .where(and_(step.c.role_plan_id == plan_in_force(entity_id), step.c.chain == sql.const(chain)))
        .scalar_subquery()
    )


def keys(
    chain: Chain, steps: str | None, entity_id: UUID, in_charge: UUID | None
) -> Mapping[str, tuple[str, ...]]:
    """Party keys by step, from what `steps_in_force` read (null: the guide's default chain)."""
    named: dict[str, list[tuple[Party, UUID | None]]] = {step.value: [] for step in Step}
    if steps is None:
        for step, default in parties.DEFAULT_CHAINS[chain].items():
            named[step.value] = [(party, None) for party in default]
    else:
        for step, party, division_id in json.loads(steps):
            named[step].append((Party(party), UUID(division_id) if division_id else None))
    return {step: tuple(parties.chain_keys(chosen, entity_id, in_charge)) for step, chosen in named.items()}
