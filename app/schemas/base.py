"""Types that the bodies of every area share."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

ONE_LINE = r"^[^\u0000-\u001f\u007f]*$"
MANY_LINES = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"
CURSOR = r"^[A-Za-z0-9_-]+$"
CODE = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
_RFC_3339 = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"


def _a_number(said: object) -> object:
    """A figure is a JSON number: neither "4.3" nor true."""
    if isinstance(said, str | bool):
        raise PydanticCustomError("number_type", "not a number")
    return said


def _as(form: str, fault: str) -> BeforeValidator:
    """Only text of this form: Pydantic alone would also read a number, or its digits, as seconds since 1970."""

    def check(said: object) -> object:
        if isinstance(said, str) and re.fullmatch(form, said, re.ASCII):
            return said
        if isinstance(said, date):  # made here, not sent
            return said
        raise PydanticCustomError(
            "string_pattern_mismatch" if isinstance(said, str) else fault, "not of the form"
        )

    return BeforeValidator(check)


def _a_real_day(said: date) -> date:
    """The database's driver keeps the first and the last day that there are as the infinities, which are no days."""
    if said in (date.min, date.max):
        raise PydanticCustomError("day_out_of_range", "beyond the calendar")
    return said


Number = Annotated[
    Decimal,
    BeforeValidator(_a_number),
    Field(allow_inf_nan=False, max_digits=24, decimal_places=10),
    WithJsonSchema({"type": "number", "format": "double"}),
]
"""A measurement: any finite JSON number of at most 14 digits before the point and 10 after it."""

_VISIBLE = r"[^\u0000-\u0020\u007f-\u00a0\u061c\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]"
"""No space, control or direction mark: what a reader can see."""
NOT_BLANK_LINE = rf"^[^\u0000-\u001f\u007f]*{_VISIBLE}[^\u0000-\u001f\u007f]*$"
NOT_BLANK = (
    rf"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*{_VISIBLE}"
    r"[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$"
)
Name = Annotated[str, Field(min_length=1, max_length=300, pattern=NOT_BLANK_LINE)]
Words = Annotated[str, Field(min_length=1, max_length=2000, pattern=NOT_BLANK)]
Line = Annotated[str, Field(max_length=1000, pattern=ONE_LINE)]
Code = Annotated[str, Field(min_length=1, max_length=60, pattern=CODE)]
Day = Annotated[date, _as(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "date_type"), AfterValidator(_a_real_day)]
"""A calendar day, YYYY-MM-DD."""
Instant = Annotated[AwareDatetime, _as(_RFC_3339, "datetime_type")]
"""A moment with its offset (RFC 3339, 5.6)."""
_HOUR = r"([01][0-9]|2[0-3]):[0-5][0-9]"
TimeOfDay = Annotated[
    time, _as(_HOUR, "time_type"), WithJsonSchema({"type": "string", "pattern": f"^{_HOUR}$", "maxLength": 5})
]
"""A time of the day in Oman, HH:MM."""
TimeSaid = Annotated[str, Field(pattern=f"^{_HOUR}$", max_length=5)]
"""The same in an answer."""
Whole = Annotated[int, Field(strict=True)]
"""A whole number that is sent: Pydantic alone would also read its digits, and true as 1."""
Truth = Annotated[bool, Field(strict=True)]
"""A yes or no that is sent: Pydantic alone would also read "yes", and 1."""
Count = Annotated[Whole, Field(ge=1, le=1_000_000)]
Year = Annotated[Whole, Field(ge=1900, le=2200)]
Version = Annotated[int, Field(ge=1, le=2_000_000_000, description="Rises with every change.")]
Cursor = Annotated[str, Field(max_length=512, pattern=CURSOR)]
NextCursor = Annotated[Cursor | None, Field(description="Send it back to read on; null at the end.")]
PeriodCode = Annotated[
    str,
    Field(
        max_length=7,
        pattern=r"^[0-9]{4}(-(S[12]|Q[1-4]|0[1-9]|1[0-2]))?$",
        description="A year, half, quarter or month: 2024, 2024-S1, 2024-Q3, 2024-05.",
        examples=["2024"],
    ),
]


class Body(BaseModel):
    """A request body: what it does not know, it refuses."""

    model_config = ConfigDict(extra="forbid")


class View(BaseModel):
    """A part of an answer. No field has a default: what is empty is said to be null."""

    model_config = ConfigDict(extra="forbid")


class Ref(View):
    """A thing by its names."""

    id: Annotated[UUID, Field(description="Its id.")]
    code: Annotated[Code, Field(description="Its code among people.")]
    name_ar: Annotated[Name, Field(description="Its Arabic name.")]
    name_en: Annotated[Name, Field(description="Its English name.")]


class PersonRef(View):
    """A person by name."""

    id: Annotated[UUID, Field(description="The person's id.")]
    name_ar: Annotated[Name, Field(description="The name in Arabic.")]
    name_en: Annotated[Name, Field(description="The name in English.")]


class AwaitedParty(View):
    """Whom a thing waits for, and for what."""

    party: Annotated[
        str,
        Field(
            max_length=40,
            pattern=r"^[a-z_]+$",
            description="The party: a role of the entity, `division`, or `unit`.",
            examples=["planning"],
        ),
    ]
    division: Annotated[Ref | None, Field(description="The division, where one is named.")]
    action: Annotated[
        str,
        Field(
            max_length=60,
            pattern=r"^[a-z_]+\.[a-z_]+$",
            description="What is awaited.",
            examples=["results.review"],
        ),
    ]
    substitute: Annotated[bool, Field(description="A stand-in for the party that the chain names first.")]
    since: Annotated[datetime, Field(description="Since when.")]
    due: Annotated[date | None, Field(description="Until when, in Oman's calendar; null: no date is set.")]


Awaiting = Annotated[list[AwaitedParty], Field(max_length=50, description="Whom it waits for now.")]

ActionName = Annotated[str, Field(max_length=60, pattern=r"^[a-z_]+\.[a-z_]+$")]
Actions = Annotated[
    list[ActionName],
    Field(max_length=50, description="What you may do with this now. Everything else would be refused."),
]


def example(**fields: Any) -> ConfigDict:
    """The configuration of a request body with its example."""
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [fields]})
