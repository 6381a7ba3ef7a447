"""What a detailed plan is to be about, looked up when it is begun (Guide P-8 annex B)."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, exists, func, literal_column, or_, select

from app import errors, permissions
from app.db import Query, Row, Writer
from app.enums import Chain, DivisionFunction, Party, Step, SubjectKind
from app.enums.detailed_plans import DetailedPlanAbout
from app.enums.initiatives import InitiativeState
from app.enums.plans import PlanItemState, PlanState
from app.errors import FieldError, Invalid, Text
from app.models import Division, Entity, Initiative, Milestone, Plan, PlanItem, Scorecard
from app.parties import Actor, Facts, party_key
from app.services import sql
from app.services.detailed_plans import rules
from app.services.role_plans import chains

_p, _e, _i, _s, _d = (model.__table__ for model in (Plan, Entity, Initiative, Scorecard, Division))
_k, _m = PlanItem.__table__, Milestone.__table__
_PLAN_ID, _INITIATIVE_ID = bindparam("plan_id", type_=Uuid), bindparam("initiative_id", type_=Uuid)
_SCORECARD_ID, _DIVISION_ID = bindparam("scorecard_id", type_=Uuid), bindparam("division_id", type_=Uuid)


def _in_the_plan() -> ColumnElement[bool]:
    """Whether the plan still holds the initiative."""
    return exists(
        select(literal_column("1")).where(
            _k.c.plan_id == _p.c.id,
            _k.c.initiative_id == _i.c.id,
            _k.c.state == sql.const(PlanItemState.KEPT),
        )
    )


_ASKED = Query(
    lambda: (
        select(
            _p.c.entity_id,
            _p.c.year,
            chains.steps_in_force(Chain.DETAILED_PLANS, _e.c.id).label("chain"),
            _i.c.division_id.label("carried_out_by"),
            _i.c.id.label("initiative_id"),
            _in_the_plan().label("in_the_plan"),
            _i.c.starts_on,
            _i.c.ends_on,
            select(func.coalesce(func.array_agg(_m.c.number), literal_column("'{}'")))
            .where(_m.c.initiative_id == _i.c.id)
            .scalar_subquery()
            .label("milestones"),
            _s.c.year.label("scorecard_year"),
            _d.c.id.label("division_id"),
            _d.c.function.label("division_function"),
        )
        .select_from(
            _p.join(_e, _e.c.id == _p.c.entity_id)
            .outerjoin(
                _i,
                (_i.c.id == _INITIATIVE_ID)
                & (_i.c.entity_id == _p.c.entity_id)
                & ~or_(
                    *(
                        _i.c.state == sql.const(state)
                        for state in (
                            InitiativeState.DISCARDED,
                            InitiativeState.STOPPED,
                            InitiativeState.CLOSED,
                        )
                    )
                ),
            )
            .outerjoin(_s, (_s.c.id == _SCORECARD_ID) & (_s.c.entity_id == _p.c.entity_id))
            .outerjoin(_d, (_d.c.id == _DIVISION_ID) & (_d.c.entity_id == _p.c.entity_id))
        )
        .where(
            _p.c.id == _PLAN_ID,
            _p.c.state != sql.const(PlanState.DISCARDED),
            _p.c.state != sql.const(PlanState.SUPERSEDED),
        )
    )
)


class Beginning(NamedTuple):
    """What a plan is about: its facts before it is there, its columns, and what bounds its tasks."""

    facts: Facts
    columns: Mapping[str, Any]
    year: int
    bounds: tuple[date, date] | None
    milestones: list[int]


async def find(writer: Writer, actor: Actor, asked: Mapping[str, Any]) -> Beginning:
    """What `asked` (plan_id, about, initiative_id, scorecard_id, division_id) names. The annual plan may still be a draft:
    detailed plans begin before its approval.

    Raises Invalid; and Forbidden for who does not enter it, before anything is told of what the plan holds.
    """
    about = DetailedPlanAbout(asked["about"])
    of_initiative, of_scorecard = about is DetailedPlanAbout.INITIATIVE, about is DetailedPlanAbout.SCORECARD
    _check_shape(asked, of_initiative=of_initiative, of_scorecard=of_scorecard)
    names = ("plan_id", "initiative_id", "scorecard_id", "division_id")
    row = await writer.row(_ASKED, {name: asked[name] for name in names})
    if row is None:
        raise errors.unknown_reference("#/plan_id")
    if of_initiative and row["initiative_id"] is None:
        raise errors.unknown_reference("#/initiative_id")
    if of_scorecard and row["scorecard_year"] != row["year"]:
        raise errors.unknown_reference("#/scorecard_id")
    if not of_initiative and row["division_id"] is None:
        raise errors.unknown_reference("#/division_id")
    division_id: UUID | None = row["carried_out_by"] if of_initiative else row["division_id"]
    entity_id: UUID = row["entity_id"]
    parties = chains.keys(Chain.DETAILED_PLANS, row["chain"], entity_id, division_id)
    facts = Facts(SubjectKind.DETAILED_PLAN, entity_id, entity_id, steps=rules.steps(parties, division_id))
    permissions.entitlement(actor, "detailed_plans.create", facts)
    if of_initiative and not row["in_the_plan"]:
        raise errors.invalid(
            "#/initiative_id",
            "not_in_the_plan",
            "The annual plan does not hold this initiative.",
            "الخطة السنوية لا تتضمن هذه المبادرة.",
        )
    if division_id is None:
        raise errors.invalid(
            "#/initiative_id",
            "no_division",
            "First name the division that carries the initiative out.",
            "يلزم أولًا تسمية التقسيم المنفذ للمبادرة.",
        )
    if not of_initiative:
        _check_executes(row, entity_id)
    columns = {
        "entity_id": entity_id,
        "plan_id": asked["plan_id"],
        "year": row["year"],
        "about": about.value,
        "initiative_id": asked["initiative_id"],
        "scorecard_id": asked["scorecard_id"],
        "division_id": division_id,
        **{f"parties_{step}": list(keys) for step, keys in parties.items()},
    }
    bounds = (row["starts_on"], row["ends_on"]) if of_initiative else None
    return Beginning(facts, columns, row["year"], bounds, list(row["milestones"]))


def _check_executes(row: Row, entity_id: UUID) -> None:
    """Whether the division executes, or is one that the entity's chain names to enter. Raises Invalid."""
    named = chains.keys(Chain.DETAILED_PLANS, row["chain"], entity_id, None)[Step.ENTER]
    if row["division_function"] != DivisionFunction.EXECUTING and (
        party_key(Party.DIVISION, row["division_id"]) not in named
    ):
        raise errors.invalid(
            "#/division_id",
            "not_executing",
            "Only an executing division plans in detail.",
            "لا يضع الخطط التفصيلية إلا تقسيم منفّذ.",
        )


def _check_shape(asked: Mapping[str, Any], *, of_initiative: bool, of_scorecard: bool) -> None:
    """Whether it names what its kind asks for, and nothing else. Raises Invalid with every fault."""
    wanted = {
        "initiative_id": of_initiative,
        "scorecard_id": of_scorecard,
        "division_id": not of_initiative,
    }
    faults = tuple(
        FieldError("missing", Text("This is required.", "هذا الحقل مطلوب."), pointer=f"#/{name}")
        if is_wanted
        else FieldError(
            "out_of_place",
            Text("This kind of detailed plan has none.", "لا محل له في هذا النوع من الخطط التفصيلية."),
            pointer=f"#/{name}",
        )
        for name, is_wanted in wanted.items()
        if is_wanted is (asked[name] is None)
    )
    if faults:
        raise Invalid(errors=faults)
