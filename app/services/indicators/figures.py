"""The approved figures of an indicator that a reader may see: one revision of each period."""

from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql.selectable import FromClause

from app.enums import ChainState
from app.models import Result
from app.services import sql
from app.services.results.queries import narrowed
from app.services.results.visibility import visible


def of_each_period(i: FromClause, most: int, given: frozenset[str] = frozenset()) -> FromClause:
    """Of each period the latest revision, the newest period first, at most so many. `given`: the filters
    `from_period`, `to_period`, and `as_of`: the revision that was known then."""
    r = sql.alias(Result, "approved")
    order = [r.c.period_end.desc(), r.c.period_start.desc()]
    if "as_of" in given:
        order.append(r.c.known_from.desc())
    return (
        select(r)
        .ext(distinct_on(r.c.period_end, r.c.period_start))
        .where(*seen(r, i, given), *narrowed(r, given))
        .order_by(*order, r.c.revision.desc())
        .limit(literal_column(str(most)))
        .correlate(i)
        .lateral("figure")
    )


def seen(r: FromClause, i: FromClause, given: frozenset[str]) -> list[ColumnElement[bool]]:
    """That `r` is an approved revision of the indicator which the reader may see, known `as_of` where given."""
    known = [r.c.known_from <= sql.AS_OF] if "as_of" in given else []
    return [r.c.indicator_id == i.c.id, r.c.state == sql.const(ChainState.APPROVED), visible(r), *known]


def numbers(r: FromClause) -> dict[str, ColumnElement[Any]]:
    """What a revision says, as members of a JSON object."""
    return {
        "value": func.trim_scale(r.c.value),
        "rank": r.c.rank,
        "rank_of": r.c.rank_of,
        "obs_status": r.c.obs_status,
        "known_from": r.c.known_from,
    }
