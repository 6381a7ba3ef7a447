"""What walks paths: one line for each kind of thing that has a row of its own, and what the engine asks of it in SQL.

An entity walks paths too, a year at a time; it has no state that a path moves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, Uuid, func, literal_column, null, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.selectable import FromClause, ScalarSelect
from sqlalchemy.types import Integer

from app.enums import SubjectKind
from app.enums.plans import PlanState
from app.enums.scorecards import ScorecardState
from app.models import Plan, Scorecard


@dataclass(frozen=True)
class Walked:
    """A kind of thing that walks paths. Its table has `state`, `version`, `year` and `edited_by`.

    `starts`: the states in which a path may begin.
    """

    kind: SubjectKind
    model: type[DeclarativeBase]
    starts: frozenset[str]


_ALL: tuple[Walked, ...] = (
    Walked(SubjectKind.PLAN, Plan, frozenset({PlanState.DRAFT.value})),
    Walked(SubjectKind.SCORECARD, Scorecard, frozenset({ScorecardState.DRAFT.value})),
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


def _asked(name: str, subject_id: ColumnElement[Any], otherwise: ColumnElement[Any]) -> ColumnElement[Any]:
    found: list[ScalarSelect[Any]] = []
    for walked in KINDS.values():
        table: FromClause = walked.model.__table__.alias()
        found.append(
            select(table.c[name]).where(table.c.id == subject_id).correlate_except(table).scalar_subquery()
        )
    return func.coalesce(*found, otherwise) if found else otherwise
