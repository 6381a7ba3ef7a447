"""The one way a list is read: filters, a keyset page, and PostgreSQL's JSON as the answer."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from app import paging
from app.db import Lane, Query
from app.errors import NotFound


class Build(Protocol):
    """Makes the query of a list for the filters that are given, compiled once for each set of them."""

    def __call__(self, given: frozenset[str], *, after: bool) -> Query:
        """`after`: from a position on, in the parameters `after_<key>`; `count`: the most rows to read."""
        ...


async def page(
    lane: Lane,
    build: Build,
    filters: Mapping[str, Any],
    position: Mapping[str, Callable[[str], Any]],
    cursor: str | None,
    limit: int | None,
    *,
    below: bool = False,
    **params: Any,
) -> bytes:
    """A page as JSON bytes. `filters` that are None are not asked for; the others are parameters too.

    `position`: the columns that tell where a page ends, in the order of the list, each with what reads it
    from a cursor's text. `params`: what else the query takes. `below`: what is listed belongs to one thing,
    and the query gives no row where that is not visible, and one without an item where it has none. Raises
    Invalid for a foreign cursor; NotFound.
    """
    given = {name: value for name, value in filters.items() if value is not None}
    part = paging.page(cursor, limit, given, tuple(position.values()))
    asked = {**params, **given, "count": part.limit + 1}
    if part.after is not None:
        asked |= {f"after_{key}": value for key, value in zip(position, part.after, strict=True)}
    rows = await lane.rows(build(frozenset(given), after=part.after is not None), asked)
    if below and not rows:
        raise NotFound()
    return paging.body([row for row in rows if row["json"] is not None], part, given, tuple(position))
