"""What evidence can be about: one line for each kind of thing, and what evidence needs to know of one.

Who may edit a thing may attach evidence to it, in the states in which it is edited. Its evidence is verified
until the thing is approved, and never changes afterwards.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.selectable import FromClause

from app.db import Lane, Query, Writer
from app.enums import ChainState, Classification, DefinitionState, IndicatorLevel, Role, Step, SubjectKind
from app.enums.scorecards import ImprovementPlanState
from app.models import (
    Definition,
    ImprovementAction,
    ImprovementPlan,
    Indicator,
    PathRun,
    PathStage,
    Result,
    Subject,
)
from app.parties import UNIT, UNIT_EDITOR, Actor, Facts
from app.services import approval, lifecycle, sql
from app.services.definitions import queries as definition_queries
from app.services.definitions import rules as definitions
from app.services.definitions import visibility as definition_visibility
from app.services.evidence.visibility import Sight
from app.services.improvement_plans import queries as plan_queries
from app.services.improvement_plans import rules as plans
from app.services.improvement_plans import visibility as plan_visibility
from app.services.path_runs import facts as path_run_facts
from app.services.path_runs import rules as path_runs
from app.services.path_runs import visibility as path_run_visibility
from app.services.people import four_eyes, visibility
from app.services.results import facts as result_facts
from app.services.results import rules as results
from app.services.results import visibility as result_visibility

_Load = Callable[[Lane, Actor, UUID, datetime], Awaitable[Facts | None]]


@dataclass(frozen=True)
class Evidenced:
    """A kind of thing that evidence can be about.

    `load`: the facts of one, through its area's own visibility. `step`: who of them attaches evidence, and
    `takes`: in which states, both those of its area's own edit. `undecided`: the states before its approval.
    `row`: one thing by its id, in the form that `_row` gives it.
    """

    kind: SubjectKind
    model: type[DeclarativeBase]
    load: _Load
    step: str
    takes: frozenset[str]
    undecided: frozenset[str]
    row: Callable[[ColumnElement[Any]], Select[Any]]


def _row(
    kind: SubjectKind,
    *,
    state: ColumnElement[Any],
    attach: ColumnElement[Any],
    verify: ColumnElement[Any],
    edited_by: ColumnElement[Any],
    attach_due: ColumnElement[Any],
    verify_due: ColumnElement[Any],
    sight: Sight,
    indicator: FromClause,
    period: ColumnElement[Any],
) -> Select[Any]:
    """What evidence needs to know of the thing it is about.

    `attach`, `verify`: party keys. `edited_by`: who never verifies its evidence.
    """
    return select(
        sql.const(kind).label("kind"),
        state.label("state"),
        attach.cast(ARRAY(Text)).label("attach"),
        func.array_remove(verify, null()).cast(ARRAY(Text)).label("verify"),
        edited_by.cast(ARRAY(Uuid)).label("edited_by"),
        attach_due.cast(Date).label("attach_due"),
        verify_due.cast(Date).label("verify_due"),
        *[column.label(name) for name, column in sight._asdict().items()],
        indicator.c.name_ar.label("name_ar"),
        indicator.c.name_en.label("name_en"),
        period.cast(Text).label("period"),
    )


def _party(role: Role, of: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.concat(literal_column(f"'{role.value}:'"), of)


def _representative(of: ColumnElement[Any]) -> ColumnElement[Any]:
    """The technical representative assigned to the thing, or null."""
    return case((four_eyes.represented(of), _party(Role.TECHNICAL_REPRESENTATIVE, of)))


def sight_of_result(r: FromClause) -> Sight:
    """How the reader stands to the result `r`. The specialists verify its evidence, so they see all of it."""
    return Sight(
        at_work=result_visibility.at_work(r),
        named=or_(
            result_visibility.named(r), _party(Role.SPECIALIST, r.c.entity_id) == any_(visibility.KEYS)
        ),
        disclosed=and_(
            visibility.NATIONAL,
            r.c.state == sql.const(ChainState.APPROVED),
            r.c.classification != sql.const(Classification.RESTRICTED),
        ),
    )


def _of_result(id_: ColumnElement[Any]) -> Select[Any]:
    r, i = Result.__table__.alias(), Indicator.__table__.alias()
    days = result_facts.days(r)
    return (
        _row(
            SubjectKind.RESULT,
            state=r.c.state,
            attach=r.c.parties_enter,
            verify=array(
                [_representative(r.c.id), _representative(i.c.id), _party(Role.SPECIALIST, r.c.entity_id)]
            ),
            edited_by=r.c.edited_by,
            attach_due=days[2],
            verify_due=days[3],
            sight=sight_of_result(r),
            indicator=i,
            period=r.c.period,
        )
        .select_from(r.join(i, i.c.id == r.c.indicator_id))
        .where(r.c.id == id_)
    )


def _of_definition(id_: ColumnElement[Any]) -> Select[Any]:
    d, i = Definition.__table__.alias(), Indicator.__table__.alias()
    of_unit = i.c.level == sql.const(IndicatorLevel.VISION)
    specialist = _party(Role.SPECIALIST, d.c.entity_id)
    return (
        _row(
            SubjectKind.DEFINITION,
            state=d.c.state,
            attach=case((of_unit, array([sql.const(UNIT_EDITOR)])), else_=array([specialist])),
            verify=case(
                (of_unit, array([sql.const(UNIT)])),
                else_=array([_representative(d.c.id), _representative(i.c.id), specialist]),
            ),
            edited_by=d.c.edited_by,
            attach_due=null(),
            verify_due=null(),
            sight=Sight(
                at_work=or_(definition_visibility.at_work(i), d.c.id == any_(visibility.ASSIGNED)),
                named=or_(
                    i.c.entity_id == any_(visibility.OFFICE),
                    i.c.id == any_(visibility.ASSIGNED),
                    d.c.id == any_(visibility.ASSIGNED),
                    and_(of_unit, visibility.NATIONAL),
                ),
                disclosed=and_(
                    visibility.NATIONAL,
                    or_(
                        d.c.state == sql.const(DefinitionState.ACTIVE),
                        d.c.state == sql.const(DefinitionState.SUPERSEDED),
                    ),
                ),
            ),
            indicator=i,
            period=null(),
        )
        .select_from(d.join(i, i.c.id == d.c.indicator_id))
        .where(d.c.id == id_)
    )


def _of_stage(id_: ColumnElement[Any]) -> Select[Any]:
    s, r = PathStage.__table__.alias(), PathRun.__table__.alias()
    titled = select(s.c.title_ar.label("name_ar"), s.c.title_en.label("name_en")).lateral("titled")
    at_work = path_run_visibility.at_work(r)
    return (
        _row(
            SubjectKind.PATH_STAGE,
            state=s.c.state,
            attach=s.c.parties,
            verify=array(
                [
                    _representative(s.c.id),
                    _representative(s.c.run_id),
                    _representative(s.c.subject_id),
                    _party(Role.SPECIALIST, s.c.entity_id),
                ]
            ),
            edited_by=s.c.edited_by,
            attach_due=s.c.due,
            verify_due=null(),
            sight=Sight(
                at_work=at_work,
                named=or_(
                    s.c.parties.overlap(visibility.CHAIN),
                    s.c.entity_id == any_(visibility.LEADS),
                    _party(Role.SPECIALIST, s.c.entity_id) == any_(visibility.KEYS),
                ),
                disclosed=path_run_visibility.visible(r),
            ),
            indicator=titled,
            period=null(),
        )
        .select_from(s.join(r, r.c.id == s.c.run_id).join(titled, true()))
        .where(s.c.id == id_)
    )


def _of_improvement_plan(id_: ColumnElement[Any]) -> Select[Any]:
    p, i = ImprovementPlan.__table__.alias(), Indicator.__table__.alias()
    a = ImprovementAction.__table__.alias()
    specialist = _party(Role.SPECIALIST, p.c.entity_id)
    carried_out = p.c.state == sql.const(ImprovementPlanState.APPROVED)
    divisions = (
        select(func.array_agg(func.concat(literal_column("'division:'"), a.c.division_id)))
        .where(
            a.c.plan_id == p.c.id,
            a.c.division_id.is_not(None),
            p.c.state != sql.const(ImprovementPlanState.DRAFT),
        )
        .correlate_except(a)
        .scalar_subquery()
    )
    return (
        _row(
            SubjectKind.IMPROVEMENT_PLAN,
            state=p.c.state,
            attach=func.array_append(divisions, specialist),
            verify=array([_representative(p.c.id), _representative(i.c.id), specialist]),
            edited_by=p.c.edited_by,
            attach_due=case((carried_out, p.c.due)),
            verify_due=case((carried_out, p.c.due)),
            sight=Sight(
                at_work=plan_visibility.at_work(p),
                named=plan_visibility.named(p),
                disclosed=and_(visibility.NATIONAL, plan_visibility.stands(p)),
            ),
            indicator=i,
            period=null(),
        )
        .select_from(p.join(i, i.c.id == p.c.indicator_id))
        .where(p.c.id == id_)
    )


KINDS: Mapping[str, Evidenced] = {
    each.kind: each
    for each in (
        Evidenced(
            SubjectKind.RESULT,
            Result,
            result_facts.one,
            Step.ENTER,
            results.EDIT.sources,
            frozenset({ChainState.DRAFT.value, *approval.CONTROLLED}),
            _of_result,
        ),
        Evidenced(
            SubjectKind.DEFINITION,
            Definition,
            definition_queries.facts,
            definitions.DEFINE,
            definitions.EDIT.sources,
            definitions.OPEN,
            _of_definition,
        ),
        Evidenced(
            SubjectKind.PATH_STAGE,
            PathStage,
            path_run_facts.stage,
            path_runs.ACT,
            path_runs.COMPLETE.sources,
            path_runs.BEGUN,
            _of_stage,
        ),
        Evidenced(
            SubjectKind.IMPROVEMENT_PLAN,
            ImprovementPlan,
            plan_queries.facts,
            plans.ATTACH,
            plans.TAKES_EVIDENCE,
            plans.OPEN,
            _of_improvement_plan,
        ),
    )
}


def row_of(e: FromClause) -> FromClause:
    """The thing that the evidence `e` is about, to be joined on true: the columns of `_row`, those of a Sight among
    them."""
    rows = [each.row(e.c.subject_id).correlate(e) for each in KINDS.values()]
    return union_all(*rows).lateral("subject")


_KIND = Query(select(Subject.kind).where(Subject.id == bindparam("id", type_=Uuid)))


async def find(lane: Lane, actor: Actor, subject_id: UUID, now: datetime) -> tuple[Evidenced, Facts] | None:
    """The thing by this id that the actor may see and evidence can be about, with its facts; or None."""
    found = await lane.row(_KIND, {"id": subject_id})
    evidenced = None if found is None else KINDS.get(found["kind"])
    facts = None if evidenced is None else await evidenced.load(lane, actor, subject_id, now)
    return None if evidenced is None or facts is None else (evidenced, facts)


@cache
def raised(kind: str, states: frozenset[str], *, edits: bool) -> ColumnElement[bool]:
    """A condition that raises the version of the thing `raised_id`, and holds when it is in one of `states`: whoever
    decides about it decides about what they saw, its evidence included. `edits`: who acts counts as its editor from
    now on, having brought proof of it."""
    model = KINDS[kind].model
    table: FromClause = model.__table__
    within = or_(*(table.c.state == sql.const(state) for state in sorted(states)))
    edited = {"edited_by": lifecycle.with_who_acts(table.c.edited_by)} if edits else {}
    moved = (
        update(model)
        .where(table.c.id == bindparam("raised_id", type_=Uuid), within)
        .values(version=table.c.version + 1, **edited)
        .returning(table.c.id)
        .cte("subject")
    )
    return exists(select(literal_column("1")).select_from(moved))


async def raise_version(
    writer: Writer, kind: str, subject_id: UUID, states: frozenset[str], editor_id: UUID
) -> bool:
    """The same as a statement of its own: whether the thing was in one of `states`."""
    found = await writer.execute(
        select(raised(kind, states, edits=True)), {"raised_id": subject_id, "by_id": editor_id}
    )
    return bool(found.scalar_one())
