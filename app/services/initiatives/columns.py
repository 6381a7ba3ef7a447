"""What an initiative says and has, as JSON: the same members wherever one is shown."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal_column, select
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.models import BudgetLine, Indicator, InitiativeEffect, Milestone, MilestoneBaseline
from app.services import sql


def milestones(i: FromClause) -> ScalarSelect[Any]:
    """The milestones by number, each with its dates and weight as they were approved."""
    m, b = sql.alias(Milestone), sql.alias(MilestoneBaseline)
    baseline = case(
        (
            b.c.number.is_not(None),
            sql.obj(weight=func.trim_scale(b.c.weight), starts_on=b.c.starts_on, due_on=b.c.due_on),
        )
    )
    item = sql.obj(
        number=m.c.number,
        title_ar=m.c.title_ar,
        title_en=m.c.title_en,
        weight=func.trim_scale(m.c.weight),
        starts_on=m.c.starts_on,
        due_on=m.c.due_on,
        acceptance=m.c.acceptance,
        depends_on=m.c.depends_on,
        done_on=m.c.done_on,
        baseline=baseline,
    )
    same = and_(b.c.initiative_id == m.c.initiative_id, b.c.number == m.c.number)
    return (
        select(sql.listed(item, m.c.number))
        .select_from(m.outerjoin(b, same))
        .where(m.c.initiative_id == i.c.id)
        .correlate(i)
        .scalar_subquery()
    )


def baseline_numbers(i: FromClause) -> ScalarSelect[Any]:
    """The numbers of the milestones that were approved with it, those that a revision took out since included."""
    b = sql.alias(MilestoneBaseline)
    return (
        select(func.coalesce(func.array_agg(b.c.number), literal_column("'{}'")))
        .where(b.c.initiative_id == i.c.id)
        .correlate(i)
        .scalar_subquery()
    )


def budget(i: FromClause) -> ScalarSelect[Any]:
    """The money by year and source, in Omani rials."""
    b = sql.alias(BudgetLine)
    item = sql.obj(
        year=b.c.year,
        source=b.c.source,
        requested=func.trim_scale(b.c.requested),
        answer=b.c.answer,
        answered_on=b.c.answered_on,
        letter_number=b.c.letter_number,
        approved=func.trim_scale(b.c.approved),
        spent=func.trim_scale(b.c.spent),
        overspent_reason=b.c.overspent_reason,
        note=b.c.note,
    )
    return (
        select(sql.listed(item, b.c.year, b.c.source))
        .where(b.c.initiative_id == i.c.id)
        .correlate(i)
        .scalar_subquery()
    )


def effects(i: FromClause) -> ScalarSelect[Any]:
    """The indicators that it moves. Their names are of the catalogue, or of the own entity."""
    f, moved = sql.alias(InitiativeEffect), sql.alias(Indicator)
    item = sql.obj(
        indicator=sql.ref(moved),
        unit_ar=moved.c.unit_ar,
        unit_en=moved.c.unit_en,
        expected=func.trim_scale(f.c.expected),
        by_year=f.c.by_year,
        note=f.c.note,
    )
    return (
        select(sql.listed(item, moved.c.code))
        .select_from(f.join(moved, moved.c.id == f.c.indicator_id))
        .where(f.c.initiative_id == i.c.id)
        .correlate(i)
        .scalar_subquery()
    )


def money(i: FromClause) -> ColumnElement[Any]:
    """The sums over all years and sources."""
    b = sql.alias(BudgetLine)

    def total(column: str) -> ColumnElement[Any]:
        return func.trim_scale(func.coalesce(func.sum(b.c[column]), literal_column("0")))

    return (
        select(sql.obj(requested=total("requested"), approved=total("approved"), spent=total("spent")))
        .where(b.c.initiative_id == i.c.id)
        .correlate(i)
        .scalar_subquery()
    )
