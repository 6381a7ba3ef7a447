"""An entity's analysis of strengths, weaknesses, opportunities and threats."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums.risks import SwotKind
from app.schemas.base import Actions, Body, NextCursor, PersonRef, Ref, Version, View, Words, Year, example
from app.schemas.risk_matrix import RiskRef

_Year = Annotated[Year, Field(description="Of which year's analysis.")]
_Kind = Annotated[SwotKind, Field(description="Strength, weakness, opportunity or threat.")]
_Says = Annotated[Words, Field(description="What it is.")]
_RiskId = Annotated[UUID | None, Field(description="The risk that was registered for it.")]


class SwotEntryCreate(Body):
    """An entry of the analysis."""

    model_config = example(year=2026, kind="threat", says="ارتباط تنفيذ البرامج بمورّد واحد", risk_id=None)

    year: _Year
    kind: _Kind
    says: _Says
    risk_id: _RiskId = None


class SwotEntryPatch(Body):
    """A change of an entry, as a JSON merge patch (RFC 7396)."""

    model_config = example(says="ارتباط تنفيذ البرامج بمورّدَين فقط")

    year: _Year = Field(default_factory=lambda: 1900)
    kind: _Kind = Field(default_factory=lambda: SwotKind.THREAT)
    says: _Says = Field(default_factory=str)
    risk_id: _RiskId = None


class SwotEntryWithdrawal(Body):
    """Why an entry is taken out."""

    model_config = example(reason="ورد البند مكررًا في التحليل")

    reason: Annotated[Words, Field(description="Why; the history shows it.")]


class SwotEntryItem(View):
    """An entry of the analysis."""

    id: Annotated[UUID, Field(description="The entry's id.")]
    entity: Annotated[Ref, Field(description="Whose analysis.")]
    year: _Year
    kind: _Kind
    says: _Says
    risk: Annotated[
        RiskRef | None, Field(description="The risk that was registered for it, as far as you may see it.")
    ]
    written_by: Annotated[PersonRef, Field(description="Who wrote it.")]
    written_at: Annotated[datetime, Field(description="When.")]
    withdrawn_at: Annotated[datetime | None, Field(description="When it was taken out; null: it stands.")]
    version: Version


class SwotEntryRead(SwotEntryItem):
    """An entry, and what you may do to it."""

    withdrawn_by: Annotated[PersonRef | None, Field(description="Who took it out.")]
    actions: Actions


class SwotEntryList(View):
    """A page of entries."""

    items: Annotated[list[SwotEntryItem], Field(max_length=200, description="The latest year first.")]
    next_cursor: NextCursor
