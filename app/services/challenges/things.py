"""What challenges and risks can be about (Guide X-6, K-1): one line for each kind of thing, and what is told of one."""

from collections.abc import Callable, Mapping
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
from app.parties import PROJECT_MANAGER, Actor
from app.services import sql
from app.services.definitions import queries as definitions
from app.services.indicators import queries as indicators
from app.services.initiatives import facts as initiatives
from app.services.loaders import Loader
from app.services.results import facts as results

NOBODY = literal_column("'{}'::text[]", ARRAY(Text))
"""No party."""


@dataclass(frozen=True)
class Concern:
    """A kind of thing. `load`: the facts of one, through its area's own visibility; `row`: what `told` tells of one, by
    its id."""

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


def about(t: FromClause, kinds: Mapping[str, Concern] = KINDS) -> LateralFromClause:
    """What `t` is about, by its column `about_id`, to be joined on true: the columns of `told`."""
    rows = [each.row(t.c.about_id).correlate(t) for each in kinds.values()]
    return union_all(*rows).lateral("about")


def finding(kinds: Mapping[str, Concern]) -> Query:
    """What is told of a thing by its id, and its entity."""
    s = Subject.__table__
    rows = [each.row(s.c.id).correlate(s) for each in kinds.values()]
    found = union_all(*rows).lateral("about")
    return Query(
        select(found, s.c.entity_id)
        .select_from(s.join(found, literal_column("true")))
        .where(s.c.id == bindparam("id", type_=Uuid))
    )


async def seen(
    lane: Lane,
    actor: Actor,
    subject_id: UUID,
    now: datetime,
    found: Query,
    kinds: Mapping[str, Concern],
) -> Row | None:
    """What `found`, the `finding` of these kinds, tells of the thing by this id; None unless the actor may see it."""
    row = await lane.row(found, {"id": subject_id})
    if row is None or await kinds[row["kind"]].load(lane, actor, subject_id, now) is None:
        return None
    return row
