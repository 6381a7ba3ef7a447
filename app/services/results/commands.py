"""Every write of results. Each runs in the caller's transaction and changes state only by `lifecycle`."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Date, Table, Uuid, bindparam, func, insert, select

from app import clock, errors, ids
from app.db import Query, Writer
from app.enums import ChainState, Step, SubjectKind
from app.models import Result
from app.parties import Actor, Entitlement, Facts
from app.services import lifecycle, records, sql
from app.services.approving import Stamps
from app.services.contributions import commands as contributions
from app.services.contributions.rules import check_certifiable
from app.services.evidence import commands as evidence_commands
from app.services.evidence import rules as evidence
from app.services.evidence import standing
from app.services.indicators import queries as indicator_queries
from app.services.lifecycle import Case
from app.services.obligations import entry
from app.services.obligations import rules as obligations
from app.services.people import steps
from app.services.people.steps import Said
from app.services.reopenings import commands as reopenings
from app.services.reopenings.rules import Leave
from app.services.results import rules
from app.services.scores import commands as scores
from app.services.transitions import Transition

_table = cast(Table, Result.__table__)
_earlier = _table.alias("earlier")
_EDITED = lifecycle.with_who_acts(_table.c.edited_by)
_STAMPS = Stamps(rules.APPROVAL, _table)
_SNAPSHOT = standing.snapshot(_table.c.id)
FIGURE = ("value", "rank", "rank_of", "numerator", "denominator", "obs_status", "note", "classification")


async def create(
    writer: Writer, actor: Actor, indicator: Facts, period: str, figure: Mapping[str, Any], now: datetime
) -> UUID:
    """Enter the first revision of a figure, as a draft; the leave to enter in a closed period is used up.
    `indicator` carries the parties of its chain.

    Raises what `entry.open_for` does, and Invalid for a figure that does not fit the indicator; a figure
    that exists already is refused by the schema (AlreadyExists).
    """
    measured = await entry.open_for(writer, indicator, period, figure["obs_status"], now)
    rules.check_figure(figure, indicator.row["measure"])
    result_id = await _begin(
        writer,
        "results.create",
        actor,
        indicator,
        {
            "period": measured.period.code,
            "period_start": measured.period.start,
            "period_end": measured.period.end,
            **figure,
        },
        measured.due,
        now,
    )
    if measured.leave is not None:
        await reopenings.use(writer, actor, indicator.entity_id, measured.leave, result_id, now)
    return result_id


async def correct(writer: Writer, actor: Actor, approved: Facts, now: datetime) -> UUID:
    """Open a new revision of an approved figure, with its numbers to begin from, and use the reopening up; the
    figure that follows a preliminary one needs none.

    Raises NotTheLatest or ReopeningRequired.
    """
    if approved.row["has_later"]:
        raise rules.NotTheLatest()
    preliminary = rules.is_preliminary(approved.row)
    if approved.row["reopening_id"] is None and not preliminary:
        raise rules.ReopeningRequired()
    columns = [_table.c[name] for name in ("period", "period_start", "period_end", *FIGURE)]
    found = await writer.execute(select(*columns).where(_table.c.id == approved.id))
    old = found.mappings().one()
    indicator = await indicator_queries.entry_facts(writer, actor, approved.row["indicator_id"], now)
    if indicator is None:
        raise errors.NotFound()
    new_id = await _begin(
        writer,
        rules.CORRECT.action,
        actor,
        indicator,
        {**old, "corrects_id": approved.id},
        approved.due if preliminary else {},
        now,
    )
    if not preliminary:
        leave = Leave(approved.row["reopening_id"], approved.row["reopening_version"])
        await reopenings.use(writer, actor, approved.entity_id, leave, new_id, now)
    return new_id


async def _begin(
    writer: Writer,
    action: str,
    actor: Actor,
    indicator: Facts,
    columns: Mapping[str, Any],
    due: Mapping[str, date],
    now: datetime,
) -> UUID:
    result_id = ids.new()
    facts = Facts(
        SubjectKind.RESULT,
        result_id,
        indicator.entity_id,
        state=ChainState.DRAFT.value,
        steps=indicator.steps,
        due=due,
    )
    await lifecycle.begin(
        writer,
        action,
        facts,
        actor=actor,
        at=now,
        awaited=rules.AWAITED[ChainState.DRAFT],
        changes=records.made(columns, *FIGURE),
    )
    await writer.rows(
        _CORRECTION if "corrects_id" in columns else _FIRST,
        {
            "id": result_id,
            "indicator_id": indicator.row["id"],
            "entity_id": indicator.entity_id,
            "division_id": indicator.row["division_id"],
            "definition_id": indicator.row["definition_id"],
            "role_plan_id": indicator.row["role_plan_id"],
            "state": ChainState.DRAFT.value,
            "parties_enter": list(indicator.steps[Step.ENTER]),
            "parties_review": list(indicator.steps[Step.REVIEW]),
            "parties_approve": list(indicator.steps[Step.APPROVE]),
            "edited_by": [actor.person_id],
            "controlled_by": [],
            "recorded_at": now,
            "entered_by_id": actor.person_id,
            "entered_at": now,
            **columns,
            "same_indicator": indicator.row["id"],
            "same_start": columns["period_start"],
            "same_end": columns["period_end"],
        },
    )
    return result_id


_WRITTEN = (
    "id",
    "indicator_id",
    "entity_id",
    "division_id",
    "definition_id",
    "role_plan_id",
    "state",
    "parties_enter",
    "parties_review",
    "parties_approve",
    "edited_by",
    "controlled_by",
    "recorded_at",
    "entered_by_id",
    "entered_at",
    "period",
    "period_start",
    "period_end",
    *FIGURE,
)


def _insert(*, correcting: bool) -> Query:
    """A new draft, after every revision of the figure, the discarded ones included. Where a first entry meets an
    approved figure: with the number of that one, so that the schema refuses it."""
    following = func.coalesce(func.max(_earlier.c.revision) + 1, 1)
    approved = func.max(_earlier.c.revision).filter(_earlier.c.state == sql.const(ChainState.APPROVED))
    revision = (
        select(following if correcting else func.coalesce(approved, following))
        .where(
            _earlier.c.indicator_id == bindparam("same_indicator", type_=Uuid),
            _earlier.c.period_start == bindparam("same_start", type_=Date),
            _earlier.c.period_end == bindparam("same_end", type_=Date),
        )
        .scalar_subquery()
    )
    columns = (*_WRITTEN, "corrects_id") if correcting else _WRITTEN
    return Query(lambda: insert(_table).values(revision=revision, **sql.written(_table, columns)))


_FIRST, _CORRECTION = _insert(correcting=False), _insert(correcting=True)


async def edit(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    patch: Mapping[str, Any],
    now: datetime,
) -> None:
    """Correct a draft: `patch` holds the fields to change. Whoever edits is barred from controlling it.

    A patch that changes nothing writes nothing.
    """
    old = facts.row  # as it was in the version that the update asks for
    new = {name: patch.get(name, old[name]) for name in FIGURE}
    rules.check_figure(new, facts.row["measure"])
    rules.check_period(old["period_start"], old["period_end"], new["obs_status"], clock.day(now))
    if old["opens_on"] is not None:
        obligations.check_opened(old["opens_on"], new["obs_status"], clock.day(now))
    changed = {name: value for name, value in new.items() if value != old[name]}
    if not changed:
        return
    await lifecycle.apply_one(
        writer,
        Result,
        rules.EDIT,
        Case(
            facts,
            entitlement,
            changes=records.became(old, changed),
        ),
        actor=actor,
        at=now,
        columns={
            **changed,
            "edited_by": _EDITED,
        },
        awaited=rules.AWAITED[ChainState.DRAFT],
    )


async def submit(writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime) -> None:
    """Put a draft before the reviewers. Raises Incomplete when it does not hold what is measured, or is red and
    says nothing of why, and EvidenceMissing when it does not carry what proves it."""
    rules.check_complete(facts.row, facts.row["measure"])
    rules.check_explained(facts.row, facts.row["light"])
    evidence.check_submittable(facts.row["proof"])
    await _move(writer, rules.SUBMIT, actor, facts, entitlement, now)


async def withdraw(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """Take a submitted result back while nobody has decided."""
    await _move(writer, rules.WITHDRAW, actor, facts, entitlement, now)


async def discard(
    writer: Writer, actor: Actor, facts: Facts, entitlement: Entitlement, now: datetime
) -> None:
    """End a draft, and with it the evidence that nobody has decided about. Both stay in the history."""
    await _move(writer, rules.DISCARD, actor, facts, entitlement, now)
    if facts.row["proof"].undecided:
        await evidence_commands.end_open(writer, actor, facts, now)


async def review(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    said: Said,
    now: datetime,
) -> None:
    """Pass a submitted result on to the office."""
    await _move(writer, rules.REVIEW, actor, facts, entitlement, now, said)


async def approve(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    said: Said,
    now: datetime,
) -> None:
    """Approve a reviewed result: its figures are frozen and known from now on, and scored. For the result of a shared
    indicator this certifies it, with its parts as they stand.

    Raises what `check_approvable` does.
    """
    check_approvable(facts)
    await _move(writer, rules.APPROVE, actor, facts, entitlement, now, said)
    await scores.keep(writer, [facts.id])
    if facts.row["shared"]:  # a first contribution may be accepted just now
        await contributions.freeze(writer, [facts.id])


def check_approvable(facts: Facts) -> None:
    """What else than its state an approval asks of a result. Raises what `contributions.rules.check_certifiable`
    does, and EvidenceUnverified."""
    check_certifiable(facts.row["parts"])
    evidence.check_approvable(facts.row["proof"])


async def send_back(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    entitlement: Entitlement,
    said: Said,
    now: datetime,
) -> None:
    """Return a result to who entered it, with the reason."""
    await _move(writer, rules.RETURN, actor, facts, entitlement, now, said)


def columns_of(transition: Transition, person_id: UUID, now: datetime) -> dict[str, Any]:
    """Who did what, when, and what an approval freezes. `person_id`: in whose name it is decided."""
    columns = _STAMPS.of(transition, person_id, now)
    return {**columns, "known_from": now, "evidence": _SNAPSHOT} if transition is rules.APPROVE else columns


_move = partial(steps.take, model=Result, columns=columns_of, awaited=rules.AWAITED)
