"""What is shown of the score of a result."""

import json
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, func, select
from sqlalchemy.sql.selectable import FromClause

from app.db import Row
from app.models import Score
from app.services import records, sql
from app.services.scores import live


def columns(r: FromClause, i: FromClause) -> list[ColumnElement[Any]]:
    """What `of` needs of the result `r` of the indicator `i`, under names that begin with `_`: the score that is kept,
    or what it would be made of."""
    s = sql.alias(Score, "its_score")
    kept = select(
        sql.obj(
            **{name: func.trim_scale(s.c[name]) for name in ("progress", "on_track")},
            light=s.c.light,
            **{name: func.trim_scale(s.c[name]) for name in ("expected_value", "expected_rank")},
            target_year=s.c.target_year,
            target_kind=s.c.target_kind,
            mean=func.trim_scale(s.c.mean),
        )
    ).where(s.c.result_id == r.c.id)
    said = cast(kept.scalar_subquery(), Text)
    return [said.label("_score"), case((said.is_(None), live.asked(r, i))).label("_scorable")]


COLUMNS = ("_score", "_scorable")


def of(row: Row) -> str:
    """The score of a result as JSON: as it is kept, or as it would be."""
    if row["score"] is not None:
        return str(row["score"])
    members = (f'"{name}":{_said(value)}' for name, value in live.score(row["scorable"]).items())
    return f"{{{','.join(members)}}}"


def _said(value: Any) -> str:
    """A member as PostgreSQL would write it: a number to its last digit."""
    return str(records.said(value)) if isinstance(value, Decimal) else json.dumps(value)
