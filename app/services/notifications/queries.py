"""What a person was told, newest first, and how they want to hear of it. Their own alone."""

import json
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Boolean, Integer, Uuid, bindparam, select

from app.db import Lane, Query
from app.models import Entity, Notification, Subject, User
from app.parties import Actor
from app.services import lifecycle, listing, sql
from app.services.documents import Document, with_actions
from app.services.people import me, visibility

_n, _s, _e, _u = Notification.__table__, Subject.__table__, Entity.__table__, User.__table__


@lru_cache(maxsize=8)
def _list(given: frozenset[str], *, after: bool) -> Query:
    where = [_n.c.person_id == visibility.PERSON]
    if "unread" in given:
        where.append(_n.c.read_at.is_(None) == bindparam("unread", type_=Boolean))
    if after:
        where.append(_n.c.id < bindparam("after_id", type_=Uuid))
    page = (
        select(
            _n.c.id,
            _n.c.reason,
            _n.c.subject_id,
            _s.c.kind,
            sql.obj(ar=_n.c.title_ar, en=_n.c.title_en).label("title"),
            _n.c.period,
            sql.ref(_e).label("entity"),
            _n.c.action,
            _n.c.due,
            _n.c.created_at,
            _n.c.read_at,
        )
        .select_from(_n.join(_s, _s.c.id == _n.c.subject_id).join(_e, _e.c.id == _n.c.entity_id))
        .where(*where)
        .order_by(_n.c.id.desc())
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "id"))


async def many(lane: Lane, actor: Actor, unread: bool | None, cursor: str | None, limit: int | None) -> bytes:
    """A page of what the person was told, the newest first; `unread`: only what they have not read, or only what
    they have. Of an entity that they no longer reach, nothing is shown."""
    return await listing.page(
        lane, _list, {"unread": unread}, {"id": UUID}, cursor, limit, actor_person=actor.person_id
    )


_SETTINGS = Query(lambda: select(_u.c.mail, _u.c.version).where(_u.c.id == visibility.PERSON))


async def settings(lane: Lane, actor: Actor) -> Document | None:
    """How the person wants to hear of what is new. It is a part of the person, and has their version."""
    row = await lane.row(_SETTINGS, {"actor_person": actor.person_id})
    if row is None:
        return None
    facts = me.facts_of(actor.person_id, row["version"])
    actions = [me.EDIT.action] if lifecycle.possible(actor, me.EDIT, facts) else []
    body = json.dumps({"email": row["mail"], "version": row["version"]})
    return Document(with_actions(body, actions), facts.version)
