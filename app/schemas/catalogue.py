"""The national catalogue and the calendar, as they are read."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.enums.plans import DevelopmentPlanKind
from app.schemas.base import Code, Cursor, Line, Name, NextCursor, Ref, View, example

WORD = r"^[a-z][a-z_]*$"

Position = Annotated[int, Field(ge=1, le=1000, description="Its place in the order of the vision document.")]
Source = Annotated[Line, Field(description="Where its names and its place come from.")]
Word = Annotated[str, Field(max_length=40, pattern=WORD)]
Alone = Annotated[Cursor | None, Field(description="Null: the list is one page.")]

_PILLAR = {
    "id": "019aa7d2-51c0-7000-8000-000000000001",
    "code": "PIL2",
    "name_ar": "الاقتصاد والتنمية",
    "name_en": "Economy and Development",
}
_PRIORITY = {
    "id": "019aa7d2-51c0-7000-8000-000000000012",
    "code": "PR06",
    "name_ar": "التنويع الاقتصادي والاستدامة المالية",
    "name_en": "Economic Diversification and Fiscal Sustainability",
}
_EID = {"day": "2026-05-27", "name_ar": "عيد الأضحى", "name_en": "Eid al-Adha"}


class PillarRead(View):
    """A pillar of Oman Vision 2040."""

    model_config = example(**_PILLAR, position=2, source="https://www.oman2040.om/faq?lang=en")

    id: Annotated[UUID, Field(description="The pillar's id.")]
    code: Annotated[Code, Field(description="Its code among people.")]
    position: Position
    name_ar: Annotated[Name, Field(description="Its Arabic name.")]
    name_en: Annotated[Name, Field(description="Its English name.")]
    source: Source


class PillarList(View):
    """The pillars."""

    items: Annotated[list[PillarRead], Field(max_length=200, description="The pillars, in order.")]
    next_cursor: Alone


class PriorityRead(View):
    """A national priority of Oman Vision 2040."""

    model_config = example(
        **_PRIORITY,
        position=1,
        name_ar_translated=False,
        pillar=_PILLAR,
        source="https://www.oman2040.om/faq?lang=en",
    )

    id: Annotated[UUID, Field(description="The priority's id.")]
    code: Annotated[Code, Field(description="Its code among people.")]
    position: Position
    name_ar: Annotated[Name, Field(description="Its Arabic name.")]
    name_en: Annotated[Name, Field(description="Its English name.")]
    name_ar_translated: Annotated[bool, Field(description="True: the Arabic name is a translation of ours.")]
    pillar: Annotated[Ref, Field(description="The pillar that it stands under.")]
    source: Source


class PriorityList(View):
    """National priorities."""

    items: Annotated[
        list[PriorityRead],
        Field(max_length=200, description="The priorities, in the order of their pillars."),
    ]
    next_cursor: Alone


class ProgrammeRead(View):
    """A national programme, or a system that several entities share (Guide N-2)."""

    model_config = example(
        id="019aa7d2-51c0-7000-8000-000000000031",
        code="PG07",
        kind="national_programme",
        status="predecessor",
        name_ar="البرنامج الوطني للتوازن المالي (توازن)",
        name_en="National Programme for Fiscal Balance (Tawazun)",
        name_ar_translated=True,
        lead_entity=None,
        priority=_PRIORITY,
        period="2020-2024",
        source="https://www.oman2040.om/faq?lang=en",
    )

    id: Annotated[UUID, Field(description="The programme's id.")]
    code: Annotated[Code, Field(description="Its code among people.")]
    kind: Annotated[Word, Field(description="What it is: a national programme, a part of one, a system.")]
    status: Annotated[Word, Field(description="Whether it runs: `current`, or `predecessor` of another.")]
    name_ar: Annotated[Name, Field(description="Its Arabic name.")]
    name_en: Annotated[Name, Field(description="Its English name.")]
    name_ar_translated: Annotated[bool, Field(description="True: the Arabic name is a translation of ours.")]
    lead_entity: Annotated[Ref | None, Field(description="The entity that leads it; null: no source says.")]
    priority: Annotated[Ref | None, Field(description="The national priority that it serves.")]
    period: Annotated[Line | None, Field(description="When it runs, in the words of its source.")]
    source: Source


class ProgrammeList(View):
    """A page of programmes."""

    items: Annotated[list[ProgrammeRead], Field(max_length=200, description="The programmes, by name.")]
    next_cursor: NextCursor


class DevelopmentPlanRead(View):
    """A plan of the nation that annual plans serve: the Vision, a five-year plan, a part of one (Guide P-1)."""

    model_config = example(
        id="019aa7d2-51c0-7000-8000-000000000061",
        code="FYP11",
        kind="five_year",
        name_ar="خطة التنمية الخمسية الحادية عشرة",
        name_en="Eleventh five-year plan",
        starts_on="2026-01-01",
        ends_on="2030-12-31",
        part_of=None,
        legal_basis="Royal Decree 1/2026",
        source="https://qanoon.om/?p=41695 (Royal Decree 1/2026)",
    )

    id: Annotated[UUID, Field(description="The plan's id.")]
    code: Annotated[Code, Field(description="Its code among people.")]
    kind: Annotated[DevelopmentPlanKind, Field(description="What it is.")]
    name_ar: Annotated[Name, Field(description="Its Arabic name.")]
    name_en: Annotated[Name, Field(description="Its English name.")]
    starts_on: Annotated[date, Field(description="Its first day.")]
    ends_on: Annotated[date, Field(description="Its last day.")]
    part_of: Annotated[Ref | None, Field(description="The plan that it is a part of.")]
    legal_basis: Annotated[
        Line | None, Field(description="The decree that gives it force; null: none is known.")
    ]
    source: Source


class DevelopmentPlanList(View):
    """The plans of the nation."""

    items: Annotated[
        list[DevelopmentPlanRead], Field(max_length=200, description="The plans, by their first day.")
    ]
    next_cursor: Alone


class SkippedHoliday(View):
    """A public holiday that was not counted."""

    model_config = example(**_EID)

    day: Annotated[date, Field(description="The day.")]
    name_ar: Annotated[Name, Field(description="Its Arabic name.")]
    name_en: Annotated[Name, Field(description="Its English name.")]


class WorkingDayRead(View):
    """The working day so many working days after, or before, a day."""

    model_config = example(
        start="2026-05-25",
        days=1,
        date="2026-05-31",
        skipped=[
            {**_EID, "day": "2026-05-26"},
            _EID,
            {**_EID, "day": "2026-05-28"},
        ],
    )

    start: Annotated[date, Field(description="The day that was asked about; it is not counted.")]
    days: Annotated[int, Field(ge=-366, le=366, description="How many working days were counted.")]
    date: Annotated[date, Field(description="The working day that was found.")]
    skipped: Annotated[
        list[SkippedHoliday],
        Field(max_length=1000, description="The public holidays on the way that cost a working day."),
    ]
