"""What challenges and risks can be about (Guide X-6, K-1): one line for each kind of thing, what is told of one, and how
things are found by their kinds."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    Uuid,
    bindparam,
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

from app.db import Lane, Query, Row
from app.enums import Classification, SubjectKind
from app.models import Definition, Indicator, Initiative, Result, Subject
from app.parties import PROJECT_MANAGER, Actor, Facts
from app.services import sql
from app.services.definitions import queries as definitions
from app.services.indicators import queries as indicators
from app.services.initiatives import facts as initiatives
from app.services.loaders import Loader
from app.services.results import facts as results

NOBODY = literal_column("'{}'::text[]", ARRAY(Text))
"""No party."""


Finder = Callable[[Lane, Actor, UUID, datetime], Awaitable[tuple[Row, Facts] | None]]
"""What is told of the thing by an id, its entity among it, with its facts; None unless the actor may see it and it is of
a kind that is looked for."""


@dataclass(frozen=True)
class Concern:
    """A kind of thing that something can be about. `load`: the facts of one, through its area's own visibility;
    `row`: what `told` tells of one, by its id."""

    kind: SubjectKind
    load: Loader
    row: Callable[[ColumnElement[Any]], Select[Any]]


def told(
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
        (NOBODY if parties is None else parties).label("parties"),
    )


def _indicator(id_: ColumnElement[Any]) -> Select[Any]:
    i = Indicator.__table__.alias()
    return told(SubjectKind.INDICATOR, i, priority_id=i.c.priority_id).where(i.c.id == id_)


def _result(id_: ColumnElement[Any]) -> Select[Any]:
    r, i = Result.__table__.alias(), Indicator.__table__.alias()
    restricted = r.c.classification == sql.const(Classification.RESTRICTED)
    return (
        told(SubjectKind.RESULT, i, period=r.c.period, restricted=restricted, priority_id=i.c.priority_id)
        .select_from(r.join(i, i.c.id == r.c.indicator_id))
        .where(r.c.id == id_)
    )


def _definition(id_: ColumnElement[Any]) -> Select[Any]:
    d, i = Definition.__table__.alias(), Indicator.__table__.alias()
    return (
        told(SubjectKind.DEFINITION, i, priority_id=i.c.priority_id)
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
        else_=NOBODY,
    )
    restricted = i.c.classification == sql.const(Classification.RESTRICTED)
    return told(SubjectKind.INITIATIVE, i, restricted=restricted, parties=manager).where(i.c.id == id_)


KINDS: Mapping[str, Concern] = {
    each.kind: each
    for each in (
        Concern(SubjectKind.INDICATOR, indicators.entry_facts, _indicator),
        Concern(SubjectKind.RESULT, results.one, _result),
        Concern(SubjectKind.DEFINITION, definitions.facts, _definition),
        Concern(SubjectKind.INITIATIVE, initiatives.one, _initiative),
    )
}


def named(c: FromClause, column: str, kinds: Mapping[str, Concern], name: str) -> LateralFromClause:
    """The thing of one of these kinds that a column of `c` names, to be joined on true."""
    rows = [each.row(c.c[column]).correlate(c) for each in kinds.values()]
    return union_all(*rows).lateral(name)


def finder(kinds: Mapping[str, Concern]) -> Finder:
    """Finds things of these kinds. Made once, with the module."""
    s = Subject.__table__
    row = named(s, "id", kinds, "about")
    query = Query(
        lambda: (
            select(row, s.c.entity_id)
            .select_from(s.join(row, literal_column("true")))
            .where(s.c.id == bindparam("id", type_=Uuid))
        )
    )

    async def found(lane: Lane, actor: Actor, subject_id: UUID, now: datetime) -> tuple[Row, Facts] | None:
        row = await lane.row(query, {"id": subject_id})
        facts = None if row is None else await kinds[row["kind"]].load(lane, actor, subject_id, now)
        return None if row is None or facts is None else (row, facts)

    return found
