"""Progress reports: how far an initiative has come by a day."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums import ChainState
from app.schemas.base import (
    Actions,
    Awaiting,
    Body,
    NextCursor,
    PersonRef,
    Ref,
    Version,
    View,
    Words,
    example,
)
from app.schemas.initiatives import InitiativeDecided
from app.schemas.planned import MilestoneNumber, Percent, PlanDay

_REACHED = {"number": 1, "percent": 60}
_AsOf = Annotated[PlanDay, Field(description="The day of which it speaks; none to come.")]
_PercentSaid = Annotated[
    Percent | None,
    Field(description="How far the whole has come, where that differs from what its milestones come to."),
]
_OverrideReason = Annotated[Words | None, Field(description="Why it differs from that; needed then.")]
_CorrectionReason = Annotated[
    Words | None, Field(description="Why a day before the one approved last is reported anew; needed then.")
]
_ForecastEnd = Annotated[PlanDay | None, Field(description="When it is expected to end.")]
_Note = Annotated[Words | None, Field(description="What was done, what hinders.")]


class MilestoneReached(Body):
    """How far a milestone has come."""

    model_config = example(**_REACHED)

    number: Annotated[MilestoneNumber, Field(description="The milestone's number.")]
    percent: Annotated[Percent, Field(description="Its own percent; 100 when it is reached.")]


_Reached = Annotated[
    list[MilestoneReached],
    Field(
        default_factory=list,
        max_length=200,
        description="The milestones that moved; the others stand as in the report approved last of its day or an earlier one.",
    ),
]


class ProgressReportCreate(Body):
    """A report."""

    model_config = example(
        as_of="2026-06-30",
        milestones=[_REACHED],
        forecast_end="2027-12-31",
        note="طُرحت المناقصة وفُتحت العروض",
    )

    as_of: _AsOf
    milestones: _Reached
    percent: _PercentSaid = None
    override_reason: _OverrideReason = None
    correction_reason: _CorrectionReason = None
    forecast_end: _ForecastEnd = None
    note: _Note = None


def _unsaid() -> date:
    """Stands for a day that a patch leaves out; only what is said is read."""
    return date(2000, 1, 1)


class ProgressReportPatch(Body):
    """A correction of a draft, as a JSON merge patch (RFC 7396): null empties a field; milestones that are not named
    stay as they are."""

    model_config = example(milestones=[_REACHED], note="أُسندت المناقصة")

    as_of: _AsOf = Field(default_factory=_unsaid)
    milestones: _Reached
    percent: _PercentSaid = None
    override_reason: _OverrideReason = None
    correction_reason: _CorrectionReason = None
    forecast_end: _ForecastEnd = None
    note: _Note = None


class MilestoneProgress(View):
    """How far a milestone had come by the day of the report."""

    number: Annotated[MilestoneNumber, Field(description="The milestone's number.")]
    percent: Annotated[Percent, Field(description="Its own percent.")]


class ProgressReportItem(View):
    """A progress report in a list."""

    id: Annotated[UUID, Field(description="Its id.")]
    initiative: Annotated[Ref, Field(description="The initiative.")]
    as_of: Annotated[date, Field(description="The day of which it speaks.")]
    state: Annotated[ChainState, Field(description="Where it stands on its way.")]
    percent: Annotated[Percent, Field(description="How far the whole has come.")]
    computed: Annotated[Percent, Field(description="What its milestones come to by their weights.")]
    forecast_end: Annotated[date | None, Field(description="When it is expected to end.")]
    recorded_at: Annotated[datetime, Field(description="When it was begun.")]
    approved_at: Annotated[datetime | None, Field(description="When it was approved.")]
    awaiting: Awaiting
    version: Version


class ProgressReportRead(ProgressReportItem):
    """One progress report, and what you may do with it now."""

    entity: Annotated[Ref, Field(description="The entity.")]
    milestones: Annotated[
        list[MilestoneProgress], Field(max_length=999, description="How far each milestone had come.")
    ]
    override_reason: _OverrideReason
    correction_reason: _CorrectionReason
    note: _Note
    entered_by: Annotated[PersonRef | None, Field(description="Who entered it.")]
    submitted_by: Annotated[PersonRef | None, Field(description="Who submitted it.")]
    submitted_at: Annotated[datetime | None, Field(description="When.")]
    reviewed_by: Annotated[PersonRef | None, Field(description="Who reviewed it.")]
    reviewed_at: Annotated[datetime | None, Field(description="When.")]
    approved_by: Annotated[PersonRef | None, Field(description="Who approved it.")]
    returned: Annotated[InitiativeDecided | None, Field(description="The last return, until it is approved.")]
    exceptional: Annotated[
        bool, Field(description="The head took a control step because four eyes left nobody.")
    ]
    actions: Actions


class ProgressReportList(View):
    """A page of progress reports."""

    items: Annotated[list[ProgressReportItem], Field(max_length=200, description="The latest day first.")]
    next_cursor: NextCursor
