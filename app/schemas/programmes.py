"""National programmes that entities share: who takes part, and how far each part has come (Guide N-2)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums.initiatives import InitiativeKind, InitiativeState, InitiativeStatus
from app.schemas.base import Actions, Body, Code, Name, NextCursor, Number, Ref, Version, View, Words, example
from app.schemas.planned import Percent, PlanDay

_Planned = Annotated[
    Annotated[Number, Field(ge=0, le=100)] | None,
    Field(description="How far it was to have come by now, by the plans as they were approved."),
]
_Weight = Annotated[Number, Field(ge=0)]


class ParticipantCreate(Body):
    """An entity that takes part."""

    model_config = example(entity_id="019a0000-0000-7000-8000-000000000001", joined_on="2026-01-01")

    entity_id: Annotated[UUID, Field(description="The entity.")]
    joined_on: Annotated[PlanDay | None, Field(description="Since when; today unless said.")] = None


class ParticipantEnd(Body):
    """The end of an entity's part."""

    model_config = example(reason="انتقل الاختصاص إلى جهة أخرى", left_on="2026-12-31")

    reason: Annotated[Words, Field(description="Why.")]
    left_on: Annotated[PlanDay | None, Field(description="The first day without it; today unless said.")] = (
        None
    )


class ParticipantItem(View):
    """An entity's part in a programme, in a list."""

    id: Annotated[UUID, Field(description="Its id.")]
    programme: Annotated[Ref, Field(description="The programme.")]
    entity: Annotated[Ref, Field(description="The entity.")]
    joined_on: Annotated[date, Field(description="Since when it takes part.")]
    left_on: Annotated[date | None, Field(description="The first day without it; null: it takes part.")]
    version: Version


class ParticipantRead(ParticipantItem):
    """An entity's part in a programme, and what you may do with it now."""

    actions: Actions


class ParticipantList(View):
    """A page of the entities that take part."""

    items: Annotated[
        list[ParticipantItem], Field(max_length=200, description="In the order of their joining.")
    ]
    next_cursor: NextCursor


class PartInitiative(View):
    """An approved initiative that is a part of a programme."""

    id: Annotated[UUID, Field(description="Its id.")]
    code: Annotated[Code, Field(description="Its code in its entity.")]
    kind: Annotated[InitiativeKind, Field(description="What it is.")]
    state: Annotated[InitiativeState, Field(description="Where it stands in its life.")]
    status: Annotated[InitiativeStatus, Field(description="How it is doing today, by the published rule.")]
    name_ar: Annotated[Name, Field(description="Its name in Arabic.")]
    name_en: Annotated[Name, Field(description="Its name in English.")]
    starts_on: Annotated[date, Field(description="Its first day.")]
    ends_on: Annotated[date, Field(description="Its last day.")]
    forecast_end: Annotated[date | None, Field(description="When it is expected to end.")]
    weight: Annotated[
        _Weight | None,
        Field(
            description="How many times an ordinary initiative it counts; null: stopped, it counts nothing."
        ),
    ]
    percent: Annotated[Percent, Field(description="How far it has come, by the report approved last.")]
    planned_percent: _Planned


class ProgrammePart(View):
    """One entity's part of a programme."""

    entity: Annotated[Ref, Field(description="The entity.")]
    leads: Annotated[bool, Field(description="It leads the programme.")]
    joined_on: Annotated[date | None, Field(description="Since when it takes part; null for the lead.")]
    weight: Annotated[_Weight, Field(description="The weights of its initiatives together.")]
    percent: Annotated[Percent | None, Field(description="How far its part has come; null: there is none.")]
    planned_percent: _Planned
    initiatives: Annotated[
        list[PartInitiative], Field(max_length=1000, description="Its approved initiatives, by code.")
    ]


class ProgrammePartsRead(View):
    """How far each entity's part of a programme has come, and the whole."""

    programme: Annotated[Ref, Field(description="The programme.")]
    as_of: Annotated[date, Field(description="Today, in Oman's calendar.")]
    percent: Annotated[
        Percent | None, Field(description="The weighted mean of all initiatives; null: there is none.")
    ]
    planned_percent: _Planned
    parts: Annotated[list[ProgrammePart], Field(max_length=200, description="The lead first.")]
