"""What the rules need to know of a result: its facts, read through the one visibility rule."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Uuid,
    any_,
    bindparam,
    case,
    exists,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app import clock
from app.db import Lane, Query, Row
from app.enums import Chain, ChainState, Step, SubjectKind
from app.models import Indicator, Obligation, Reopening, Result
from app.parties import Actor, Facts
from app.services import approval, sql
from app.services.contributions import parts
from app.services.contributions import rules as contributions
from app.services.evidence import standing
from app.services.obligations import rules as obligations
from app.services.people import visibility
from app.services.reopenings import standing as leaves
from app.services.results import rules
from app.services.results.visibility import nobody_left, visible
from app.services.role_plans import chains
from app.services.scores import live

_result: FromClause = Result.__table__
_indicator: FromClause = Indicator.__table__


def _follows_preliminary(r: FromClause) -> ColumnElement[bool]:
    """Whether what the revision corrects was only preliminary, so that its period is still to be served."""
    before = _result.alias()
    found: Select[Any] = select(literal_column("1")).where(
        before.c.id == r.c.corrects_id,
        or_(*(before.c.obs_status == sql.const(status) for status in sorted(rules.PRELIMINARY))),
    )
    return exists(found.correlate(r))  # named: it is not found through two levels of subqueries


def days(r: FromClause) -> ScalarSelect[Any]:
    """When the figure of the result `r` opens, is due and closes, as an array; null where nobody asked for it."""
    o = Obligation.__table__
    return (
        select(array([o.c.opens_on, o.c.due_on, o.c.closes_on]))
        .where(
            o.c.indicator_id == r.c.indicator_id,
            o.c.period_start == r.c.period_start,
            o.c.period_end == r.c.period_end,
            o.c.replaced_at.is_(None),
            or_(r.c.corrects_id.is_(None), _follows_preliminary(r)),  # a correction comes when it comes
        )
        .scalar_subquery()
    )


def columns(
    r: FromClause, i: FromClause, nobody: ColumnElement[bool] | None = None
) -> list[ColumnElement[Any]]:
    """What the rules need of the result `r` of the indicator `i`, under names that begin with `_`. `nobody`: that four
    eyes leaves nobody, where the statement says so already."""
    later = _result.alias()
    opened, o = Reopening.__table__, Obligation.__table__

    def leave(column: str) -> ScalarSelect[Any]:
        return (
            select(opened.c[column])
            .where(opened.c.result_id == r.c.id, leaves.usable(opened))
            .limit(literal_column("1"))
            .scalar_subquery()
        )

    return [
        r.c.id.label("_id"),
        r.c.entity_id.label("_entity_id"),
        r.c.state.label("_state"),
        r.c.version.label("_version"),
        r.c.parties_enter.label("_parties_enter"),
        r.c.parties_review.label("_parties_review"),
        r.c.parties_approve.label("_parties_approve"),
        r.c.edited_by.label("_edited_by"),
        r.c.controlled_by.label("_controlled_by"),
        (nobody_left(r) if nobody is None else nobody).label("_nobody_left"),
        i.c.id.label("_indicator_id"),
        i.c.level.label("_level"),
        i.c.in_scorecard.label("_in_scorecard"),
        i.c.measure.label("_measure"),
        exists(
            select(literal_column("1")).where(
                later.c.corrects_id == r.c.id, later.c.state != sql.const(ChainState.DISCARDED)
            )
        ).label("_has_later"),
        leave("id").label("_reopening_id"),
        exists(select(literal_column("1")).where(opened.c.result_id == r.c.id, leaves.stands(opened))).label(
            "_has_reopening"
        ),
        r.c.value.label("_value"),
        r.c.rank.label("_rank"),
        r.c.rank_of.label("_rank_of"),
        r.c.numerator.label("_numerator"),
        r.c.denominator.label("_denominator"),
        r.c.obs_status.label("_obs_status"),
        r.c.note.label("_note"),
        r.c.classification.label("_classification"),
        r.c.period_start.label("_period_start"),
        r.c.period_end.label("_period_end"),
        leave("version").label("_reopening_version"),
        # A correction is begun by the chain in force, whatever chain the approved figure came by.
        case(
            (
                r.c.state == sql.const(ChainState.APPROVED),
                chains.steps_in_force(Chain.RESULTS, r.c.entity_id),
            )
        ).label("_chain"),
        i.c.division_id.label("_in_charge"),
        i.c.entered_by.label("_entered_by"),
        i.c.shared.label("_shared"),
        days(r).label("_days"),
        exists(
            select(literal_column("1")).where(
                o.c.indicator_id == r.c.indicator_id,
                o.c.period_start == r.c.period_start,
                o.c.period_end == r.c.period_end,
                o.c.replaced_at.is_(None),
                o.c.closes_on >= sql.TODAY,
            )
        ).label("_takes_entries"),
        case((r.c.state == sql.const(ChainState.REVIEWED), parts.of_result(r))).label("_parts"),
        case(
            (
                or_(
                    r.c.state == sql.const(ChainState.DRAFT),
                    r.c.state == sql.const(ChainState.REVIEWED),
                ),
                standing.proof(r.c.id, required_by=r.c.indicator_id),
            )
        ).label("_proof"),
    ]


COLUMNS = tuple(str(column.key) for column in columns(_result, _indicator))
"""Their names, for a query that shows a result beside its facts."""

_AREA = tuple(name.removeprefix("_") for name in COLUMNS[COLUMNS.index("_indicator_id") :])

_ASKED = (
    select(*columns(_result, _indicator))
    .select_from(_result.join(_indicator, _indicator.c.id == _result.c.indicator_id))
    .where(_result.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))), visible(_result))
)
_MANY = Query(lambda: _ASKED)
_SCORABLE = Query(lambda: _ASKED.add_columns(live.asked(_result, _indicator).label("_scorable")))
_HELD = Query(lambda: _ASKED.order_by(_indicator.c.id).with_for_update(key_share=True, of=_indicator))


def of(row: Row, prefix: str) -> Facts:
    """The facts from a row of `columns`, whose names still have the prefix `_` or have lost it."""
    steps = {
        Step.ENTER.value: tuple(row[f"{prefix}parties_enter"]),
        Step.REVIEW.value: tuple(row[f"{prefix}parties_review"]),
        Step.APPROVE.value: tuple(row[f"{prefix}parties_approve"]),
    }
    state = row[f"{prefix}state"]
    if state == ChainState.APPROVED:
        entity_id, in_charge = row[f"{prefix}entity_id"], row[f"{prefix}in_charge"]
        chain, entered_by = row[f"{prefix}chain"], row[f"{prefix}entered_by"]
        steps[Step.ENTER] = chains.keys(Chain.RESULTS, chain, entity_id, in_charge, entered_by)[Step.ENTER]
    steps["control"] = approval.control_parties(state, steps)
    # Four eyes has a meaning only while a control step is due; afterwards the state refuses (409).
    controlled = state in approval.CONTROLLED
    days = row[f"{prefix}days"]  # of its obligation, where it has one
    proof = standing.read(row[f"{prefix}proof"])
    composed_of = tuple(contributions.part(part) for part in json.loads(row[f"{prefix}parts"] or "[]"))
    return Facts(
        kind=SubjectKind.RESULT,
        id=row[f"{prefix}id"],
        entity_id=row[f"{prefix}entity_id"],
        state=state,
        version=row[f"{prefix}version"],
        steps=steps,
        edited_by=frozenset(row[f"{prefix}edited_by"]) if controlled else frozenset(),
        controlled_by=frozenset(row[f"{prefix}controlled_by"]) if controlled else frozenset(),
        verified_by=proof.verified_by if state in rules.EDIT.sources else frozenset(),
        nobody_left=rules.DUE[state] if row[f"{prefix}nobody_left"] else frozenset(),
        due=obligations.dues(*days[1:]) if days else {},
        row={
            **{name: row[f"{prefix}{name}"] for name in _AREA},
            "opens_on": days[0] if days else None,
            "parts": composed_of,
            "certifiable": contributions.is_certifiable(composed_of),
            "proof": proof,
        },
    )


def params(actor: Actor, now: datetime) -> dict[str, Any]:
    """What every query of results is given."""
    return {**visibility.of(actor), "now": now, "today": clock.day(now)}


async def one(lane: Lane, actor: Actor, result_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a result that the actor may see."""
    found = await many(lane, actor, [result_id], now)
    return found.get(result_id)


async def submitting(lane: Lane, actor: Actor, result_id: UUID, now: datetime) -> Facts | None:
    """The same for who submits, with the light that the figure would have."""
    row = await lane.row(_SCORABLE, {**params(actor, now), "ids": [result_id]})
    if row is None:
        return None
    found = of(row, "_")
    return replace(found, row={**found.row, "light": live.score(row["_scorable"])["light"]})


async def held(lane: Lane, actor: Actor, result_id: UUID, now: datetime) -> Facts | None:
    """The same for who approves: it holds the indicator, so that of two who approve figures of one indicator at
    once the second says where it stands with the first one's figure in view."""
    found = await many(lane, actor, [result_id], now, hold=True)
    return found.get(result_id)


async def many(
    lane: Lane, actor: Actor, result_ids: Sequence[UUID], now: datetime, *, hold: bool = False
) -> Mapping[UUID, Facts]:
    """The same for many, in one statement; what is not visible is not in the answer. `hold`: as in `held`."""
    rows = await lane.rows(_HELD if hold else _MANY, {**params(actor, now), "ids": list(result_ids)})
    return {row["_id"]: of(row, "_") for row in rows}
