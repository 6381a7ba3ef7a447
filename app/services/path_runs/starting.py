"""How a run begins: its subject, the version of the template that it keeps, who its parties are here, and when each stage
is due (Guide P-3, P-8, P-13)."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, func, insert, literal_column, select, update
from sqlalchemy.sql.selectable import FromClause

from app import clock, errors, ids, permissions
from app.db import Query, Writer
from app.enums import Chain, DivisionFunction, Step, SubjectKind
from app.enums.paths import DueFrom, DueKind, PathRunState, PathTemplateState, StageParty
from app.errors import FieldError, Invalid, WrongState
from app.errors import Text as Sentence
from app.models import Division, Entity, PathRun, PathTemplate, Subject
from app.parties import UNIT, Actor, Facts
from app.services import lifecycle, sql
from app.services.calendar import queries as calendar
from app.services.path_runs import advancing, firing, resolving, rows, rules, schedule, subjects
from app.services.path_runs.advancing import Run
from app.services.path_runs.resolving import Seated, Setting
from app.services.path_runs.rows import StageRow
from app.services.path_runs.subjects import Walked
from app.services.path_templates import content
from app.services.path_templates.content import Groups, Responsible, Stage
from app.services.role_plans import chains

_s: FromClause = Subject.__table__
_t: FromClause = PathTemplate.__table__


MOST_YEARS = 3
"""How many years before or after the present one an entity may walk a path for."""


@dataclass(frozen=True)
class Asked:
    """What a run is begun with. `year`: needed for an entity; other things have their own."""

    subject_id: UUID
    template_id: UUID
    year: int | None = None


_SUBJECT = Query(
    lambda: select(
        _s.c.kind,
        _s.c.entity_id,
        subjects.year_of(_s.c.id).label("year"),
    ).where(_s.c.id == bindparam("subject_id", type_=Uuid))
)
_TEMPLATE = Query(
    lambda: select(
        _t.c.code, _t.c.state, _t.c.runs_on, _t.c.chain, _t.c.groups.cast(Text).label("groups")
    ).where(
        _t.c.id == bindparam("template_id", type_=Uuid), _t.c.entity_id == bindparam("entity_id", type_=Uuid)
    )
)


@cache
def _setting(chain: Chain) -> Query:
    e, d = Entity.__table__, Division.__table__
    executing = (
        select(func.coalesce(func.array_agg(sql.ordered(d.c.id, d.c.code)), literal_column("'{}'::uuid[]")))
        .where(d.c.entity_id == e.c.id, d.c.function == sql.const(DivisionFunction.EXECUTING))
        .scalar_subquery()
    )
    return Query(
        lambda: select(
            executing.label("executing"), chains.steps_in_force(chain, e.c.id).label("steps")
        ).where(e.c.id == bindparam("entity_id", type_=Uuid))
    )


async def start(
    writer: Writer, actor: Actor, asked: Asked, now: datetime, *, kept_dates: bool = False
) -> UUID:
    """Begin a run; returns its id. All its stages are written, and the first group is open.

    `kept_dates`: due dates are kept where they fall on days off (history that is replayed).
    Raises Forbidden; Invalid for what does not exist or fit, and with every stage whose parties are nobody in this
    entity; WrongState; TemplateNotApproved. A second run of the same is refused by the schema (AlreadyExists).
    """
    subject = await writer.row(_SUBJECT, {"subject_id": asked.subject_id})
    if subject is None or subject["kind"] not in (SubjectKind.ENTITY, *subjects.KINDS):
        raise errors.unknown_reference("#/subject_id")
    kind, entity_id = subject["kind"], subject["entity_id"]
    if kind in subjects.KINDS and await firing.load(writer, actor, kind, asked.subject_id, now) is None:
        raise errors.unknown_reference("#/subject_id")
    setting = await _set(writer, entity_id, asked.subject_id, Chain.PLANS)
    _require_right(actor, kind, setting)
    await firing.begin(writer, kind, asked.subject_id, resolving.steps(setting))
    template = await writer.row(_TEMPLATE, {"template_id": asked.template_id, "entity_id": entity_id})
    if template is None:
        raise errors.unknown_reference("#/template_id")
    if template["state"] != PathTemplateState.APPROVED:
        raise rules.TemplateNotApproved()
    if kind in subjects.KINDS:
        await _take_hold(writer, subjects.KINDS[kind], asked.subject_id)
    year = _checked(asked, kind, template["runs_on"], subject["year"], clock.day(now).year)
    if template["chain"] != Chain.PLANS:
        setting = await _set(writer, entity_id, asked.subject_id, Chain(template["chain"]))
    groups = content.read(json.loads(template["groups"]))
    seated = _seated(groups, setting)
    known = await calendar.holidays(writer, *schedule.span(year, clock.day(now)))
    run_id = ids.new()
    facts = Facts(SubjectKind.PATH_RUN, run_id, entity_id, state=PathRunState.RUNNING.value)
    await lifecycle.begin(
        writer,
        rules.START,
        facts,
        actor=actor,
        at=now,
        changes={"subject_id": str(asked.subject_id), "template_id": str(asked.template_id), "year": year},
    )
    await writer.execute(
        insert(PathRun).values(
            id=run_id,
            entity_id=entity_id,
            subject_id=asked.subject_id,
            subject_kind=kind,
            template_id=asked.template_id,
            code=template["code"],
            year=year,
            state=PathRunState.RUNNING.value,
            kept_dates=kept_dates,
            parties=_see(groups, seated, setting),
            started_by_id=actor.person_id,
            started_at=now,
        )
    )
    run = Run(run_id, entity_id, asked.subject_id, kind, facts.version)
    made = _stages(run, groups, seated, year, clock.day(now), known.days, kept=kept_dates)
    await rows.insert(writer, actor, made, now)
    await advancing.open_group(writer, actor, run, made, now)
    return run_id


async def _take_hold(writer: Writer, walked: Walked, subject_id: UUID) -> None:
    """Hold what is to walk the path until the run is there, and let whoever saw it without a path know. Where it is
    discarded at the same moment one of the two finds it changed. Who acts in a run holds the run first: of a new
    one there is none to hold. Raises WrongState."""
    table: FromClause = walked.model.__table__
    held = await writer.execute(
        update(walked.model)
        .where(table.c.id == subject_id)
        .values(version=table.c.version + 1)
        .returning(table.c.state)
        .execution_options(synchronize_session=False)
    )
    if held.scalar_one() != walked.start:
        raise WrongState()


async def setting_of(writer: Writer, entity_id: UUID, subject_id: UUID, chain: str) -> Setting:
    """Who the parties of a template are in a run that is under way, by the role plan in force now."""
    return await _set(writer, entity_id, subject_id, Chain(chain))


async def _set(writer: Writer, entity_id: UUID, subject_id: UUID, chain: Chain) -> Setting:
    found = await writer.row(_setting(chain), {"entity_id": entity_id})
    if found is None:  # the subject is of an entity
        raise errors.unknown_reference("#/subject_id")
    return Setting(entity_id, subject_id, tuple(found["executing"]), chains.named_in(chain, found["steps"]))


def _require_right(actor: Actor, kind: str, setting: Setting) -> None:
    """The office begins runs; the run of a plan also who enters plans by the role plan."""
    enterers: tuple[str, ...] = ()
    if kind == SubjectKind.PLAN:
        enterers = resolving.keys_of(StageParty.ENTERER, None, setting)
    here = Facts(SubjectKind.PATH_RUN, setting.subject_id, setting.entity_id, steps={Step.ENTER: enterers})
    permissions.entitlement(actor, rules.START, here)


def _checked(asked: Asked, kind: str, runs_on: str, of: int | None, this_year: int) -> int:
    """The year of the run. Raises Invalid unless it is given where it must be and near enough, and the template is
    one for such a thing."""
    faults: list[FieldError] = []
    if runs_on != kind:
        faults.append(
            FieldError(
                "does_not_fit",
                Sentence(
                    f"The template is for '{runs_on}', not for '{kind}'.",
                    f"هذا النموذج مخصص لنوع «{runs_on}» لا لنوع «{kind}».",
                ),
                pointer="#/template_id",
            )
        )
    if of is None and asked.year is None:
        faults.append(
            FieldError(
                "missing",
                Sentence("An entity walks a path for a year.", "تسلك الجهة المسار عن سنة محددة."),
                pointer="#/year",
            )
        )
    if of is not None and asked.year not in (None, of):
        faults.append(
            FieldError(
                "does_not_fit",
                Sentence(f"The subject is of {of}.", f"موضوع المسار لسنة {of}."),
                pointer="#/year",
            )
        )
    if of is None and asked.year is not None and abs(asked.year - this_year) > MOST_YEARS:
        faults.append(
            FieldError(
                "out_of_range",
                Sentence(
                    f"A path is walked for a year from {this_year - MOST_YEARS} to {this_year + MOST_YEARS}.",
                    f"يُسلك المسار عن سنة من {this_year - MOST_YEARS} إلى {this_year + MOST_YEARS}.",
                ),
                pointer="#/year",
            )
        )
    if faults:
        raise Invalid(errors=tuple(faults))
    year = of if of is not None else asked.year
    assert year is not None  # noqa: S101  # one of them is there
    return year


def _seated(groups: Groups, setting: Setting) -> list[list[Seated]]:
    """Who may take each stage. Raises Invalid with every stage that names nobody."""
    found: list[list[Seated]] = []
    faults: list[FieldError] = []
    for group in groups:
        found.append([])
        for stage in group:
            seated = resolving.seated(stage.responsible, setting)
            if seated is None:
                faults.append(
                    FieldError(
                        "nobody",
                        Sentence(
                            f"A party of the stage {stage.key} is nobody in this entity.",
                            f"أحد أطراف المرحلة {stage.key} غير موجود في هذه الجهة.",
                        ),
                        pointer="#/template_id",
                    )
                )
            else:
                found[-1].append(seated)
    if faults:
        raise Invalid(errors=tuple(faults))
    return found


def _see(groups: Groups, seated: Sequence[Sequence[Seated]], setting: Setting) -> list[str]:
    """Whose parties see the run: who takes its stages, and who works with them; UNIT from its own stage on."""
    keys = {party for group in seated for each in group for party in each.parties}
    for group in groups:
        for stage in group:
            for party in stage.collaborators:
                keys.update(resolving.keys_of(party, None, setting))
    return sorted(keys - {UNIT})


def _stages(
    run: Run,
    groups: Groups,
    seated: Sequence[Sequence[Seated]],
    year: int,
    start: date,
    holidays: Collection[date],
    *,
    kept: bool,
) -> list[StageRow]:
    made: list[StageRow] = []
    number = 0
    for group_number, group in enumerate(groups):
        for position, stage in enumerate(group):
            number += 1
            planned = schedule.dates(stage.due, year, start, holidays, kept=kept)
            for occasion, dates in enumerate(planned, 1):
                made.append(
                    StageRow(
                        id=ids.new(),
                        entity_id=run.entity_id,
                        run_id=run.id,
                        subject_id=run.subject_id,
                        group_number=group_number,
                        position=position,
                        number=number,
                        key=stage.key,
                        occasion=occasion,
                        round=1,
                        kind=stage.kind.value,
                        title_ar=stage.title_ar,
                        title_en=stage.title_en,
                        parties=seated[group_number][position].parties,
                        seats=seated[group_number][position].seats,
                        controls=stage.controls,
                        fires=stage.fires,
                        due_from=dates.due_from,
                        due=dates.due,
                        **_counted(stage),
                    )
                )
    return made


def _counted(stage: Stage) -> dict[str, Any]:
    """What a due date is counted from that is known only when the group before is over."""
    due = stage.due
    if due.kind is not DueKind.OFFSET or due.since is None:
        return {"due_since": None, "due_days": None}
    return {"due_since": DueFrom(due.since).value, "due_days": due.working_days or 0}


def responsible(said: Sequence[tuple[StageParty, UUID | None]]) -> tuple[Responsible, ...]:
    """Parties that somebody names, as a template has them."""
    return tuple(Responsible(party, division_id) for party, division_id in said)
