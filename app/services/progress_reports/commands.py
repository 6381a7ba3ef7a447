"""Every write of progress reports. Each runs in the caller's transaction and changes state only by `lifecycle`."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    Date,
    Integer,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Uuid,
    any_,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from app import clock, ids
from app.db import Compilable, Query, Writer
from app.enums import ChainState, Step, SubjectKind
from app.models import Initiative, Milestone, ProgressReport
from app.parties import PROJECT_MANAGER, Actor, Entitlement, Facts, party_key
from app.services import approval, lifecycle, records, sql
from app.services.approving import Stamps
from app.services.evidence import commands as evidence_commands
from app.services.evidence import rules as evidence
from app.services.evidence import standing
from app.services.initiatives import rules as initiatives
from app.services.lifecycle import Case
from app.services.people import steps
from app.services.people.steps import Said
from app.services.progress_reports import facts as report_facts
from app.services.progress_reports import rules
from app.services.transitions import Transition

_table = cast(Table, ProgressReport.__table__)
_initiative = cast(Table, Initiative.__table__)
_EDITED = lifecycle.with_who_acts(_table.c.edited_by)
_STAMPS = Stamps(rules.APPROVAL, _table)
_SNAPSHOT = standing.snapshot(_table.c.id)

_BEFORE = Query(
    lambda: (
        select(_table.c.milestones.cast(Text).label("reached"))
        .where(
            _table.c.initiative_id == bindparam("initiative_id", type_=Uuid),
            _table.c.state == sql.const(ChainState.APPROVED),
            _table.c.as_of <= bindparam("as_of", type_=Date),
        )
        .order_by(_table.c.as_of.desc(), _table.c.approved_at.desc())
        .limit(literal_column("1"))
    )
)

_END = Transition(rules.DISCARD.action, approval.DRAFT | approval.CONTROLLED, rules.DISCARD.target)
"""What becomes of a report on its way when its initiative is stopped; nobody does that by itself, so no rule names it."""


_HOLD = Query(
    lambda: (
        update(Initiative)
        .where(
            _initiative.c.id == bindparam("initiative_id", type_=Uuid),
            or_(*(_initiative.c.state == sql.const(state) for state in sorted(initiatives.RUNNING))),
        )
        .values(version=_initiative.c.version + 1)
        .returning(_initiative.c.id)
    )
)
"""Takes hold of an initiative that is carried out."""


async def create(
    writer: Writer, actor: Actor, initiative: Facts, said: Mapping[str, Any], now: datetime
) -> UUID:
    """Report how far an initiative has come, as a draft. Milestones that the report does not name stand as in the
    report approved last of its day or an earlier one.

    Raises NotRunning, and Invalid for what cannot be; a second report on its way is refused by the schema.
    """
    # Its version rises first: who asks to close it at this moment is told that it changed.
    held = await writer.rows(_HOLD, {"initiative_id": initiative.id})
    if not held:
        raise initiatives.NotRunning()
    row = initiative.row
    before = {}
    if row["latest_report_id"] is not None:
        found = await writer.row(_BEFORE, {"initiative_id": initiative.id, "as_of": said["as_of"]})
        before = report_facts.reached(None if found is None else found["reached"])
    columns = _columns(row["milestones"], before, said)
    rules.check(columns, row["starts_on"], row["latest_as_of"], clock.day(now))
    chain = row["chain"]
    own = () if row["manager_id"] is None else (party_key(PROJECT_MANAGER, initiative.id),)
    parties = {**chain, Step.ENTER.value: (*own, *chain[Step.ENTER])}
    report_id = ids.new()
    await lifecycle.begin(
        writer,
        "progress_reports.create",
        Facts(
            SubjectKind.PROGRESS_REPORT,
            report_id,
            initiative.entity_id,
            state=ChainState.DRAFT.value,
            steps=parties,
        ),
        actor=actor,
        at=now,
        awaited=rules.AWAITED[ChainState.DRAFT],
        changes={**records.made(columns, *rules.SAID), "initiative_id": str(initiative.id)},
    )
    await writer.execute(
        insert(ProgressReport).values(
            id=report_id,
            entity_id=initiative.entity_id,
            initiative_id=initiative.id,
            state=ChainState.DRAFT.value,
            role_plan_id=row["role_plan_id"],
            parties_enter=list(parties[Step.ENTER]),
            parties_review=list(parties[Step.REVIEW]),
            parties_approve=list(parties[Step.APPROVE]),
            edited_by=[actor.person_id],
            recorded_at=now,
            entered_by_id=actor.person_id,
            **columns,
        )
    )
    return report_id


def _columns(plan: Any, before: Mapping[int, Decimal], said: Mapping[str, Any]) -> dict[str, Any]:
    """What a report says, with the percentage that its milestones come to."""
    reached = rules.composed(plan, before, said["milestones"])
    computed = rules.reached({each["number"]: Decimal(each["weight"]) for each in plan}, reached)
    percent = computed if said["percent"] is None else said["percent"]
    return {
        **{name: said[name] for name in rules.SAID},
        "milestones": _listed(reached),
        "computed": computed,
        "percent": percent,
        # There is nothing to explain where it is what the milestones say.
        "override_reason": said["override_reason"] if percent != computed else None,
    }


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    now: datetime,
) -> None:
    """Correct a draft: `patch` holds the fields to change. A percentage of its own stays until it is said to be null.
    Whoever edits never controls it. A patch that changes nothing writes nothing. Raises Invalid."""
    old = facts.row
    overridden = old["percent"] if old["percent"] != old["computed"] else None
    said = {**{name: old[name] for name in rules.SAID}, "percent": overridden, "milestones": (), **patch}
    new = _columns(old["plan"], old["reached"], said)
    rules.check(new, old["starts_on"], old["latest_as_of"], clock.day(now))
    before = {**old, "milestones": _listed(old["reached"])}
    changed = {name: value for name, value in new.items() if value != before[name]}
    if not changed:
        return
    fields = {name: [records.said(before[name]), records.said(value)] for name, value in changed.items()}
    await lifecycle.apply_one(
        writer,
        ProgressReport,
        rules.EDIT,
        Case(facts, entitlement, changes={"fields": fields}),
        actor=actor,
        at=now,
        columns={**changed, **_as_json(changed), "edited_by": _EDITED},
        awaited=None,
    )


def _as_json(changed: Mapping[str, Any]) -> dict[str, str]:
    """The milestones, where they change, as a transition writes JSON."""
    return {"milestones": json.dumps(changed["milestones"])} if "milestones" in changed else {}


def _listed(reached: Mapping[int, Decimal]) -> list[dict[str, Any]]:
    return [{"number": number, "percent": float(percent)} for number, percent in sorted(reached.items())]


async def submit(writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime) -> None:
    """Put a draft before the reviewers, or where the chain names none before who approves. Raises NotRunning, PlanChanged,
    EvidenceMissing."""
    _check_running(facts)
    _check_plan(facts)
    evidence.check_submittable(facts.row["proof"])
    await _move(writer, rules.APPROVAL.submitting(facts.steps), actor, facts, entitlement, now)


async def withdraw(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """Take a submitted report back while nobody has decided."""
    await _move(writer, rules.WITHDRAW, actor, facts, entitlement, now)


async def discard(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """End a draft, and with it the evidence that nobody has decided about."""
    await _move(writer, rules.DISCARD, actor, facts, entitlement, now)
    if facts.row["proof"].undecided:
        await evidence_commands.end_open(writer, actor, facts, now)


async def end_open(writer: Writer, actor: Actor, initiative: Facts, now: datetime) -> None:
    """End the report that is on its way of an initiative that is stopped, and its evidence: nobody could approve it."""
    found = await writer.execute(
        select(_table.c.id, _table.c.state, _table.c.version).where(
            _table.c.initiative_id == initiative.id, _table.c.state.in_(_END.sources)
        )
    )
    row = found.one_or_none()
    if row is None:  # ended at this moment
        return
    report = Facts(
        SubjectKind.PROGRESS_REPORT, row.id, initiative.entity_id, state=row.state, version=row.version
    )
    await lifecycle.apply_one(
        writer,
        ProgressReport,
        _END,
        Case(report, Entitlement(""), changes={"initiative_id": str(initiative.id)}),
        actor=actor,
        at=now,
        columns={},
        awaited=None,
    )
    await evidence_commands.end_open(writer, actor, report, now)


async def review(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Pass a submitted report on to the office."""
    await _move(writer, rules.REVIEW, actor, facts, entitlement, now, said)


async def send_back(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Return a report to who entered it, with the reason."""
    await _move(writer, rules.RETURN, actor, facts, entitlement, now, said)


async def approve(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Approve a reviewed report: how far it says that the initiative has come stands on the initiative from now on, unless a
    later day is approved already; milestones that it says are reached, are.

    Raises NotRunning, PlanChanged, EvidenceUnverified, and Stale where the initiative changed at this moment: what it says is
    by the plan that was seen.
    """
    _check_running(facts)
    _check_plan(facts)
    evidence.check_approvable(facts.row["proof"])
    await _move(writer, rules.APPROVE, actor, facts, entitlement, now, said)
    row = facts.row
    done = [number for number, percent in row["reached"].items() if percent >= 100]
    moved = await writer.rows(
        _STAND,
        {
            "initiative_id": row["initiative_id"],
            "report_id": facts.id,
            "percent": row["percent"],
            "as_of": row["as_of"],
            "forecast_end": row["forecast_end"],
            "initiative_version": row["initiative_version"],
            "done": done,
        },
    )
    if not moved:  # revised, stopped or closed at this moment
        raise lifecycle.lost_race()


def _stand() -> Compilable:
    """What an approved report does to its initiative, in one statement; no row where that is another version by now."""
    i, m = Initiative.__table__, Milestone.__table__
    as_of = bindparam("as_of", type_=Date)
    latest = or_(i.c.latest_as_of.is_(None), i.c.latest_as_of <= as_of)

    def standing_on(name: str, column: Any, kind: Any) -> Any:
        return case((latest, bindparam(name, type_=kind)), else_=column)

    before = (
        select(i.c.id, latest.label("latest"))
        .where(
            i.c.id == bindparam("initiative_id", type_=Uuid),
            i.c.version == bindparam("initiative_version", type_=Integer),
        )
        .with_for_update()
        .cte("before")
    )
    stood = (
        update(Initiative)
        .where(i.c.id == before.c.id)
        .values(
            version=i.c.version + 1,
            latest_report_id=standing_on("report_id", i.c.latest_report_id, Uuid),
            latest_percent=standing_on("percent", i.c.latest_percent, Numeric),
            latest_as_of=case((latest, as_of), else_=i.c.latest_as_of),
            latest_forecast_end=standing_on("forecast_end", i.c.latest_forecast_end, Date),
        )
        .returning(i.c.id)
        .cte("stood")
    )
    is_done = m.c.number == any_(bindparam("done", type_=ARRAY(SmallInteger)))
    marked = (
        update(Milestone)
        .where(
            m.c.initiative_id == before.c.id,
            before.c.latest,
            is_done != m.c.done_on.is_not(None),
        )
        .values(done_on=case((is_done, as_of)))
        .returning(m.c.number)
        .cte("marked")
    )
    return select(stood.c.id, select(func.count()).select_from(marked).scalar_subquery().label("marked"))


_STAND = Query(_stand)


def _check_running(facts: Facts) -> None:
    if not facts.row["is_running"]:
        raise initiatives.NotRunning()


def _check_plan(facts: Facts) -> None:
    """Raise PlanChanged where the plan has other milestones, or other weights, than the report was made by."""
    row = facts.row
    weights = {each["number"]: Decimal(each["weight"]) for each in row["plan"]}
    if set(weights) != set(row["reached"]) or rules.reached(weights, row["reached"]) != row["computed"]:
        raise rules.PlanChanged()


def _columns_of(transition: Transition, person_id: UUID, now: datetime) -> dict[str, Any]:
    """Who did what, when, and what an approval freezes. `person_id`: in whose name it is decided."""
    columns = _STAMPS.of(transition, person_id, now)
    return {**columns, "evidence": _SNAPSHOT} if transition is rules.APPROVE else columns


_move = partial(steps.take, model=ProgressReport, columns=_columns_of, awaited=rules.AWAITED)
