"""Work of the clock that keeps failing, for the administrator: what it is and how it failed, nothing of what it is
about."""

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    Select,
    Uuid,
    bindparam,
    func,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.sql.selectable import FromClause

from app import permissions
from app.db import Lane, Query
from app.enums.notifications import DeliveryState, MailState, Work
from app.models import Chore, Delivery, Mail, Outbox
from app.parties import Actor, Facts
from app.services import listing, sql

READ = "parked_jobs.read"


def _jobs() -> FromClause:
    o, m, d, c = Outbox.__table__, Mail.__table__, Delivery.__table__, Chore.__table__
    attempts = (
        select(func.count())
        .where(
            d.c.mail_id == m.c.id,
            d.c.begun_at >= m.c.counted_from,
            d.c.state != sql.const(DeliveryState.SENT),
        )
        .scalar_subquery()
    )
    events: Select[tuple[object, ...]] = select(
        o.c.id,
        sql.const(Work.TELL).label("what"),
        o.c.attempts.cast(Integer).label("attempts"),
        o.c.error.label("last_error"),
        o.c.parked_at.label("since"),
    ).where(o.c.parked_at.is_not(None))
    mails = select(m.c.id, sql.const(Work.MAIL), attempts.cast(Integer), m.c.error, m.c.ended_at).where(
        m.c.state == sql.const(MailState.PARKED)
    )
    chores = select(c.c.id, c.c.name, c.c.attempts.cast(Integer), c.c.error, c.c.failing_since)
    return union_all(events, mails, chores).subquery("job")


@lru_cache(maxsize=2)
def _list(_: frozenset[str], *, after: bool) -> Query:
    job = _jobs()
    position: tuple[ColumnElement[object], ...] = (job.c.since, job.c.id)
    page = (
        select(job.c.id, job.c.what, job.c.attempts, job.c.last_error, job.c.since)
        .where(
            *(
                [
                    tuple_(*position)
                    > tuple_(
                        bindparam("after_since", type_=DateTime(timezone=True)),
                        bindparam("after_id", type_=Uuid),
                    )
                ]
                if after
                else []
            )
        )
        .order_by(*position)
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "since", "id"))


async def many(lane: Lane, actor: Actor, cursor: str | None, limit: int | None) -> bytes:
    """A page of it, the longest failing first. Raises Forbidden for who is no administrator."""
    permissions.entitlement(actor, READ, Facts(kind="", id=actor.person_id, entity_id=None))
    return await listing.page(lane, _list, {}, {"since": datetime.fromisoformat, "id": UUID}, cursor, limit)
