"""Every select of obligations, always scoped to what the actor may see (Guide D-2, D-5)."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.sql.selectable import FromClause

from app import clock, permissions
from app.db import Lane, Query, Row
from app.enums import ChainState, ObligationState, Step, SubjectKind
from app.models import Division, Entity, Indicator, Obligation, Result
from app.parties import Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.obligations import rules
from app.services.obligations import state as standing
from app.services.obligations.awaiting import awaited
from app.services.people import visibility
from app.services.reopenings import rules as reopenings
from app.services.reopenings import standing as leaves
from app.services.results import visibility as results
from app.services.results.rules import CORRECT
from app.services.role_plans import chains

OWED: FromClause = Obligation.__table__
INDICATOR: FromClause = Indicator.__table__
ENTITY: FromClause = Entity.__table__
FIGURE: FromClause = standing.figure(OWED)

ID = bindparam("id", type_=Uuid)


def visible(o: FromClause) -> ColumnElement[bool]:
    """The one visibility rule of obligations: the people of the entity that owes, UNIT, and the partners of
    an accepted contribution. One that another schedule replaced is nobody's any more."""
    return and_(
        o.c.replaced_at.is_(None),
        or_(standing.at_home(o), o.c.indicator_id == any_(visibility.SHARED)),
    )


def mine(o: FromClause) -> ColumnElement[bool]:
    """One of the actor's parties enters the figure."""
    i = sql.alias(Indicator)
    # Whoever holds a party of an entity is of the entity, or of UNIT: that spares looking at all chains.
    near = or_(i.c.entity_id == any_(visibility.ENTITIES), visibility.NATIONAL)
    return o.c.indicator_id.in_(select(i.c.id).where(near, chains.enter_keys(i).overlap(visibility.KEYS)))


def joined() -> FromClause:
    """Obligations with their indicators, entities and figures."""
    return (
        OWED.join(INDICATOR, INDICATOR.c.id == OWED.c.indicator_id)
        .join(ENTITY, ENTITY.c.id == OWED.c.entity_id)
        .join(FIGURE, true())
    )


def params(actor: Actor, now: datetime) -> dict[str, Any]:
    """What every query of obligations is given."""
    return {**visibility.of(actor), "today": clock.day(now)}


def _item() -> list[ColumnElement[Any]]:
    r = sql.alias(Result)
    newest = (
        select(r.c.id)
        .where(
            r.c.indicator_id == OWED.c.indicator_id,
            r.c.period_start == OWED.c.period_start,
            r.c.period_end == OWED.c.period_end,
            r.c.state != sql.const(ChainState.DISCARDED),
            results.visible(r),
        )
        .order_by(r.c.revision.desc())
        .limit(literal_column("1"))
        .scalar_subquery()
    )
    return [
        OWED.c.id,
        sql.ref(INDICATOR).label("indicator"),
        sql.ref(ENTITY).label("entity"),
        sql.ref_by_id(Division.__table__, INDICATOR.c.division_id).label("division"),
        INDICATOR.c.entered_by,
        OWED.c.period,
        OWED.c.period_start,
        OWED.c.period_end,
        OWED.c.opens_on,
        OWED.c.due_on,
        OWED.c.late_until,
        OWED.c.closes_on,
        standing.state(OWED, FIGURE).label("state"),
        standing.closed(OWED).label("closed"),
        standing.reopened_until(OWED).label("reopened_until"),
        newest.label("result_id"),
        OWED.c.excuse,
        OWED.c.version,
    ]


def _fact_columns() -> list[ColumnElement[Any]]:
    return [
        OWED.c.id.label("_id"),
        OWED.c.entity_id.label("_entity_id"),
        OWED.c.version.label("_version"),
        OWED.c.excused_at.is_not(None).label("_excused"),
        chains.enter_keys(INDICATOR).label("_enter"),
        INDICATOR.c.level.label("_level"),
        INDICATOR.c.in_scorecard.label("_in_scorecard"),
        FIGURE.c.complete.label("_complete"),
        FIGURE.c.exists.label("_has_result"),
        and_(FIGURE.c.exists, awaited(OWED, FIGURE)).label("_awaits_final"),
        standing.closed(OWED).label("_closed"),
        standing.has_leave(OWED, leaves.stands).label("_has_reopening"),
        standing.has_leave(OWED).label("_has_leave"),
    ]


_FACTS = tuple(str(column.key) for column in _fact_columns())
_AREA = tuple(name.removeprefix("_") for name in _FACTS[_FACTS.index("_level") :])

_THIS = (OWED.c.id == ID, visible(OWED))
_DECIDED = (sql.person(OWED.c.excused_by_id).label("excused_by"), OWED.c.excused_at)
_ONE = Query(
    lambda: sql.as_json(
        select(*_item(), *_DECIDED, *_fact_columns()).select_from(joined()).where(*_THIS), *_FACTS
    )
)
_ONE_FACTS = Query(lambda: select(*_fact_columns()).select_from(joined()).where(*_THIS))


def _facts(row: Row, prefix: str) -> Facts:
    def said(name: str) -> Any:
        return row[f"{prefix}{name}"]

    grantor = reopenings.grantor(said("level"), in_scorecard=said("in_scorecard"))
    return Facts(
        kind=SubjectKind.OBLIGATION,
        id=said("id"),
        entity_id=said("entity_id"),
        state=rules.EXCUSED if said("excused") else rules.DUE,
        version=said("version"),
        # Who grants a leave also excuses.
        steps={Step.ENTER.value: tuple(said("enter")), **reopenings.steps(grantor, said("entity_id"))},
        row={name: said(name) for name in _AREA},
    )


async def facts(lane: Lane, actor: Actor, obligation_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of an obligation that the actor may see."""
    row = await lane.row(_ONE_FACTS, {**params(actor, now), "id": obligation_id})
    return None if row is None else _facts(row, "_")


async def one(lane: Lane, actor: Actor, obligation_id: UUID, now: datetime) -> Document | None:
    """One obligation."""
    row = await lane.row(_ONE, {**params(actor, now), "id": obligation_id})
    if row is None:
        return None
    found = _facts(row, "")
    actions = [
        transition.action
        for transition in rules.TRANSITIONS
        if lifecycle.possible(actor, transition, found) and rules.open_now(transition, found.row)
    ]
    if rules.can_be_entered(found.row) and permissions.allows(actor, rules.ENTER, found):
        actions.append(rules.ENTER)
    if found.row["awaits_final"] and permissions.allows(actor, CORRECT.action, found):
        actions.append(CORRECT.action)
    return Document(with_actions(row["json"], actions), found.version)


@dataclass(frozen=True)
class ObligationFilter:
    """What a list of obligations is narrowed to. `late`: late, overdue, or in review when even the time for
    late figures is over; `mine`: those that the person is to enter. Both are asked for or not given."""

    entity_id: UUID | None = None
    indicator_id: UUID | None = None
    division_id: UUID | None = None
    priority_id: UUID | None = None
    state: ObligationState | None = None
    period: str | None = None
    from_due: date | None = None
    to_due: date | None = None
    late: bool | None = None
    mine: bool | None = None


def narrowed(given: frozenset[str]) -> list[ColumnElement[bool]]:
    """The conditions of the filters that are given."""
    conditions: dict[str, ColumnElement[bool]] = {
        "entity_id": OWED.c.entity_id == bindparam("entity_id", type_=Uuid),
        "indicator_id": OWED.c.indicator_id == bindparam("indicator_id", type_=Uuid),
        "division_id": INDICATOR.c.division_id == bindparam("division_id", type_=Uuid),
        "priority_id": INDICATOR.c.priority_id == bindparam("priority_id", type_=Uuid),
        "state": standing.state(OWED, FIGURE) == bindparam("state", type_=Text),
        "period": OWED.c.period == bindparam("period", type_=Text),
        "from_due": OWED.c.due_on >= bindparam("from_due", type_=Date),
        "to_due": OWED.c.due_on <= bindparam("to_due", type_=Date),
        "late": standing.behind(OWED, FIGURE),
        "mine": mine(OWED),
    }
    return [condition for name, condition in conditions.items() if name in given]


@lru_cache(maxsize=256)
def _list(given: frozenset[str], *, after: bool) -> Query:
    where = [visible(OWED), *narrowed(given)]
    if after:
        last = tuple_(bindparam("after_due_on", type_=Date), bindparam("after_id", type_=Uuid))
        where.append(tuple_(OWED.c.due_on, OWED.c.id) > last)
    page = (
        select(*_item())
        .select_from(joined())
        .where(*where)
        .order_by(OWED.c.due_on, OWED.c.id)
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "due_on", "id"))


async def many(
    lane: Lane, actor: Actor, asked: ObligationFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of obligations as JSON, by due day. Raises Invalid for a span of due days that ends too early."""
    rules.check_due_days(asked.from_due, asked.to_due)
    position: dict[str, Callable[[str], Any]] = {"due_on": date.fromisoformat, "id": UUID}
    return await listing.page(lane, _list, asdict(asked), position, cursor, limit, **params(actor, now))
