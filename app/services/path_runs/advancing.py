"""What follows in a run from what somebody did in one of its stages: the next occasion, the next group, the end, or the
way back. All in the transaction of the act, which holds the run."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Uuid, bindparam, or_, select, update

from app import clock
from app.db import Query, Writer
from app.enums import SubjectKind
from app.enums.paths import DueFrom, PathRunState, StageState
from app.models import PathRun, PathStage
from app.parties import UNIT, Actor, Entitlement, Facts
from app.services import lifecycle, sql
from app.services.calendar import queries as calendar
from app.services.evidence import commands as evidence_commands
from app.services.lifecycle import Case
from app.services.path_runs import firing, rows, rules, schedule, subjects
from app.services.path_runs.rows import StageRow
from app.services.people.steps import Said
from app.services.transitions import Transition

_r = PathRun.__table__
_STANDING = frozenset({StageState.PENDING.value, StageState.OPEN.value})
_ENDED_WELL = frozenset({StageState.DONE.value, StageState.APPROVED.value})


@dataclass(frozen=True)
class Run:
    """A run that the transaction holds, and the version that it has now."""

    id: UUID
    entity_id: UUID
    subject_id: UUID
    subject_kind: str
    version: int

    @property
    def facts(self) -> Facts:
        """What a transition of the run needs to know."""
        return Facts(
            SubjectKind.PATH_RUN,
            self.id,
            self.entity_id,
            state=PathRunState.RUNNING.value,
            version=self.version,
        )


_RAISED = Query(
    lambda: (
        update(PathRun)
        .where(_r.c.id == bindparam("id", type_=Uuid))
        .values(version=_r.c.version + 1, unit_sees=or_(_r.c.unit_sees, bindparam("unit", type_=Boolean)))
        .returning(_r.c.id)
    )
)
_FORMER = Query(
    lambda: (
        select(*[_r.c[name] for name in ("id", "entity_id", "subject_id", "subject_kind", "version")])
        .where(_r.c.subject_id == bindparam("id", type_=Uuid), _r.c.state == sql.const(PathRunState.RUNNING))
        .with_for_update()
    )
)
SUPERSEDED_REASON = "حلّت محلها نسخة أحدث / superseded by a later version"
"""Why the path of a version in force ends with the approval of the next."""
_STATE = Query(lambda: select(subjects.state_of(bindparam("id", type_=Uuid)).label("state")))


async def after(writer: Writer, actor: Actor, run: Run, ended: Facts, now: datetime) -> None:
    """Go on after a stage ended, other than by a return: open its next occasion, or where its group is over the next
    group, or finish the run."""
    standing = [row for row in await rows.read(writer, run.id) if row.state in _STANDING]
    again = [row for row in standing if row.key == ended.row["key"]]
    here = [row for row in standing if row.group_number == ended.row["group_number"]]
    if again:
        await open_stages(writer, actor, run, again[:1], now)
    elif here:
        await touch(writer, run)
    elif standing:
        await open_group(writer, actor, run, standing, now)
    else:
        await lifecycle.apply_one(
            writer,
            PathRun,
            rules.FINISH,
            Case(run.facts, Entitlement("")),
            actor=actor,
            at=now,
            columns={"ended_at": now},
            awaited=None,
        )


async def open_group(
    writer: Writer, actor: Actor, run: Run, standing: Sequence[StageRow], now: datetime
) -> None:
    """Open the first group that is still pending: of each stage the first occasion."""
    first = min(row.group_number for row in standing)
    opening: dict[str, StageRow] = {}
    for row in standing:
        if row.group_number == first:
            opening.setdefault(row.key, row)
    await open_stages(writer, actor, run, list(opening.values()), now)


async def open_stages(
    writer: Writer, actor: Actor, run: Run, opening: Sequence[StageRow], now: datetime
) -> None:
    """Open pending stages: from now on they wait for their parties. While one of them controls, what the path is of is
    not edited, and an edit that is under way is told that it saw another version."""
    opening = await _with_due(writer, opening, now)
    state = await subject_state(writer, run)
    by_action: dict[str, list[StageRow]] = {}
    for row in opening:
        by_action.setdefault(rules.awaited(row.kind).action, []).append(row)
    for alike in by_action.values():
        moved = await lifecycle.apply(
            writer,
            PathStage,
            rules.OPEN_STAGE,
            [Case(row.facts, Entitlement("")) for row in alike],
            actor=actor,
            at=now,
            columns={"opened_at": now, "state_at_open": state},
            awaited=rules.awaited(alike[0].kind),
        )
        if len(moved) < len(alike):
            raise lifecycle.lost_race()
    walked = subjects.KINDS.get(run.subject_kind)
    if walked is not None and any(rules.is_control(row.kind) for row in opening):
        table = walked.model.__table__
        await writer.execute(
            update(walked.model)
            .where(table.c.id == run.subject_id)
            .values(version=table.c.version + 1)
            .execution_options(synchronize_session=False)
        )
    await touch(writer, run, unit=any(UNIT in row.parties for row in opening))


async def send_back(
    writer: Writer,
    actor: Actor,
    run: Run,
    returned: Facts,
    to: str,
    entitlement: Entitlement,
    said: Said,
    now: datetime,
) -> None:
    """Do again what lies from the group of the stage `to` up to the one that was returned: what was done there stays as
    history, what is open or pending is void, and a new round of each begins. Occasions of a recurring stage that are over
    stay so. What the path is of goes back to where it stood when that group opened."""
    every = await rows.read(writer, run.id)
    target = min(row.group_number for row in every if row.key == to)
    last: int = returned.row["group_number"]
    over = [
        row for row in every if target <= row.group_number <= last and not _stays(row, every, returned.id)
    ]
    was = next((row.state_at_open for row in over if row.group_number == target), None)
    void = [row for row in over if row.state in _STANDING]
    await end_stages(writer, actor, void, rules.VOID_STAGE, None, now)
    await rows.supersede(writer, [row.id for row in over], now)
    if was is not None:
        fired = any(_has_fired(row) for row in over)
        await _back(writer, actor, run, was, entitlement, said, now, fired=fired)
    new = [row.again() for row in over]
    await rows.insert(writer, actor, new, now)
    await open_group(writer, actor, run, new, now)


async def _back(
    writer: Writer,
    actor: Actor,
    run: Run,
    was: str,
    entitlement: Entitlement,
    said: Said,
    now: datetime,
    *,
    fired: bool,
) -> None:
    """Bring what walks the path back to where it stood: where it moved since, or where a stage that is done again
    `fired` a step of it that is void now, though its state stayed."""
    facts = await firing.load(writer, actor, run.subject_kind, run.subject_id, now)
    moved = was != await subject_state(writer, run)
    if moved or (fired and firing.goes_back(run.subject_kind, was, facts)):
        shot = firing.sent_back(run.subject_kind, was, facts, entitlement)
        await shot.run(writer, actor, said, now)


async def back_to_the_start(
    writer: Writer, actor: Actor, run: Run, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Bring what walks the path back to where a path may begin, and void what its stages fired, as far as the subject
    has a way back: what is in force has none."""
    walked = subjects.KINDS.get(run.subject_kind)
    if walked is None:
        return
    facts = await firing.load(writer, actor, run.subject_kind, run.subject_id, now)
    state = await subject_state(writer, run)
    fired = any(_has_fired(row) for row in await rows.read(writer, run.id))
    if (state != walked.start or fired) and firing.goes_back(run.subject_kind, walked.start, facts):
        shot = firing.sent_back(run.subject_kind, walked.start, facts, entitlement)
        await shot.run(writer, actor, said, now)


async def stop(
    writer: Writer, actor: Actor, run: Run, entitlement: Entitlement, reason: str, now: datetime
) -> None:
    """End the run and all its stages that are not over."""
    await lifecycle.apply_one(
        writer,
        PathRun,
        rules.STOP,
        Case(run.facts, entitlement, reason),
        actor=actor,
        at=now,
        columns={"ended_at": now, "stopped_by_id": actor.person_id, "stop_reason": reason},
        awaited=None,
    )
    standing = [row for row in await rows.read(writer, run.id) if row.state in _STANDING]
    await end_stages(writer, actor, standing, rules.STOP_STAGE, reason, now)


async def hold_former(writer: Writer, run: Run, shot: firing.Shot) -> Run | None:
    """Take hold of the path, if one goes on, of the version whose place the subject is about to take: before that
    version changes, as whoever acts in that path does. None: it takes no place, or no path goes on."""
    former_id = shot.facts.row.get("in_force_id")
    if former_id is None or shot.fire.transition.action != subjects.KINDS[run.subject_kind].takes_over:
        return None
    row = await writer.row(_FORMER, {"id": former_id})
    if row is None:
        return None
    return Run(row["id"], row["entity_id"], row["subject_id"], row["subject_kind"], row["version"])


def _has_fired(row: StageRow) -> bool:
    """Whether the stage ended well, so that the transition that it names took place."""
    return row.fires is not None and row.state in _ENDED_WELL


async def end_stages(
    writer: Writer,
    actor: Actor,
    ended: Sequence[StageRow],
    transition: Transition,
    reason: str | None,
    now: datetime,
) -> None:
    """End stages that nobody takes any more, and what of their evidence nobody has decided about."""
    if not ended:
        return
    moved = await lifecycle.apply(
        writer,
        PathStage,
        transition,
        [Case(row.facts, Entitlement(""), reason) for row in ended],
        actor=actor,
        at=now,
        columns={"ended_at": now},
        awaited=None,
    )
    if len(moved) < len(ended):
        raise lifecycle.lost_race()
    for row in ended:
        if row.state == StageState.OPEN:
            await evidence_commands.end_open(writer, actor, row.facts, now)


async def subject_state(writer: Writer, run: Run) -> str | None:
    """Where the thing that walks the path stands now; None for an entity."""
    if run.subject_kind not in subjects.KINDS:
        return None
    row = await writer.row(_STATE, {"id": run.subject_id})
    return None if row is None else row["state"]


def _stays(row: StageRow, every: Sequence[StageRow], returned_id: UUID) -> bool:
    """Whether it is an occasion of a recurring stage that is over."""
    recurs = any(other.key == row.key and other.occasion != row.occasion for other in every)
    return recurs and row.state not in _STANDING and row.id != returned_id


async def _with_due(writer: Writer, opening: Sequence[StageRow], now: datetime) -> list[StageRow]:
    """The same with the due dates that are counted from today, the end of the group before."""
    counted = [row for row in opening if row.due_since == DueFrom.PREVIOUS_GROUP]
    if not counted:
        return list(opening)
    today = clock.day(now)
    known = await calendar.holidays(writer, *schedule.span(today.year, today))
    dues = {row.id: schedule.counted(row.due_days or 0, today, known.days) for row in counted}
    await rows.set_due(writer, dues)
    return [replace(row, due=dues.get(row.id, row.due)) for row in opening]


async def touch(writer: Writer, run: Run, *, unit: bool = False) -> None:
    """Whoever saw the run saw it otherwise. `unit`: UNIT sees it from now on."""
    await writer.rows(_RAISED, {"id": run.id, "unit": unit})
