"""Public holidays: what is entered, corrected and read."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.schemas.base import Actions, Body, Cursor, Day, Name, Version, View, Words, example

_EID = {"day": "2026-05-27", "name_ar": "عيد الأضحى", "name_en": "Eid al-Adha", "estimated": False}
_ITEM = {"id": "019a0000-0000-7000-8000-000000000001", **_EID, "version": 1}
_NameAr = Annotated[Name, Field(description="Its Arabic name.")]
_NameEn = Annotated[Name, Field(description="Its English name.")]
_ESTIMATED = "True: it depends on the sighting of the moon and is not announced yet."


class HolidayCreate(Body):
    """A public holiday of Oman. One of several days is entered day by day."""

    model_config = example(**_EID)

    day: Annotated[Day, Field(description="The day; fixed, for another day is another holiday.")]
    name_ar: _NameAr
    name_en: _NameEn
    estimated: Annotated[bool, Field(strict=True, description=_ESTIMATED)] = False


class HolidayPatch(Body):
    """A correction of a public holiday, as a JSON merge patch (RFC 7396). Its day stays."""

    model_config = example(estimated=False)

    name_ar: _NameAr = Field(default_factory=str)
    name_en: _NameEn = Field(default_factory=str)
    estimated: Annotated[bool, Field(strict=True, description=_ESTIMATED)] = Field(default_factory=bool)


class HolidayCancel(Body):
    """Why a public holiday is cancelled."""

    model_config = example(reason="ثبتت رؤية الهلال، فالعيد في اليوم السابق")

    reason: Annotated[Words, Field(description="Why; the history shows it.")]


class HolidayItem(View):
    """A public holiday of Oman."""

    model_config = example(**_ITEM)

    id: Annotated[UUID, Field(description="The holiday's id.")]
    day: Annotated[date, Field(description="The day.")]
    name_ar: _NameAr
    name_en: _NameEn
    estimated: Annotated[bool, Field(description=_ESTIMATED)]
    version: Version


class HolidayRead(HolidayItem):
    """A public holiday, and what you may do to it."""

    model_config = example(**_ITEM, cancelled_at=None, moved=37, actions=["holidays.edit", "holidays.cancel"])

    cancelled_at: Annotated[datetime | None, Field(description="When it was cancelled; null: it holds.")]
    moved: Annotated[
        int | None,
        Field(
            ge=0,
            le=1_000_000_000,
            description="How many obligations got other days when it was entered, or cancelled; null: it was loaded.",
        ),
    ]
    actions: Actions


class HolidayList(View):
    """The public holidays of a year."""

    items: Annotated[list[HolidayItem], Field(max_length=200, description="The holidays, by date.")]
    next_cursor: Annotated[Cursor | None, Field(description="Null: the list is one page.")]
