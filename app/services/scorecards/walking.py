"""What the stages of a scorecard's path do to it: align, approve, agree, and the way back (Guide I-5).

Each runs in the caller's transaction, on the facts of `queries.facts`, and changes state only by `lifecycle`. The
indicators follow: UNIT schedules and reopens what stands in a scorecard.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import SmallInteger, Uuid, bindparam, exists, func, literal_column, null, select
from sqlalchemy.dialects.postgresql import array

from app import clock
from app.db import Compilable, Query, Writer
from app.enums import IndicatorState, SubjectKind
from app.enums.scorecards import ScorecardState
from app.models import Indicator, Scorecard, ScorecardLine
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, sql
from app.services.lifecycle import GIVEN, Case
from app.services.people import steps
from app.services.people.steps import Said
from app.services.scorecards import rules
from app.services.scorecards.columns import snapshot
from app.services.transitions import Fire, Transition

_table = Scorecard.__table__
_CONTROLS = lifecycle.controls(_table)
_ONLY_ALIGNED = func.array_remove(array([_table.c.aligned_by_id]), null())
_SNAPSHOT = snapshot(_table)

_SUPERSEDE = Transition(
    "scorecards.supersede", frozenset({ScorecardState.IN_FORCE.value}), ScorecardState.SUPERSEDED
)
"""What becomes of the version in force when the next one is; nobody does that by itself, so no rule names it."""


async def align(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """The office has checked that the scorecard serves the vision and is complete (Guide P-7). Raises
    IncompleteScorecard."""
    rules.check_state(rules.ALIGN, facts)
    rules.check_complete(facts.row["lines"])
    await _take(writer, rules.ALIGN, actor, facts, entitlement, said, now)


async def approve(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """The head approves: what it says is kept as it stands, and UNIT sees it. Raises IncompleteScorecard where an
    indicator has been retired or defined anew since it was aligned."""
    rules.check_state(rules.APPROVE, facts)
    rules.check_complete(facts.row["lines"])
    await _take(writer, rules.APPROVE, actor, facts, entitlement, said, now)


async def agree(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """UNIT agrees: the scorecard is in force, and the version before it superseded."""
    rules.check_state(rules.AGREE, facts)
    if facts.row["in_force_id"] is not None:
        superseded = Facts(
            SubjectKind.SCORECARD,
            facts.row["in_force_id"],
            facts.entity_id,
            state=ScorecardState.IN_FORCE.value,
            version=facts.row["in_force_version"],
        )
        await lifecycle.apply_one(
            writer,
            Scorecard,
            _SUPERSEDE,
            Case(superseded, Entitlement(""), changes={"superseded_by": str(facts.id)}),
            actor=actor,
            at=now,
            columns={},
            awaited=None,
        )
    await _take(writer, rules.AGREE, actor, facts, entitlement, said, now)
    await _mark(writer, actor, facts, now)


async def send_back(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Back to who drafts it: the control steps of this round are void; who edited stays barred for good."""
    rules.check_state(rules.RETURN, facts)
    await _take(writer, rules.RETURN, actor, facts, entitlement, said, now)


async def send_back_to_aligned(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, said: Said, now: datetime
) -> None:
    """Back before the head: the alignment stands."""
    rules.check_state(rules.RETURN_TO_ALIGNED, facts)
    await _take(writer, rules.RETURN_TO_ALIGNED, actor, facts, entitlement, said, now)


FIRES: Mapping[str, Fire] = {
    fire.transition.action: fire
    for fire in (Fire(rules.ALIGN, align), Fire(rules.APPROVE, approve), Fire(rules.AGREE, agree))
}
"""What a stage fires when it ends well, by the action that its template names."""

RETURNS: Mapping[str, Fire] = {
    ScorecardState.DRAFT.value: Fire(rules.RETURN, send_back),
    ScorecardState.ALIGNED.value: Fire(rules.RETURN_TO_ALIGNED, send_back_to_aligned),
}
"""What a return fires, by the state that the scorecard goes back to."""


async def _take(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    said: Said,
    now: datetime,
) -> None:
    await steps.take(
        writer,
        transition,
        actor,
        facts,
        entitlement,
        now,
        model=Scorecard,
        columns=_columns_of,
        awaited={},  # whom it waits for, the stages of its path say
        said=said,
    )


def _columns_of(transition: Transition, person_id: UUID, now: datetime) -> Mapping[str, Any]:
    """Who did what, when. `person_id`: in whose name it is decided."""
    returned = {"returned_by_id": person_id, "returned_at": now, "return_reason": GIVEN.c.reason}
    not_approved = {"approved_by_id": None, "approved_at": None, "snapshot": None}
    match transition:
        case rules.ALIGN:
            return {"aligned_by_id": person_id, "aligned_at": now, **_CONTROLS}
        case rules.APPROVE:
            return {"approved_by_id": person_id, "approved_at": now, "snapshot": _SNAPSHOT, **_CONTROLS}
        case rules.AGREE:
            never = {"returned_by_id": None, "returned_at": None, "return_reason": None}
            return {"agreed_by_id": person_id, "agreed_at": now, **_CONTROLS, **never}
        case rules.RETURN:
            not_aligned = {"aligned_by_id": None, "aligned_at": None}
            return {**returned, **not_approved, **not_aligned, "controlled_by": [], "exceptional": False}
        case _:
            return {**returned, **not_approved, "controlled_by": _ONLY_ALIGNED}


def _marking() -> Compilable:
    i, line, s = Indicator.__table__, ScorecardLine.__table__, Scorecard.__table__
    stands = exists(
        select(literal_column("1"))
        .select_from(line.join(s, s.c.id == line.c.scorecard_id))
        .where(
            line.c.indicator_id == i.c.id,
            s.c.state == sql.const(ScorecardState.IN_FORCE),
            s.c.year >= bindparam("this_year", type_=SmallInteger),
        )
    )
    return (
        select(i.c.id, i.c.version, i.c.in_scorecard)
        .where(
            i.c.entity_id == bindparam("entity_id", type_=Uuid),
            i.c.state == sql.const(IndicatorState.ACTIVE),
            i.c.in_scorecard != stands,
        )
        .order_by(i.c.id)
        .with_for_update(of=i)
    )


_MARKING = Query(_marking)
"""The indicators of an entity that are to be marked otherwise: in a scorecard are those that stand in one in force
of this year or a later one."""


async def _mark(writer: Writer, actor: Actor, facts: Facts, now: datetime) -> None:
    found = await writer.rows(_MARKING, {"entity_id": facts.entity_id, "this_year": clock.day(now).year})
    for transition, stands in ((rules.LEAVE, True), (rules.ENTER, False)):
        cases = [
            Case(
                Facts(
                    SubjectKind.INDICATOR,
                    row["id"],
                    facts.entity_id,
                    state=IndicatorState.ACTIVE.value,
                    version=row["version"],
                ),
                Entitlement(""),
                changes={
                    "fields": {"in_scorecard": [str(stands).lower(), str(not stands).lower()]},
                    "scorecard_id": str(facts.id),
                },
            )
            for row in found
            if row["in_scorecard"] is stands
        ]
        if cases:
            await lifecycle.apply(
                writer,
                Indicator,
                transition,
                cases,
                actor=actor,
                at=now,
                columns={"in_scorecard": not stands},
                awaited=None,
            )
