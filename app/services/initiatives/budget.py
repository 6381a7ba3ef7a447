"""The money of an initiative: asked for, granted or refused, spent (Guide N-4, P-10). Each runs in the caller's
transaction; the initiative's version rises with it."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Table, delete, update
from sqlalchemy.dialects.postgresql import insert

from app import clock, ids
from app.db import Writer
from app.enums.initiatives import BudgetAnswer
from app.errors import Conflict, Text, invalid
from app.models import BudgetLine, Initiative
from app.parties import Actor, Facts
from app.services import lifecycle, records
from app.services.initiatives import checks, rules

_table = cast(Table, BudgetLine.__table__)


async def request(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    year: int,
    source: str,
    requested: Decimal | None,
    note: str | None,
    now: datetime,
) -> None:
    """Ask for money from a source for a year, or take the request back (`requested` is None).

    Raises Invalid for a year in which the initiative does not run, BudgetAnswered once there is an answer, NoSuchLine
    where there is nothing to take back.
    """
    if requested is not None:
        checks.check_year(year, facts.row["starts_on"], facts.row["ends_on"])
    line = _line(facts, year, source)
    if line is not None and line["answer"] is not None:
        raise BudgetAnswered()
    if requested is None:
        if line is None:
            raise rules.NoSuchLine()
        await _note(writer, actor, facts, rules.REQUEST_BUDGET.action, year, source, now, requested=None)
        await writer.execute(
            delete(BudgetLine).where(*_this(facts, year, source)).execution_options(synchronize_session=False)
        )
        return
    await _note(writer, actor, facts, rules.REQUEST_BUDGET.action, year, source, now, requested=requested)
    written = insert(_table).values(
        id=ids.new(),
        entity_id=facts.entity_id,
        initiative_id=facts.id,
        year=year,
        source=source,
        requested=requested,
        note=note,
    )
    await writer.execute(
        written.on_conflict_do_update(
            index_elements=["initiative_id", "year", "source"],
            set_={"requested": written.excluded.requested, "note": written.excluded.note},
        )
    )


async def answer(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    year: int,
    source: str,
    answered: BudgetAnswer,
    approved: Decimal | None,
    answered_on: date,
    letter_number: str | None,
    now: datetime,
) -> None:
    """Record what the bodies concerned answered to a request. A later letter takes the place of an earlier one.

    Raises NoSuchLine, and Invalid for an answer that does not fit the request, in the future, or below what is spent.
    """
    line = _existing(facts, year, source)
    granted = answered is BudgetAnswer.GRANTED
    checks.check_answer(Decimal(line["requested"]), granted, approved)
    if answered_on > clock.day(now):
        raise invalid("#/answered_on", "in_the_future", "The day is yet to come.", "اليوم لم يأتِ بعد.")
    spent = Decimal(line["spent"] or 0)
    if spent > (approved or 0) and line["overspent_reason"] is None:
        raise invalid(
            "#/approved",
            "below_spent",
            "More than that is spent already.",
            "المصروف حتى الآن أكبر من ذلك.",
        )
    columns = {
        "answer": answered.value,
        "approved": approved,
        "answered_on": answered_on,
        "letter_number": letter_number,
    }
    await _note(writer, actor, facts, rules.ANSWER_BUDGET.action, year, source, now, **columns)
    await _set(writer, facts, year, source, columns)


async def record_spending(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    year: int,
    source: str,
    spent: Decimal,
    reason: str | None,
    now: datetime,
) -> None:
    """Say how much of a year's money is spent by now, in all. Raises NoSuchLine, and Invalid for more than was approved
    without a reason."""
    line = _existing(facts, year, source)
    approved = None if line["approved"] is None else Decimal(line["approved"])
    checks.check_spent(spent, approved, reason)
    columns = {"spent": spent, "overspent_reason": reason if spent > (approved or 0) else None}
    await _note(writer, actor, facts, rules.RECORD_SPENDING.action, year, source, now, **columns)
    await _set(writer, facts, year, source, columns)


def _line(facts: Facts, year: int, source: str) -> Mapping[str, Any] | None:
    lines = (line for line in facts.row["budget"] if (line["year"], line["source"]) == (year, source))
    return next(lines, None)


def _existing(facts: Facts, year: int, source: str) -> Mapping[str, Any]:
    line = _line(facts, year, source)
    if line is None:
        raise rules.NoSuchLine()
    return line


async def _note(
    writer: Writer,
    actor: Actor,
    facts: Facts,
    action: str,
    year: int,
    source: str,
    now: datetime,
    **columns: Any,
) -> None:
    """The initiative's version rises, before its line is touched, and its event says what changed."""
    old = _line(facts, year, source) or {}
    await records.raise_version(writer, Initiative, facts)
    await lifecycle.note(
        writer,
        action,
        facts,
        actor=actor,
        at=now,
        changes={
            "year": year,
            "source": source,
            "fields": {
                name: [records.said(old.get(name)), records.said(value)] for name, value in columns.items()
            },
        },
    )


async def _set(writer: Writer, facts: Facts, year: int, source: str, columns: Mapping[str, Any]) -> None:
    await writer.execute(
        update(BudgetLine)
        .where(*_this(facts, year, source))
        .values(**columns)
        .execution_options(synchronize_session=False)
    )


def _this(facts: Facts, year: int, source: str) -> tuple[Any, ...]:
    return (
        _table.c.initiative_id == facts.id,
        _table.c.year == year,
        _table.c.source == source,
    )


class BudgetAnswered(Conflict):
    code = "budget_answered"
    title = Text(
        "This request is answered already: what was asked does not change",
        "جاء الرد على هذا الطلب، فلا يتغير ما طُلب",
    )
