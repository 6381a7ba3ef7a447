"""The steps of an initiative on its way. Each runs in the caller's transaction and changes state only by `lifecycle`;
how one is written stands in `planning`, its money in `budget`."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy import insert as insert_into

from app.db import Query, Writer
from app.models import Initiative, Milestone, MilestoneBaseline
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle
from app.services.evidence import commands as evidence_commands
from app.services.evidence import rules as evidence
from app.services.initiatives import checks, rules
from app.services.lifecycle import GIVEN
from app.services.people import steps
from app.services.people.steps import Said
from app.services.progress_reports import commands as progress_reports
from app.services.transitions import Transition

_table = Initiative.__table__
_CONTROLS = lifecycle.controls(_table)
_EDITED = lifecycle.with_who_acts(_table.c.edited_by)

_m = Milestone.__table__
_BASELINE = ("initiative_id", "number", "entity_id", "weight", "starts_on", "due_on")
_KEEP_BASELINE = Query(
    lambda: insert_into(MilestoneBaseline).from_select(
        _BASELINE,
        select(*[_m.c[name] for name in _BASELINE]).where(_m.c.initiative_id == bindparam("id", type_=Uuid)),
    )
)


async def submit(writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime) -> None:
    """Put a draft before who approves it. Raises IncompleteInitiative when it does not say enough, EvidenceMissing when a
    file is still to come."""
    checks.check_complete(facts.row)
    evidence.check_submittable(facts.row["proof"])
    await _move(writer, rules.SUBMIT, actor, facts, entitlement, now)


async def withdraw(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """Take a submitted initiative back while nobody has decided."""
    await _move(writer, rules.WITHDRAW, actor, facts, entitlement, now)


async def discard(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """End a draft, and with it the evidence that nobody has decided about."""
    await _move(writer, rules.DISCARD, actor, facts, entitlement, now)
    if facts.row["proof"].undecided:
        await evidence_commands.end_open(writer, actor, facts, now)


async def approve(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Approve an initiative: its dates and milestones are kept as they are now, as what it is measured by (Guide N-6 for
    foresight)."""
    await _move(writer, rules.APPROVE, actor, facts, entitlement, now, said)
    await writer.rows(_KEEP_BASELINE, {"id": facts.id})


async def send_back(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Return an initiative to who proposes it, with the reason."""
    await _move(writer, rules.RETURN, actor, facts, entitlement, now, said)


async def stop(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """End it before it is done, by the head's decision and with the reason; and with it a progress report on its way, and
    the evidence that nobody has decided about."""
    await _move(writer, rules.STOP, actor, facts, entitlement, now, said)
    if facts.row["has_open_report"]:
        await progress_reports.end_open(writer, actor, facts, now)
    if facts.row["proof"].undecided:
        await evidence_commands.end_open(writer, actor, facts, now)


async def ask_to_close(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """Say that execution has ended, and ask the office to confirm it. Raises ReportInWork."""
    rules.check_closing(facts.row)
    await _move(writer, rules.ASK_TO_CLOSE, actor, facts, entitlement, now)


async def confirm_closing(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Confirm that execution has ended, against documents that prove it (Guide N-5). Raises ReportInWork,
    ClosingNotProven, EvidenceUnverified."""
    rules.check_closing(facts.row)
    rules.check_proven(facts.row)
    evidence.check_approvable(facts.row["proof"])
    await _move(writer, rules.CONFIRM_CLOSING, actor, facts, entitlement, now, said)


async def return_to_work(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Say that execution has not ended, with the reason."""
    await _move(writer, rules.RETURN_TO_WORK, actor, facts, entitlement, now, said)


_RETURNED = {
    "return_reason": GIVEN.c.reason,
    "controlled_by": [],
    "exceptional": False,
}
_NOT_RETURNED = {"returned_by_id": None, "returned_at": None, "return_reason": None}


def _columns_of(transition: Transition, person_id: UUID, now: datetime) -> dict[str, Any]:
    """Who did what, when. `person_id`: in whose name it is decided."""
    returned = {"returned_by_id": person_id, "returned_at": now, **_RETURNED}
    match transition:
        case rules.SUBMIT:
            return {"submitted_by_id": person_id, "submitted_at": now}
        case rules.WITHDRAW:
            return {"submitted_by_id": None, "submitted_at": None}
        case rules.APPROVE:
            return {
                "approved_by_id": person_id,
                "approved_at": now,
                "baseline_starts_on": _table.c.starts_on,
                "baseline_ends_on": _table.c.ends_on,
                **_CONTROLS,
                **_NOT_RETURNED,
            }
        case rules.RETURN:
            return {**returned, "submitted_by_id": None, "submitted_at": None}
        case rules.STOP:
            return {"stopped_by_id": person_id, "stopped_at": now, "stop_reason": GIVEN.c.reason}
        case rules.ASK_TO_CLOSE:
            # A round of its own: who approved the plan may confirm its end, who says that it has ended does not.
            return {
                "closing_by_id": person_id,
                "closing_at": now,
                "edited_by": _EDITED,
                "controlled_by": [],
                "exceptional": False,
            }
        case rules.CONFIRM_CLOSING:
            return {"closed_by_id": person_id, "closed_at": now, **_CONTROLS, **_NOT_RETURNED}
        case rules.RETURN_TO_WORK:
            return {**returned, "closing_by_id": None, "closing_at": None}
    return {}


_move = partial(steps.take, model=Initiative, columns=_columns_of, awaited=rules.AWAITED)
