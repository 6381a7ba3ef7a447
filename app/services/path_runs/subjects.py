"""What walks paths: one line for each kind of thing that has a row of its own, and what the engine asks of it in SQL.

An entity walks paths too, a year at a time; it has no state that a path moves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, Uuid, false, func, literal_column, null, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.selectable import FromClause, ScalarSelect
from sqlalchemy.types import Integer

from app.enums import Classification, SubjectKind
from app.enums.plans import PlanState
from app.enums.scorecards import ScorecardState
from app.models import Plan, Scorecard
from app.services import sql


@dataclass(frozen=True)
class Walked:
    """A kind of thing that walks paths. Its table has `state`, `version`, `year` and `edited_by`.

    `start`: the state in which a path begins. `takes_over`: the action by which it takes the place of the version that
    is in force.
    """

    kind: SubjectKind
    model: type[DeclarativeBase]
    start: str
    takes_over: str


_ALL: tuple[Walked, ...] = (
    Walked(SubjectKind.PLAN, Plan, PlanState.DRAFT.value, "plans.approve"),
    Walked(SubjectKind.SCORECARD, Scorecard, ScorecardState.DRAFT.value, "scorecards.agree"),
)
KINDS: Mapping[str, Walked] = {each.kind: each for each in _ALL}


def state_of(subject_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """Where the thing stands; null for an entity."""
    return _asked("state", subject_id, null()).cast(Text)


def year_of(subject_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """The year that the thing is of; null for an entity."""
    return _asked("year", subject_id, null()).cast(Integer)


def edited_by(subject_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """Who entered or edited the thing; nobody for an entity."""
    nobody: ColumnElement[Any] = literal_column("'{}'::uuid[]")
    return _asked("edited_by", subject_id, nobody).cast(ARRAY(Uuid))


def restricted(subject_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether only those named see the thing; what has no classification is open to its entity."""
    found: list[ColumnElement[bool]] = []
    for walked in KINDS.values():
        table: FromClause = sql.alias(walked.model)
        if "classification" in table.c:
            is_restricted = table.c.classification == sql.const(Classification.RESTRICTED)
            of_it: Select[Any] = select(literal_column("1")).where(table.c.id == subject_id, is_restricted)
            found.append(of_it.correlate_except(table).exists())
    return or_(false(), *found)


def _asked(name: str, subject_id: ColumnElement[Any], otherwise: ColumnElement[Any]) -> ColumnElement[Any]:
    found: list[ScalarSelect[Any]] = []
    for walked in KINDS.values():
        table: FromClause = sql.alias(walked.model)
        found.append(
            select(table.c[name]).where(table.c.id == subject_id).correlate_except(table).scalar_subquery()
        )
    return func.coalesce(*found, otherwise) if found else otherwise
