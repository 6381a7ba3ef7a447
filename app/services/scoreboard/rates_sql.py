"""Completeness and timeliness of the lines of the scoreboard, over what was due in the last twelve months (Guide M-8)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    bindparam,
    case,
    func,
    not_,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.selectable import FromClause

from app.models import Indicator, Obligation, Priority
from app.services import sql
from app.services.obligations import queries as obligations
from app.services.obligations import state as due

_i: FromClause = Indicator.__table__
_p: FromClause = Priority.__table__
_FROM_DUE = bindparam("from_due", type_=Date)
"""The first day that counts: `rules.rated_since`."""


def with_rates(
    source: FromClause,
    board: FromClause,
    indicators: FromClause,
    keys: list[str],
    where: Sequence[ColumnElement[bool]],
) -> tuple[FromClause, dict[str, ColumnElement[Any]]]:
    """The lines `source` of the `board` with completeness and timeliness, where the reader sees all that is due of a line:
    of the `indicators` of which `where` holds, by these `keys`."""
    o = Obligation.__table__
    in_time, f = due.served_in_time(o), due.figure(o)
    window = (
        o.c.due_on >= _FROM_DUE,
        o.c.due_on < sql.TODAY,
        o.c.excused_at.is_(None),
        due.at_home(o),
        obligations.visible(o),
    )

    def counted(complete: ColumnElement[bool], timely: ColumnElement[bool]) -> Select[Any]:
        return select(
            o.c.indicator_id,
            func.count().label("due"),
            func.count().filter(complete).label("complete"),
            func.count().filter(timely).label("timely"),
        ).group_by(o.c.indicator_id)

    # Most of what is due came in time: of that nothing is looked up.
    settled = counted(true(), true()).where(*window, in_time)
    others = (
        counted(f.c.complete, due.timely(o, f)).select_from(o.join(f, true())).where(*window, not_(in_time))
    )
    each = union_all(settled, others).subquery("each_indicator")
    columns = {column.key: column for column in (_i.c.entity_id, _i.c.priority_id, _p.c.pillar_id)}
    grouped = [columns[key] for key in keys]
    counts = (
        select(*grouped, *(func.sum(each.c[name]).label(name) for name in ("due", "complete", "timely")))
        .select_from(indicators.join(each, each.c.indicator_id == _i.c.id))
        .where(*where)
        .group_by(*grouped)
        .subquery("counts")
    )
    same = [board.c[key].is_not_distinct_from(counts.c[key]) for key in keys]
    return source.outerjoin(counts, and_(true(), *same)), {
        name: case((board.c.at_home, sql.share(counts.c[part], counts.c.due)))
        for name, part in (("completeness", "complete"), ("timeliness", "timely"))
    }
