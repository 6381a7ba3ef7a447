"""Every select of actions, always through their one visibility rule."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.sql.selectable import FromClause

from app.db import Lane, Query
from app.enums.actions import ActionSource, ActionState, OwnedBy
from app.models import ActionPostponement, Division, Entity
from app.parties import Actor
from app.services import lifecycle, listing, sql
from app.services.actions import columns, facts, rules
from app.services.actions.facts import A
from app.services.actions.visibility import nobody_left, open_, overdue, owned_by_division, visible
from app.services.challenges import subjects
from app.services.documents import Document, with_actions
from app.services.people import visibility

_e: FromClause = Entity.__table__
_LATEST = literal_column("'infinity'::date", Date)


def _awaiting() -> ColumnElement[Any]:
    """Open waits, and the head where four eyes leaves nobody who could confirm it."""
    return sql.awaiting_or_head(
        A.c.id, nobody_left(A), action=sql.const(rules.CONFIRM.action), since=A.c.reported_at
    )


def _item() -> list[ColumnElement[Any]]:
    return [
        A.c.id,
        A.c.code,
        A.c.title,
        sql.ref(_e).label("entity"),
        A.c.source,
        subjects.shown(A.c.source_id, facts.source).label("comes_from"),
        subjects.shown(A.c.about_id, facts.served).label("about"),
        A.c.classification,
        sql.ref_by_id(Division.__table__, A.c.division_id).label("division"),
        sql.person(A.c.owner_id).label("owner"),
        A.c.due,
        A.c.state,
        overdue(A).label("overdue"),
        sql.count(ActionPostponement, "action_id", A.c.id).label("postponed"),
        A.c.opened_at,
        A.c.reported_at,
        A.c.ended_at,
        _awaiting().label("awaiting"),
        A.c.version,
    ]


def _joined() -> FromClause:
    return facts.joined(A.join(_e, _e.c.id == A.c.entity_id))


_directive = case(
    (A.c.letter_number.is_not(None), sql.obj(**{name: A.c[name] for name in rules.OF_DIRECTIVE}))
)
_returned = case(
    (
        A.c.returned_at.is_not(None),
        sql.obj(by=sql.person(A.c.returned_by_id), at=A.c.returned_at, reason=A.c.return_reason),
    )
)
_ONE = Query(
    lambda: sql.as_json(
        select(
            *_item(),
            A.c.description,
            _directive.label("directive"),
            A.c.outcome,
            columns.notes(A).label("notes"),
            columns.postponements(A).label("postponements"),
            sql.person(A.c.opened_by_id).label("opened_by"),
            sql.person(A.c.accepted_by_id).label("accepted_by"),
            A.c.accepted_at,
            sql.person(A.c.reported_by_id).label("reported_by"),
            _returned.label("returned"),
            sql.person(A.c.ended_by_id).label("ended_by"),
            A.c.end_reason,
            A.c.exceptional,
            *facts.fact_columns(),
        )
        .select_from(_joined())
        .where(A.c.id == facts.ID, visible(A)),
        *facts.NAMES,
    )
)


async def one(lane: Lane, actor: Actor, action_id: UUID, now: datetime) -> Document | None:
    """One action with its notes and postponements, and what the actor may do with it now."""
    row = await lane.row(_ONE, {**facts.params(actor, now), "id": action_id})
    if row is None:
        return None
    found = facts.of(row)
    possible = [
        transition.action
        for transition in rules.TRANSITIONS
        if lifecycle.possible(actor, transition, found) and rules.open_now(transition, found.row)
    ]
    return Document(with_actions(row["json"], possible), found.version)


@dataclass(frozen=True)
class ActionFilter:
    """What a list of actions is narrowed to. `owner`: the reader, or a division of theirs; `open`: somebody still works on
    it; `due_before`: those due earlier; `q`: words of the title or code."""

    entity_id: UUID | None = None
    source: ActionSource | None = None
    source_id: UUID | None = None
    about_id: UUID | None = None
    division_id: UUID | None = None
    owner_id: UUID | None = None
    owner: OwnedBy | None = None
    state: ActionState | None = None
    open: bool | None = None
    overdue: bool | None = None
    due_before: date | None = None
    q: str | None = None


def narrowed(given: frozenset[str]) -> list[ColumnElement[bool]]:
    """The conditions of the filters that are given, over their parameters."""
    same = {
        **dict.fromkeys(("entity_id", "source_id", "about_id", "division_id", "owner_id"), Uuid),
        **dict.fromkeys(("source", "state"), Text),
    }
    mine = and_(A.c.owner_id.is_not(None), A.c.owner_id == visibility.PERSON)
    owner = bindparam("owner", type_=Text)
    conditions: dict[str, ColumnElement[bool]] = {
        **{name: A.c[name] == bindparam(name, type_=type_()) for name, type_ in same.items()},
        "owner": case((owner == sql.const(OwnedBy.ME), mine), else_=owned_by_division(A)),
        "open": open_(A) == bindparam("open", type_=Boolean),
        "overdue": overdue(A) == bindparam("overdue", type_=Boolean),
        "due_before": A.c.due < bindparam("due_before", type_=Date),
        "q": sql.contains_words(A.c.search_key),
    }
    return [condition for name, condition in conditions.items() if name in given]


@lru_cache(maxsize=128)
def _list(given: frozenset[str], *, after: bool) -> Query:
    # What is due first comes first; what has ended stands behind all of it.
    until = func.coalesce(case((open_(A), A.c.due)), _LATEST)
    where = [visible(A), *narrowed(given)]
    if after:
        position = tuple_(bindparam("after_until", type_=Date), bindparam("after_id", type_=Uuid))
        where.append(tuple_(until, A.c.id) > position)
    page = (
        select(*_item(), until.label("_until"))
        .select_from(_joined())
        .where(*where)
        .order_by(until, A.c.id)
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "_until", "id"))


async def many(
    lane: Lane, actor: Actor, asked: ActionFilter, cursor: str | None, limit: int | None, now: datetime
) -> bytes:
    """A page of the actions that the actor may see as JSON: what is due first comes first, what has ended last."""
    return await listing.page(
        lane,
        _list,
        asdict(asked),
        {"until": date.fromisoformat, "id": UUID},
        cursor,
        limit,
        **facts.params(actor, now),
    )
