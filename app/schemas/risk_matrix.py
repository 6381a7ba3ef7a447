"""The matrix of risks ready to draw, and what was learned from those that are over."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums.risks import RiskGrade, RiskKind, RiskMeasure, RiskStrategy
from app.schemas.base import Code, Name, NextCursor, PersonRef, Ref, View, Words
from app.schemas.risk_settings import RiskAxis
from app.schemas.risks import RiskSettingsRef, Score

_Total = Annotated[int, Field(ge=0, le=1_000_000)]
_Level = Annotated[int, Field(ge=1, le=5)]


class RiskCell(View):
    """A cell of the matrix."""

    probability: Annotated[_Level, Field(description="Its level on the axis of probability.")]
    impact: Annotated[_Level, Field(description="Its level on the axis of impact.")]
    score: Score
    grade: Annotated[RiskGrade, Field(description="The grade of that score.")]
    count: Annotated[_Total, Field(description="How many risks stand there.")]
    risk_ids: Annotated[
        list[Annotated[UUID, Field(description="A risk.")]],
        Field(max_length=20, description="The first of them."),
    ]


class RiskGradeCount(View):
    """How many risks are of a grade."""

    grade: Annotated[RiskGrade, Field(description="The grade.")]
    count: Annotated[_Total, Field(description="How many.")]


class RiskSettingsCount(RiskSettingsRef):
    """How many risks were assessed with another version of the settings."""

    count: Annotated[_Total, Field(description="How many.")]


class RiskMatrix(View):
    """The matrix of one version of the settings, over the risks that you may see and that may still happen."""

    entity: Annotated[Ref | None, Field(description="Of which entity; null: of all.")]
    of: Annotated[RiskMeasure, Field(description="By which levels.")]
    settings: Annotated[RiskSettingsRef, Field(description="The version whose matrix it is.")]
    probability: RiskAxis
    impact: RiskAxis
    cells: Annotated[list[RiskCell], Field(max_length=25, description="By probability, then by impact.")]
    by_grade: Annotated[list[RiskGradeCount], Field(max_length=4, description="The least grave first.")]
    total: Annotated[_Total, Field(description="In all cells.")]
    not_assessed: Annotated[_Total, Field(description="Of this version, without a residual assessment.")]
    other_settings: Annotated[
        list[RiskSettingsCount],
        Field(max_length=1000, description="Beside them: assessed with other versions, the newest first."),
    ]


class RiskRef(View):
    """A risk by its title."""

    id: Annotated[UUID, Field(description="Its id.")]
    code: Annotated[Code, Field(description="Its code.")]
    title: Annotated[Name, Field(description="What might have happened.")]


class RiskLesson(View):
    """What was learned from a risk that is over (K-5)."""

    risk: Annotated[RiskRef, Field(description="The risk.")]
    entity: Annotated[Ref, Field(description="Its entity.")]
    kind: Annotated[RiskKind, Field(description="What it came from.")]
    strategy: Annotated[RiskStrategy | None, Field(description="What was done about it.")]
    grade: Annotated[RiskGrade, Field(description="Its last grade.")]
    occurred: Annotated[bool, Field(description="It happened.")]
    lessons: Annotated[Words, Field(description="What was learned.")]
    closed_at: Annotated[datetime, Field(description="When it was closed.")]
    closed_by: Annotated[PersonRef, Field(description="Who closed it.")]


class RiskLessonList(View):
    """A page of lessons."""

    items: Annotated[list[RiskLesson], Field(max_length=200, description="The latest first.")]
    next_cursor: NextCursor
