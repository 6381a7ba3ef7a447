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
from app.enums import (
    Chain,
    ChainState,
    Classification,
    DefinitionState,
    IndicatorLevel,
    Role,
    Step,
    SubjectKind,
)
from app.models import (
    Challenge,
    Definition,
    Indicator,
    Initiative,
    ProgressReport,
    Result,
    SiteCheck,
    Subject,
)
from app.parties import PROJECT_MANAGER, UNIT, UNIT_EDITOR, Actor, Facts
from app.services import approval, lifecycle, sql
from app.services.challenges import facts as challenge_facts
from app.services.challenges import rules as challenges
from app.services.challenges import subjects as challenge_subjects
from app.services.challenges import visibility as challenge_visibility
from app.services.definitions import queries as definition_queries
from app.services.definitions import rules as definitions
from app.services.definitions import visibility as definition_visibility
from app.services.evidence.visibility import Sight
from app.services.initiatives import facts as initiative_facts
from app.services.initiatives import rules as initiatives
from app.services.initiatives import visibility as initiative_visibility
from app.services.people import four_eyes, visibility
from app.services.progress_reports import facts as report_facts
from app.services.progress_reports import rules as progress_reports
from app.services.progress_reports import visibility as report_visibility
from app.services.results import facts as result_facts
from app.services.results import rules as results
from app.services.results import visibility as result_visibility
from app.services.role_plans import chains
from app.services.site_checks import queries as site_check_queries
from app.services.site_checks import rules as site_checks

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
    of: FromClause,
    period: ColumnElement[Any],
) -> Select[Any]:
    """What evidence needs to know of the thing it is about.

    `attach`, `verify`: party keys. `edited_by`: who never verifies its evidence. `of`: by whose names it is called.
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
        of.c.name_ar.label("name_ar"),
        of.c.name_en.label("name_en"),
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
            of=i,
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
            of=i,
            period=null(),
        )
        .select_from(d.join(i, i.c.id == d.c.indicator_id))
        .where(d.c.id == id_)
    )


def _of_challenge(id_: ColumnElement[Any]) -> Select[Any]:
    c = Challenge.__table__.alias()
    about = challenge_subjects.about(c)
    specialist = _party(Role.SPECIALIST, c.c.entity_id)
    within = c.c.entity_id == any_(visibility.ENTITIES)
    seen = challenge_visibility.visible(c)
    offices = (Role.MANAGER, Role.SPECIALIST, Role.HEAD_OFFICE)
    division = case(
        (c.c.division_id.is_not(None), func.concat(literal_column("'division:'"), c.c.division_id))
    )
    attach = array([*(_party(role, c.c.entity_id) for role in offices), division])
    return (
        _row(
            SubjectKind.CHALLENGE,
            state=c.c.state,
            attach=func.array_remove(attach, null()) + about.c.parties,
            verify=array([_representative(c.c.id), _representative(c.c.about_id), specialist]),
            edited_by=c.c.edited_by,
            attach_due=null(),
            verify_due=null(),
            sight=Sight(
                at_work=and_(within, seen),
                named=and_(within, or_(challenge_visibility.named(c), specialist == any_(visibility.KEYS))),
                disclosed=and_(visibility.NATIONAL, seen),
            ),
            of=about,
            period=about.c.period,
        )
        .select_from(c.join(about, true()))
        .where(c.c.id == id_)
    )


def _sight_of_initiative(i: FromClause) -> Sight:
    """How the reader stands to the initiative `i`. The specialists verify its evidence, so they see all of it."""
    return Sight(
        at_work=initiative_visibility.at_work(i),
        named=or_(
            initiative_visibility.named(i), _party(Role.SPECIALIST, i.c.entity_id) == any_(visibility.KEYS)
        ),
        disclosed=and_(visibility.NATIONAL, initiative_visibility.disclosed(i)),
    )


def _of_initiative(id_: ColumnElement[Any]) -> Select[Any]:
    i = Initiative.__table__.alias()
    manager = case(
        (
            i.c.manager_id.is_not(None),
            array([initiative_visibility.party(PROJECT_MANAGER, i.c.id)]),
        ),
        else_=literal_column("'{}'::text[]"),
    )
    return (
        _row(
            SubjectKind.INITIATIVE,
            state=i.c.state,
            attach=func.array_cat(manager, chains.keys_of(Chain.DETAILED_PLANS, Step.ENTER, i)),
            verify=array([_representative(i.c.id), _party(Role.SPECIALIST, i.c.entity_id)]),
            # Who edited the plan may well verify what proves its end; who says that it has ended does not.
            edited_by=func.array_remove(array([i.c.closing_by_id]), null()),
            attach_due=null(),
            verify_due=null(),
            sight=_sight_of_initiative(i),
            of=i,
            period=null(),
        )
        .select_from(i)
        .where(i.c.id == id_)
    )


def _of_progress_report(id_: ColumnElement[Any]) -> Select[Any]:
    r, i = ProgressReport.__table__.alias(), Initiative.__table__.alias()
    sight = _sight_of_initiative(i)
    return (
        _row(
            SubjectKind.PROGRESS_REPORT,
            state=r.c.state,
            attach=r.c.parties_enter,
            verify=array(
                [_representative(r.c.id), _representative(i.c.id), _party(Role.SPECIALIST, r.c.entity_id)]
            ),
            edited_by=r.c.edited_by,
            attach_due=null(),
            verify_due=null(),
            sight=Sight(
                at_work=report_visibility.at_work(r, i),
                named=or_(sight.named, report_visibility.named(r, i)),
                disclosed=and_(visibility.NATIONAL, report_visibility.disclosed(r, i)),
            ),
            of=i,
            period=null(),
        )
        .select_from(r.join(i, i.c.id == r.c.initiative_id))
        .where(r.c.id == id_)
    )


def _of_site_check(id_: ColumnElement[Any]) -> Select[Any]:
    c, i = SiteCheck.__table__.alias(), Initiative.__table__.alias()
    sight = _sight_of_initiative(i)
    representative = _party(Role.TECHNICAL_REPRESENTATIVE, i.c.id)
    specialist = _party(Role.SPECIALIST, i.c.entity_id)
    return (
        _row(
            SubjectKind.SITE_CHECK,
            state=c.c.state,
            attach=array([representative, specialist, _party(Role.MANAGER, i.c.entity_id)]),
            verify=array([_representative(i.c.id), specialist]),
            edited_by=c.c.edited_by,
            attach_due=null(),
            verify_due=null(),
            sight=sight._replace(at_work=initiative_visibility.visible(i)),
            of=i,
            period=null(),
        )
        .select_from(c.join(i, i.c.id == c.c.initiative_id))
        .where(c.c.id == id_)
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
            SubjectKind.CHALLENGE,
            Challenge,
            challenge_facts.one,
            challenges.DOCUMENT,
            challenges.HELD,
            challenges.HELD,
            _of_challenge,
        ),
        Evidenced(
            SubjectKind.INITIATIVE,
            Initiative,
            initiative_facts.one,
            Step.ENTER,
            initiatives.EDIT.sources | initiatives.RUNNING,
            initiatives.STANDING,
            _of_initiative,
        ),
        Evidenced(
            SubjectKind.PROGRESS_REPORT,
            ProgressReport,
            report_facts.one,
            Step.ENTER,
            progress_reports.EDIT.sources,
            frozenset({ChainState.DRAFT.value, *approval.CONTROLLED}),
            _of_progress_report,
        ),
        Evidenced(
            SubjectKind.SITE_CHECK,
            SiteCheck,
            site_check_queries.facts,
            initiatives.CHECK,
            site_checks.RECORDED,
            site_checks.RECORDED,
            _of_site_check,
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
