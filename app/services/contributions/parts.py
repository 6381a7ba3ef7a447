"""Which contributions stand, and how far the part of each has come in a period of the whole, in SQL."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Text,
    Uuid,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.sql.selectable import FromClause, ScalarSelect

from app.enums import ChainState, ContributionState, PartState
from app.models import Absence, Contribution, Entity
from app.services import sql


@dataclass(frozen=True)
class Part:
    """The part of one contribution, as expressions beside its row. `figure` is to be joined on true.

    `result_id`, `period`: the part's own latest figure of the whole's period that has left its draft;
    null where there is none. `absence`: why, where somebody explained it.
    """

    figure: FromClause
    state: ColumnElement[Any]
    result_id: ColumnElement[Any]
    period: ColumnElement[Any]
    absence: ColumnElement[Any]


def of_period(c: FromClause, starts: ColumnElement[Any], ends: ColumnElement[Any]) -> Part:
    """The part that contribution `c` has in the whole's period from `starts` to `ends`.

    A draft counts as missing: its numbers and its existence are the contributor's. What somebody
    explained stays hidden behind a figure that came after all.
    """
    figure = func.part_figure(c.c.part_id, starts, ends).table_valued(
        Column("result_id", Uuid), Column("state", Text), Column("period", Text), name="figure"
    )
    absence = sql.alias(Absence)
    explained = (
        select(absence.c.reason)
        .where(
            absence.c.contribution_id == c.c.id,
            absence.c.period_start == starts,
            absence.c.period_end == ends,
        )
        .correlate_except(absence)
        .scalar_subquery()
    )
    state = case(
        (figure.c.state == sql.const(ChainState.APPROVED), sql.const(PartState.APPROVED)),
        (figure.c.state.is_not(None), sql.const(PartState.PENDING)),
        (explained.is_not(None), sql.const(PartState.EXPLAINED)),
        else_=sql.const(PartState.MISSING),
    )
    return Part(
        figure,
        state,
        figure.c.result_id,
        figure.c.period,
        case((figure.c.result_id.is_(None), explained)),
    )


def is_accepted(c: FromClause) -> ColumnElement[bool]:
    """Whether the contribution stands, so that its part belongs to the whole."""
    return c.c.state == sql.const(ContributionState.ACCEPTED)


def stands(c: FromClause) -> ColumnElement[bool]:
    """Whether the contribution is offered or made."""
    return or_(is_accepted(c), c.c.state == sql.const(ContributionState.INVITED))


def has_contributors(i: FromClause) -> ColumnElement[bool]:
    """Whether any entity is invited to contribute to the indicator `i`, or does."""
    c = sql.alias(Contribution)
    found: Select[Any] = select(literal_column("1")).where(c.c.indicator_id == i.c.id, stands(c))
    return exists(found)


def of_result(r: FromClause) -> ScalarSelect[Any]:
    """The accepted parts of result `r` as they stand now: JSON text, as `rules.part` reads each."""
    c, e = sql.alias(Contribution), sql.alias(Entity)
    part = of_period(c, r.c.period_start, r.c.period_end)
    item = sql.obj(
        name_ar=e.c.name_ar,
        name_en=e.c.name_en,
        period=r.c.period,
        weight=func.trim_scale(c.c.weight).cast(Text),
        state=part.state,
    )
    return (
        select(sql.listed(item, c.c.id).cast(Text))
        .select_from(c.join(e, e.c.id == c.c.contributor_id).join(part.figure, true()))
        .where(c.c.indicator_id == r.c.indicator_id, is_accepted(c))
        .scalar_subquery()
    )
