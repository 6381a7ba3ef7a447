"""Every select of people. Who may appoint may look people up; everybody sees themself."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Text,
    Uuid,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.sql.selectable import FromClause

from app.db import Lane, Query, Row
from app.enums import SubjectKind
from app.errors import Forbidden
from app.models import User
from app.parties import Actor, Facts
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.people import reach, rules

_u: FromClause = User.__table__

ID = bindparam("id", type_=Uuid)
READ = "users.read"
_MAY_LOOK_UP = bindparam("may_look_up", type_=Boolean)
_visible = or_(_MAY_LOOK_UP, _u.c.id == reach.PERSON)


def _item(u: FromClause) -> list[ColumnElement[Any]]:
    return [
        u.c.id,
        u.c.email,
        u.c.name_ar,
        u.c.name_en,
        u.c.language,
        u.c.is_active,
        u.c.password_hash.is_not(None).label("can_sign_in"),
        u.c.version,
    ]


_FACTS = ("_id", "_is_active", "_version")
_fact_columns = [_u.c[name.removeprefix("_")].label(name) for name in _FACTS]
_ONE = Query(lambda: sql.as_json(select(*_item(_u), *_fact_columns).where(_u.c.id == ID, _visible), *_FACTS))
_ONE_FACTS = Query(lambda: select(*_fact_columns).where(_u.c.id == ID, _visible))


def _params(actor: Actor) -> Mapping[str, Any]:
    return {"may_look_up": reach.anywhere(actor, READ), "actor_person": actor.person_id}


def _facts(row: Row, prefix: str) -> Facts:
    return Facts(
        kind=SubjectKind.USER,
        id=row[f"{prefix}id"],
        entity_id=None,
        state=rules.ACTIVE if row[f"{prefix}is_active"] else rules.BLOCKED,
        version=row[f"{prefix}version"],
    )


async def facts(lane: Lane, actor: Actor, user_id: UUID, now: datetime) -> Facts | None:
    """What the rules need to know of a person whom the actor may look up."""
    row = await lane.row(_ONE_FACTS, {**_params(actor), "id": user_id})
    return None if row is None else _facts(row, "_")


async def one(lane: Lane, actor: Actor, user_id: UUID) -> Document | None:
    """One person."""
    row = await lane.row(_ONE, {**_params(actor), "id": user_id})
    if row is None:
        return None
    facts = _facts(row, "")
    actions = [t.action for t in rules.USER_TRANSITIONS if lifecycle.possible(actor, t, facts)]
    return Document(with_actions(row["json"], actions), facts.version)


@dataclass(frozen=True)
class UserFilter:
    """What a list of people is narrowed to. `q`: words of the names or the e-mail, each of them contained."""

    q: str | None = None
    is_active: bool | None = None


@lru_cache(maxsize=32)
def _list(language: str, given: frozenset[str], *, after: bool) -> Query:
    space: ColumnElement[str] = literal_column("' '")
    searched = func.fold(func.concat(_u.c.name_ar, space, _u.c.name_en, space, _u.c.email), type_=Text)
    conditions: Mapping[str, ColumnElement[bool]] = {
        "q": sql.contains_words(searched),
        "is_active": _u.c.is_active == bindparam("is_active", type_=Boolean),
    }
    where = [condition for name, condition in conditions.items() if name in given]
    key = _key(_u, language)
    if after:
        last = _u.alias("last")
        position = (
            select(_key(last, language), last.c.id)
            .where(last.c.id == bindparam("after_id", type_=Uuid))
            .scalar_subquery()
        )
        where.append(tuple_(key, _u.c.id) > position)
    page = select(*_item(_u)).where(*where).order_by(key, _u.c.id).limit(bindparam("count", type_=Integer))
    return Query(lambda: sql.as_json(page, "id"))


def _key(u: FromClause, language: str) -> ColumnElement[Any]:
    return func.sort_key(u.c.name_ar if language == "ar" else u.c.name_en).collate("C")


async def many(
    lane: Lane, actor: Actor, asked: UserFilter, language: str, cursor: str | None, limit: int | None
) -> bytes:
    """A page of people as JSON, sorted by name in the reader's language. Raises Forbidden for who appoints
    nobody."""
    if not reach.anywhere(actor, READ):
        raise Forbidden()
    filters = {**asdict(asked), "language": language}
    return await listing.page(lane, partial(_list, language), filters, {"id": UUID}, cursor, limit)
