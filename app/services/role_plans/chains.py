"""The chain in force for an entity: its approved role plan's, or the guide's default (Guide P-13)."""

import json
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Text, and_, case, func, literal_column, null, select
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app import parties
from app.enums import Chain, EnteredBy, Party, RolePlanState, Step
from app.models import RolePlan, RolePlanStep
from app.services import sql


def plan_in_force(entity_id: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The id of the entity's latest approved role plan, or null."""
    plan = sql.alias(RolePlan)
    outer = cast("Column[Any]", entity_id).table  # named: it is not found through two levels of subqueries
    return (
        select(plan.c.id)
        .where(plan.c.entity_id == entity_id, plan.c.state == sql.const(RolePlanState.APPROVED))
        .order_by(plan.c.number.desc())
        .limit(literal_column("1"))
        .correlate(outer)
        .scalar_subquery()
    )


def steps_in_force(chain: Chain, entity_id: ColumnElement[Any]) -> ScalarSelect[Any]:
    """The steps of that plan's chain as JSON: [[step, party, division id or null], ...], ranked; or null."""
    step = sql.alias(RolePlanStep)
    item = func.json_build_array(step.c.step, step.c.party, step.c.division_id)
    return (
        select(func.json_agg(sql.ordered(item, step.c.step, step.c.rank)).cast(Text))
        .where(and_(step.c.role_plan_id == plan_in_force(entity_id), step.c.chain == sql.const(chain)))
        .scalar_subquery()
    )


def step_keys(step: Step, i: FromClause) -> ColumnElement[Any]:
    """The party keys that take a step of the results of the indicator `i`, in order, as an array: the same in
    SQL as that step of `keys`."""
    of_the_owner = keys_of(Chain.RESULTS, step, i)
    if step is not Step.ENTER:
        return of_the_owner
    of_unit = (i.c.entered_by == sql.const(EnteredBy.UNIT), array([sql.const(parties.UNIT)]))
    return case(of_unit, else_=of_the_owner).cast(ARRAY(Text))


def keys_of(chain: Chain, step: Step, i: FromClause) -> ColumnElement[Any]:
    """The party keys that take a step of a chain of the thing `i`, which names its entity and the division in charge in
    `entity_id` and `division_id`."""

    def key(party: ColumnElement[Any], division_id: ColumnElement[Any]) -> ColumnElement[Any]:
        def of(holder: ColumnElement[Any], name: ColumnElement[Any]) -> ColumnElement[Any]:
            return name + literal_column("':'") + holder.cast(Text)

        division = sql.const(Party.DIVISION)
        return case(
            (party == sql.const(Party.UNIT), sql.const(parties.UNIT)),
            (party == division, of(division_id, division)),
            (party == sql.const(Party.EXECUTING), of(i.c.division_id, division)),  # null while none is named
            else_=of(i.c.entity_id, party),
        )

    s = sql.alias(RolePlanStep)
    takes = case((s.c.step == sql.const(step), key(s.c.party, s.c.division_id)))
    # Null where the plan says nothing of the chain, empty where it says something, but not who takes the step.
    planned = (
        select(func.array_remove(func.array_agg(sql.ordered(takes, s.c.rank)), null()))
        .where(s.c.role_plan_id == plan_in_force(i.c.entity_id), s.c.chain == sql.const(chain))
        .correlate(i)
        .scalar_subquery()
    )
    default = array([key(sql.const(party), null()) for party in parties.DEFAULT_CHAINS[chain][step]])
    return func.coalesce(planned, func.array_remove(default, null())).cast(ARRAY(Text))


def enter_keys(i: FromClause) -> ColumnElement[Any]:
    """The party keys that enter the results of the indicator `i`."""
    return step_keys(Step.ENTER, i)


def keys(
    chain: Chain,
    steps: str | None,
    entity_id: UUID,
    in_charge: UUID | None,
    entered_by: str = EnteredBy.OWNER,
) -> Mapping[str, tuple[str, ...]]:
    """Party keys by step, from what `steps_in_force` read (null: the guide's default chain). What UNIT
    enters itself is still reviewed and approved by the owner's chain (Guide D-2)."""
    named = named_in(chain, steps)
    if entered_by == EnteredBy.UNIT:
        named[Step.ENTER] = [(Party.UNIT, None)]
    return {step: tuple(parties.chain_keys(chosen, entity_id, in_charge)) for step, chosen in named.items()}


def named_in(chain: Chain, steps: str | None) -> dict[str, list[tuple[Party, UUID | None]]]:
    """The parties that each step of a chain names, in order, each with its division where it is one; from what
    `steps_in_force` read (null: the guide's default chain)."""
    named: dict[str, list[tuple[Party, UUID | None]]] = {step.value: [] for step in Step}
    if steps is None:
        for step, default in parties.DEFAULT_CHAINS[chain].items():
            named[step.value] = [(party, None) for party in default]
    else:
        for step, party, division_id in json.loads(steps):
            named[step].append((Party(party), UUID(division_id) if division_id else None))
    return named
