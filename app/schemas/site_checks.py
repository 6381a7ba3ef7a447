"""Checks on the ground: what was found where an initiative is carried out."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums.initiatives import SiteCheckState
from app.schemas.base import (
    Actions,
    Body,
    Name,
    NextCursor,
    PersonRef,
    Ref,
    Truth,
    Version,
    View,
    Words,
    example,
)
from app.schemas.initiatives import InitiativeDecided
from app.schemas.planned import PlanDay

_Place = Annotated[Name, Field(description="Where.")]
_Findings = Annotated[Words, Field(description="What was found.")]
_Conforms = Annotated[Truth, Field(description="Whether that is what was planned, in quality and extent.")]


class SiteCheckCreate(Body):
    """A visit. Photographs are brought as evidence of it."""

    model_config = example(
        checked_on="2026-05-12",
        place="ولاية صحار، المنطقة الصناعية",
        findings="اكتملت أعمال الأساسات، والعمل في الطابق الأول مطابق للمخططات",
        conforms=True,
    )

    checked_on: Annotated[PlanDay, Field(description="The day; none to come.")]
    place: _Place
    findings: _Findings
    conforms: _Conforms


class SiteCheckWithdrawal(Body):
    """Why a check is taken back."""

    model_config = example(reason="سُجلت الزيارة على مبادرة أخرى خطأً")

    reason: Annotated[Words, Field(description="Why.")]


class SiteCheckItem(View):
    """A check in a list."""

    id: Annotated[UUID, Field(description="Its id.")]
    initiative: Annotated[Ref, Field(description="The initiative.")]
    checked_on: Annotated[date, Field(description="The day.")]
    place: _Place
    conforms: _Conforms
    state: Annotated[SiteCheckState, Field(description="Whether it stands.")]
    checked_by: Annotated[PersonRef, Field(description="Who was there.")]
    recorded_at: Annotated[datetime, Field(description="When it was recorded.")]
    version: Version


class SiteCheckRead(SiteCheckItem):
    """One check, and what you may do with it now."""

    entity: Annotated[Ref, Field(description="The entity.")]
    findings: _Findings
    withdrawn: Annotated[InitiativeDecided | None, Field(description="Why it was taken back.")]
    actions: Actions


class SiteCheckList(View):
    """A page of checks."""

    items: Annotated[list[SiteCheckItem], Field(max_length=200, description="The latest first.")]
    next_cursor: NextCursor
