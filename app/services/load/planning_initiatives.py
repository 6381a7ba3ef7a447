"""The initiatives of the demo's entities: who shares a national programme, proposals and approvals, money, progress."""

from datetime import date, datetime
from uuid import UUID

from app.db import Writer
from app.enums import Classification
from app.parties import Actor, Facts
from app.services.entities import queries as entities
from app.services.initiatives import budget, commands, facts, planning, rules
from app.services.load.acting import Acting, unentitled
from app.services.load.planning_files import Budget, Initiative, Report
from app.services.people.steps import NOTHING_SAID
from app.services.programmes import commands as programmes
from app.services.programmes import queries as programme_queries
from app.services.progress_reports import commands as reports
from app.services.progress_reports import facts as report_facts
from app.services.progress_reports import rules as report_rules

EDITOR = "editor.unit"


async def participate(people: Acting, programme: str, entity: str) -> None:
    """An entity takes part in a national programme."""
    people.on(date(2025, 9, 7))
    await people.begin(
        EDITOR,
        "programme_participants.create",
        programme_queries.programme,
        people.known.programmes[programme],
        _join,
        people.known.entities[entity],
    )


async def _join(writer: Writer, actor: Actor, programme: Facts, entity_id: UUID, now: datetime) -> UUID:
    return await programmes.create(writer, actor, programme.id, entity_id, None, now)


async def initiative(people: Acting, told: Initiative) -> None:
    """An initiative from its proposal to its latest report, with its money."""
    people.on(told.proposed_on)
    known = people.known
    said = dict(told.said)
    effect = {
        "indicator_id": known.indicators[told.indicator],
        "expected": said.pop("expected"),
        "by_year": said.pop("by_year"),
        "note": None,
    }
    made = await people.begin(
        told.proposed_by,
        "initiatives.create",
        entities.facts,
        known.entities[told.entity],
        planning.create,
        {
            **said,
            "code": told.code,
            "classification": Classification.INTERNAL.value,
            "division_id": None,
            "programme_id": told.programme and known.programmes[told.programme],
            "programme_weight": None,
            "effects": [effect],
        },
    )
    await people.take(told.proposed_by, rules.SUBMIT, facts.one, made, commands.submit)
    if told.approved_by is not None and told.approved_on is not None:
        people.on(told.approved_on)
        await people.take(told.approved_by, rules.APPROVE, facts.one, made, commands.approve, NOTHING_SAID)
    for line in told.budgets:
        await _money(people, made, line)
    for report in told.reports:
        await _report(people, made, report)


async def _money(people: Acting, initiative_id: UUID, line: Budget) -> None:
    people.on(line.requested_on)
    await people.take(
        line.requested_by,
        rules.REQUEST_BUDGET,
        facts.one,
        initiative_id,
        unentitled(budget.request),
        line.year,
        line.source,
        line.requested,
        None,
    )
    if line.answered_by is not None and line.answered_on is not None:
        people.on(line.answered_on)
        await people.take(
            line.answered_by,
            rules.ANSWER_BUDGET,
            facts.one,
            initiative_id,
            unentitled(budget.answer),
            line.year,
            line.source,
            line.answer,
            line.approved,
            line.answered_on,
            line.letter,
        )
    if line.spent is not None and line.spent_on is not None:
        people.on(line.spent_on)
        await people.take(
            line.requested_by,
            rules.RECORD_SPENDING,
            facts.one,
            initiative_id,
            unentitled(budget.record_spending),
            line.year,
            line.source,
            line.spent,
            None,
        )


async def _report(people: Acting, initiative_id: UUID, report: Report) -> None:
    people.on(report.entered_on)
    made = await people.begin(
        report.entered_by,
        "progress_reports.create",
        facts.one,
        initiative_id,
        reports.create,
        {
            "as_of": report.as_of,
            "milestones": [{"number": number, "percent": percent} for number, percent in report.reached],
            "percent": None,
            "override_reason": None,
            "correction_reason": None,
            "forecast_end": report.forecast_end,
            "note": report.note,
        },
    )
    if report.submitted_on is not None:
        people.on(report.submitted_on)
        await people.take(report.entered_by, report_rules.SUBMIT, report_facts.one, made, reports.submit)
    for by, on, transition, command in (
        (report.reviewed_by, report.reviewed_on, report_rules.REVIEW, reports.review),
        (report.approved_by, report.approved_on, report_rules.APPROVE, reports.approve),
    ):
        if by is not None and on is not None:
            people.on(on)
            await people.take(by, transition, report_facts.one, made, command, NOTHING_SAID)


async def initiative_id(people: Acting, entity: str, code: str) -> UUID:
    """The id of an initiative that is there."""
    found: UUID = await people.owner.fetchval(
        "select id from initiatives where entity_id = $1 and code = $2", people.known.entities[entity], code
    )
    return found
