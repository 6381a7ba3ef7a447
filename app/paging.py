"""Keyset lists: an opaque cursor bound to its filters, and a primary-key tie-break."""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.db import Row
from app.errors import FieldError, Invalid, Text

DEFAULT_LIMIT = 50
MAXIMUM_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Page:
    """What part of a list is asked for: at most `limit` items after the position `after`."""

    limit: int
    after: tuple[Any, ...] | None


def page(
    cursor: str | None,
    limit: int | None,
    filters: Mapping[str, Any],
    position: Sequence[Callable[[str], Any]],
) -> Page:
    """Read the query parameters of a list; `limit` is brought to the maximum, never refused for it.

    `position` reads each part of the cursor's position from its text (UUID, date.fromisoformat ...).
    Raises Invalid when the cursor was made for other filters, or not by us.
    """
    after = None if cursor is None else _decode(cursor, _bound_to(filters), position)
    return Page(min(limit or DEFAULT_LIMIT, MAXIMUM_LIMIT), after)


def body(rows: Sequence[Row], asked: Page, filters: Mapping[str, Any], keys: Sequence[str]) -> bytes:
    """The list as JSON bytes. `rows` hold one more than the limit when there is a next page.

    Each row carries its item as `json` and its position in the columns `keys`.
    """
    shown = rows[: asked.limit]
    cursor = None
    if len(rows) > asked.limit:
        cursor = _encode([shown[-1][key] for key in keys], _bound_to(filters))
    items = ",".join(row["json"] for row in shown)
    return f'{{"items":[{items}],"next_cursor":{json.dumps(cursor)}}}'.encode()


def _bound_to(filters: Mapping[str, Any]) -> str:
    said = json.dumps(filters, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _encode(position: Sequence[Any], bound: str) -> str:
    raw = json.dumps([bound, *position], default=str, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def _storable(value: Any) -> Any:
    """The same value. Raises ValueError or OverflowError for what PostgreSQL has no place for."""
    if isinstance(value, str) and "\0" in value.encode().decode():
        raise ValueError("a text never holds NUL")
    if isinstance(value, int) and not 0 <= value < 2**63:
        raise OverflowError
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _decode(cursor: str, bound: str, position: Sequence[Callable[[str], Any]]) -> tuple[Any, ...]:
    try:
        said, *parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if said == bound:
            return tuple(_storable(read(part)) for read, part in zip(position, parts, strict=True))
    except (binascii.Error, ValueError, TypeError, AttributeError, OverflowError):
        pass
    raise Invalid(
        errors=(
            FieldError(
                "bad_cursor",
                Text(
                    "The cursor is not one of this list with these filters.",
                    "المؤشر لا يخص هذه القائمة بهذه المرشحات.",
                ),
                parameter="cursor",
            ),
        )
    )
