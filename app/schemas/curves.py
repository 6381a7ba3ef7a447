"""Planned against actual progress, ready to plot."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums.initiatives import InitiativeStatus
from app.schemas.base import Number, Ref, View
from app.schemas.planned import Percent

_Of100 = Annotated[Number, Field(ge=0, le=100)]


class PlannedPoint(View):
    """How far it is to have come by the end of a day; between two points it is linear."""

    day: Annotated[date, Field(description="The day.")]
    percent: Annotated[_Of100, Field(description="Percent of the whole.")]


class ActualPoint(View):
    """How far an approved report says that it had come."""

    report_id: Annotated[UUID, Field(description="The report.")]
    day: Annotated[date, Field(description="The day of which it speaks.")]
    percent: Annotated[Percent, Field(description="Percent of the whole.")]
    forecast_end: Annotated[date | None, Field(description="When it was expected to end.")]


class CurveRead(View):
    """Planned against actual progress of an initiative."""

    initiative: Annotated[Ref, Field(description="The initiative.")]
    entity: Annotated[Ref, Field(description="The entity.")]
    status: Annotated[
        InitiativeStatus | None, Field(description="How it is doing today; null: never approved.")
    ]
    today: Annotated[date, Field(description="Today, in Oman's calendar.")]
    planned_percent: Annotated[
        _Of100 | None, Field(description="How far it was to have come by today, as approved.")
    ]
    percent: Annotated[Percent | None, Field(description="How far it has come, by the report approved last.")]
    planned: Annotated[
        list[PlannedPoint],
        Field(max_length=2000, description="The plan as it was approved; of a draft, as it stands."),
    ]
    revised: Annotated[
        list[PlannedPoint],
        Field(max_length=2000, description="The plan as it stands, where it was revised; else nothing."),
    ]
    actual: Annotated[
        list[ActualPoint],
        Field(max_length=600, description="The latest approved report of each day, the oldest first."),
    ]
