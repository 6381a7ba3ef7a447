"""Every write of contributions, and the parts that a certified result is frozen with."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Uuid,
    any_,
    bindparam,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.selectable import FromClause

from app import errors, ids
from app.db import Compilable, Query, Writer
from app.enums import ContributionState, SubjectKind
from app.models import Absence, Contribution, Entity, Indicator, Obligation, Result, ResultPart
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, records, sql
from app.services.contributions import parts, rules
from app.services.lifecycle import GIVEN, Case
from app.services.obligations import periods
from app.services.transitions import Transition

_c: FromClause = Contribution.__table__
_EDITABLE = ("weight", "message")
_OF_A_PERIOD = ("contribution_id", "period_start", "period_end")
_ALONE = select(func.pg_advisory_xact_lock(func.hashtext(sql.const(rules.ACCEPT.action))))
"""Whoever accepts, or changes what an acceptance rests on, waits for the others."""
_TOLD = ("result_id", "weight", "state", "period", "name_ar", "name_en")


async def invite(
    writer: Writer, actor: Actor, indicator: Facts, body: Mapping[str, Any], now: datetime
) -> UUID:
    """Invite the entity `contributor_id` to contribute `weight` percent to an indicator, which is shared from
    then on. An entity that is invited or contributes already is refused by the schema (AlreadyExists).

    Raises Invalid for the owner itself or an entity that does not exist.
    """
    owner, contributor = indicator.entity_id, body["contributor_id"]
    assert owner is not None  # noqa: S101  # an indicator always has its entity
    rules.check_contributor(owner, contributor)
    found = await writer.execute(select(Entity.id).where(Entity.id == contributor))
    if found.one_or_none() is None:
        raise errors.unknown_reference("#/contributor_id")
    contribution_id = ids.new()
    facts = Facts(
        SubjectKind.CONTRIBUTION,
        contribution_id,
        owner,
        state=ContributionState.INVITED.value,
        steps=rules.steps(owner, contributor),
    )
    await lifecycle.begin(
        writer,
        rules.INVITE.action,
        facts,
        actor=actor,
        at=now,
        awaited=rules.AWAITED[ContributionState.INVITED],
        changes=records.made(body, "contributor_id", *_EDITABLE),
    )
    await writer.execute(
        insert(Contribution).values(
            id=contribution_id,
            indicator_id=indicator.id,
            entity_id=owner,
            state=ContributionState.INVITED.value,
            invited_by_id=actor.person_id,
            invited_at=now,
            **body,
        )
    )
    await _share(writer, actor, indicator, contribution_id, now)
    return contribution_id


async def _share(
    writer: Writer, actor: Actor, indicator: Facts, contribution_id: UUID, now: datetime
) -> None:
    """The indicator is shared, and seen in another version: who acts on it sees whom it is shared with."""
    shared = indicator.row["shared"]
    changes: dict[str, Any] = {"contribution_id": str(contribution_id)}
    if shared is not True:
        changes["fields"] = {"shared": [records.said(shared), records.said(True)]}
    await records.raise_version(writer, Indicator, indicator, {"shared": True})
    await lifecycle.note(writer, rules.INVITE.action, indicator, actor=actor, at=now, changes=changes)


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    now: datetime,
) -> None:
    """Change the weight or the message while nobody has answered. A patch that changes nothing writes nothing."""
    changed = {name: value for name, value in patch.items() if value != facts.row[name]}
    if changed:
        fields = {
            name: [records.said(facts.row[name]), records.said(value)] for name, value in changed.items()
        }
        case = Case(facts, entitlement, changes={"fields": fields})
        await _move(writer, rules.EDIT, actor, case, changed, now)


async def accept(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, indicator_id: UUID, now: datetime
) -> None:
    """Contribute by the contributor's own special indicator.

    Raises Invalid where that is no such indicator or measured less often than the whole, IndicatorNotActive where
    one of the two is not in force, Circle where the whole is already a part of it.
    """
    row = facts.row
    rules.check_whole(row["whole_state"])
    # One acceptance at a time: two of them could close a circle that neither of them sees.
    await writer.execute(_ALONE)
    found = await writer.execute(
        select(
            Indicator.level,
            Indicator.state,
            Indicator.frequency,
            _is_part_of(row["indicator_id"], indicator_id).label("closes_a_circle"),
        ).where(Indicator.id == indicator_id, Indicator.entity_id == row["contributor_id"])
    )
    part = found.mappings().one_or_none()
    if part is None:
        raise errors.unknown_reference("#/indicator_id")
    rules.check_part(
        level=part["level"],
        state=part["state"],
        frequency=part["frequency"],
        whole_frequency=row["whole_frequency"],
    )
    if part["closes_a_circle"]:
        raise rules.Circle()
    columns = {"part_id": indicator_id, "answered_by_id": actor.person_id, "answered_at": now}
    case = Case(facts, entitlement, changes={"fields": {"part_id": [None, str(indicator_id)]}})
    await _move(writer, rules.ACCEPT, actor, case, columns, now)


def _is_part_of(part_id: UUID, whole_id: UUID) -> ColumnElement[bool]:
    """Whether one indicator is, over any number of accepted contributions, a part of another."""
    above = select(literal(part_id, Uuid).label("id")).cte("above", recursive=True)
    above = above.union(select(_c.c.indicator_id).where(_c.c.part_id == above.c.id, parts.is_accepted(_c)))
    return literal(whole_id, Uuid) == any_(select(above.c.id).scalar_subquery())


async def refuse(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, reason: str, now: datetime
) -> None:
    """Decline an invitation, with the reason."""
    columns = {"answered_by_id": actor.person_id, "answered_at": now, "reason": GIVEN.c.reason}
    await _move(writer, rules.REFUSE, actor, Case(facts, entitlement, reason), columns, now)


async def withdraw(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, reason: str, now: datetime
) -> None:
    """The owner takes an invitation back or ends a contribution, with the reason."""
    await _end(writer, rules.WITHDRAW, actor, facts, entitlement, reason, now)


async def leave(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, reason: str, now: datetime
) -> None:
    """The contributor ends its contribution, with the reason."""
    await _end(writer, rules.LEAVE, actor, facts, entitlement, reason, now)


async def end_invited(writer: Writer, actor: Actor, indicator: Facts, reason: str, now: datetime) -> None:
    """Withdraw what nobody has answered yet: the indicator retires."""
    found = await writer.execute(
        select(_c.c.id, _c.c.version).where(
            _c.c.indicator_id == indicator.id, _c.c.state == sql.const(ContributionState.INVITED)
        )
    )
    invited = [
        Facts(
            SubjectKind.CONTRIBUTION,
            row.id,
            indicator.entity_id,
            state=ContributionState.INVITED.value,
            version=row.version,
        )
        for row in found
    ]
    if invited:
        await lifecycle.apply(
            writer,
            Contribution,
            rules.WITHDRAW,
            [Case(facts, Entitlement(""), reason) for facts in invited],
            actor=actor,
            at=now,
            columns={"ended_by_id": actor.person_id, "ended_at": now, "reason": GIVEN.c.reason},
            awaited=None,
        )


async def require_fitting(writer: Writer, indicator_id: UUID, frequency: str) -> None:
    """Raise FrequencyDoesNotFit when an indicator measured at `frequency` would be a part too coarse for its
    whole, or a whole too fine for one of its parts. Nobody accepts meanwhile."""
    await writer.execute(_ALONE)
    whole, part = sql.alias(Indicator), sql.alias(Indicator)
    found = await writer.execute(
        select(
            (_c.c.indicator_id == indicator_id).label("is_whole"),
            whole.c.frequency.label("of_whole"),
            part.c.frequency.label("of_part"),
        )
        .select_from(_c.join(whole, whole.c.id == _c.c.indicator_id).join(part, part.c.id == _c.c.part_id))
        .where(or_(_c.c.indicator_id == indicator_id, _c.c.part_id == indicator_id), parts.is_accepted(_c))
    )
    for row in found:
        of_part, of_whole = (row.of_part, frequency) if row.is_whole else (frequency, row.of_whole)
        if not rules.is_as_fine(of_part, of_whole):
            raise rules.FrequencyDoesNotFit()


async def _end(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    reason: str,
    now: datetime,
) -> None:
    columns = {"ended_by_id": actor.person_id, "ended_at": now, "reason": GIVEN.c.reason}
    await _move(writer, transition, actor, Case(facts, entitlement, reason), columns, now)


async def explain(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    period: str,
    reason: str,
    now: datetime,
) -> None:
    """Say why the part of a period of the whole is missing; said again, it replaces what was said.

    Raises Invalid for a period that the whole is not measured in, PartNotMissing where the figure is there or
    under way.
    """
    measured = periods.parse(period)
    bounds = {"period_start": measured.start, "period_end": measured.end}
    part = await writer.row(_PART, {"id": facts.id, **bounds})
    if part is None or not part["of_the_whole"]:  # or measured in another frequency then
        periods.fitting(period, facts.row["whole_frequency"])
    if part is not None:
        rules.check_to_be_explained(part["state"])
    case = Case(facts, entitlement, reason, {"period": measured.code})
    await _move(writer, rules.EXPLAIN, actor, case, {}, now)
    said = {"reason": reason, "explained_by_id": actor.person_id, "explained_at": now}
    await writer.execute(
        postgresql.insert(Absence)
        .values(contribution_id=facts.id, **bounds, **said)
        .on_conflict_do_update(index_elements=_OF_A_PERIOD, set_=said)
    )


def _part() -> Compilable:
    """How far the part of a period has come, and whether the whole has a figure of that period, or owes one."""
    start, end = bindparam("period_start", type_=Date), bindparam("period_end", type_=Date)
    part = parts.of_period(_c, start, end)

    def measured(model: type[Result] | type[Obligation]) -> ColumnElement[bool]:
        t: FromClause = sql.alias(model)
        return exists(
            select(literal_column("1")).where(
                t.c.indicator_id == _c.c.indicator_id, t.c.period_start == start, t.c.period_end == end
            )
        )

    return (
        select(part.state.label("state"), or_(measured(Result), measured(Obligation)).label("of_the_whole"))
        .select_from(_c.join(part.figure, true()))
        .where(_c.c.id == bindparam("id", type_=Uuid))
    )


_PART = Query(_part)


async def _move(
    writer: Writer,
    transition: Transition,
    actor: Actor,
    case: Case,
    columns: Mapping[str, Any],
    now: datetime,
) -> None:
    await lifecycle.apply_one(
        writer,
        Contribution,
        transition,
        case,
        actor=actor,
        at=now,
        columns=columns,
        awaited=rules.AWAITED.get(transition.target),
    )


async def freeze(writer: Writer, result_ids: Sequence[UUID]) -> None:
    """Keep the parts of composed results that have just been approved, as they stand now, in one statement.

    Raises as `rules.check_certifiable` does when a contribution was accepted, or a figure came, between
    the look at the parts and the approval: then nothing of the transaction holds.
    """
    found = await writer.rows(_FREEZE, {"ids": list(result_ids)})
    by_result: dict[UUID, list[rules.Part]] = {}
    for row in found:
        by_result.setdefault(row["result_id"], []).append(rules.part({name: row[name] for name in _TOLD}))
    for composed in by_result.values():
        rules.check_certifiable(composed)


def _freeze() -> Compilable:
    r, e = Result.__table__, Entity.__table__
    part = parts.of_period(_c, r.c.period_start, r.c.period_end)
    accepted = (
        select(
            r.c.id.label("result_id"),
            _c.c.id.label("contribution_id"),
            r.c.entity_id,
            _c.c.contributor_id,
            _c.c.weight,
            part.result_id.label("part_result_id"),
            part.absence.label("absence"),
            part.state.label("state"),
            r.c.period,
            e.c.name_ar,
            e.c.name_en,
        )
        .select_from(
            r.join(_c, _c.c.indicator_id == r.c.indicator_id)
            .join(e, e.c.id == _c.c.contributor_id)
            .join(part.figure, true())
        )
        .where(r.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))), parts.is_accepted(_c))
        .cte("accepted")
    )
    kept = (
        "result_id",
        "contribution_id",
        "entity_id",
        "contributor_id",
        "weight",
        "part_result_id",
        "absence",
    )
    certifiable = [accepted.c.state == sql.const(state) for state in rules.CERTIFIABLE]
    frozen = (
        insert(ResultPart)
        .from_select(kept, select(*[accepted.c[name] for name in kept]).where(or_(*certifiable)))
        .cte("frozen")
    )
    return select(*[accepted.c[name] for name in _TOLD]).add_cte(frozen)


_FREEZE = Query(_freeze)
