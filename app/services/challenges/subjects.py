"""What a challenge can be about (Guide X-6): one line for each kind of thing, and what is told of one."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    Uuid,
    case,
    false,
    func,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.sql.selectable import FromClause, LateralFromClause

from app.enums import Classification, SubjectKind
from app.models import Definition, Indicator, Initiative, Result
from app.parties import PROJECT_MANAGER
from app.services import sql

_NOBODY = literal_column("'{}'::text[]", ARRAY(Text))


def _row(
    kind: SubjectKind,
    named: FromClause,
    *,
    period: ColumnElement[Any] | None = None,
    restricted: ColumnElement[bool] | None = None,
    parties: ColumnElement[Any] | None = None,
    priority_id: ColumnElement[Any] | None = None,
) -> Select[Any]:
    """`named`: what has its code, its names and the division in charge. `parties`: party keys of the thing's own that
    work on it beside that division."""
    return select(
        sql.const(kind).label("kind"),
        named.c.code.cast(Text).label("code"),
        named.c.name_ar.label("name_ar"),
        named.c.name_en.label("name_en"),
        (null() if period is None else period).cast(Text).label("period"),
        named.c.division_id.label("division_id"),
        (null() if priority_id is None else priority_id).cast(Uuid).label("priority_id"),
        (false() if restricted is None else restricted).label("restricted"),
        (_NOBODY if parties is None else parties).label("parties"),
    )


def _indicator(id_: ColumnElement[Any]) -> Select[Any]:
    i = Indicator.__table__.alias()
    return _row(SubjectKind.INDICATOR, i, priority_id=i.c.priority_id).where(i.c.id == id_)


def _result(id_: ColumnElement[Any]) -> Select[Any]:
    r, i = Result.__table__.alias(), Indicator.__table__.alias()
    restricted = r.c.classification == sql.const(Classification.RESTRICTED)
    return (
        _row(SubjectKind.RESULT, i, period=r.c.period, restricted=restricted, priority_id=i.c.priority_id)
        .select_from(r.join(i, i.c.id == r.c.indicator_id))
        .where(r.c.id == id_)
    )


def _definition(id_: ColumnElement[Any]) -> Select[Any]:
    d, i = Definition.__table__.alias(), Indicator.__table__.alias()
    return (
        _row(SubjectKind.DEFINITION, i, priority_id=i.c.priority_id)
        .select_from(d.join(i, i.c.id == d.c.indicator_id))
        .where(d.c.id == id_)
    )


def _initiative(id_: ColumnElement[Any]) -> Select[Any]:
    i = Initiative.__table__.alias()
    manager = case(
        (
            i.c.manager_id.is_not(None),
            array([func.concat(literal_column(f"'{PROJECT_MANAGER}:'"), i.c.id)]),
        ),
        else_=_NOBODY,
    )
    restricted = i.c.classification == sql.const(Classification.RESTRICTED)
    return _row(SubjectKind.INITIATIVE, i, restricted=restricted, parties=manager).where(i.c.id == id_)


KINDS: Mapping[SubjectKind, Callable[[ColumnElement[Any]], Select[Any]]] = {
    SubjectKind.INDICATOR: _indicator,
    SubjectKind.RESULT: _result,
    SubjectKind.DEFINITION: _definition,
    SubjectKind.INITIATIVE: _initiative,
}
"""What `_row` tells of one of each kind, by its id."""


def of(id_: ColumnElement[Any], beside: FromClause) -> LateralFromClause:
    """What is told of the thing by this id, which is a column of `beside`, to be joined on true: the columns of `_row`."""
    return union_all(*(row(id_).correlate(beside) for row in KINDS.values())).lateral("about")


def about(c: FromClause) -> LateralFromClause:
    """What the challenge `c` is about."""
    return of(c.c.about_id, c)
