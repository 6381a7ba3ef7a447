"""Query parameters that the lists share."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator

from app.schemas.base import CURSOR, ONE_LINE, Instant
from app.schemas.people import Moment

CursorParam = Annotated[
    str | None,
    Query(alias="cursor", max_length=512, pattern=CURSOR, description="`next_cursor` of the page before."),
]
LimitParam = Annotated[
    int | None,
    Query(
        alias="limit",
        ge=1,
        le=1_000_000,
        description="Items per page, at most 200: more is brought down to it.",
    ),
]
SearchParam = Annotated[
    str | None,
    Query(
        alias="q",
        min_length=1,
        max_length=200,
        pattern=ONE_LINE,
        description="Words in Arabic or English, all of which the names contain; spelling of hamza, diacritics "
        "and digits does not matter.",
        examples=["معدل النمو"],
    ),
]
InForceAtParam = Annotated[
    Moment | None,
    Query(
        alias="in_force_at",
        description="What held at this moment (RFC 3339, with its offset); by default now.",
        examples=["2026-12-01T00:00:00+04:00"],
    ),
]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("beyond the calendar") from None


AsOfParam = Annotated[
    Annotated[Instant, AfterValidator(_in_utc)] | None,
    Query(
        alias="as_of",
        description="What was known at this moment (RFC 3339, with its offset).",
        examples=["2024-01-01T00:00:00Z"],
    ),
]
