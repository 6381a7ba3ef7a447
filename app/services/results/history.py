"""The history of a figure: who did what when, and whom it waited for at each moment."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Integer, Uuid, and_, bindparam, false, func, literal_column, or_, select
from sqlalchemy.sql.selectable import FromClause

from app import paging
from app.db import Lane, Query
from app.enums import ChainState
from app.models import Event, Result, Wait
from app.parties import Actor
from app.services import sql
from app.services.people import visibility
from app.services.results.visibility import at_work, visible

_result: FromClause = Result.__table__

ID = bindparam("id", type_=Uuid)


def _history(*, after: bool) -> Query:
    asked, r = _result.alias("asked"), _result.alias("revision_of")
    event, wait = Event.__table__, Wait.__table__
    waited = (
        select(
            sql.listed(
                sql.obj(
                    party=sql.party_name(wait.c.party),
                    division=sql.party_division(wait.c.party),
                    action=wait.c.action,
                    substitute=wait.c.rank > literal_column("0"),
                    until=wait.c.closed_at,
                ),
                wait.c.rank,
            )
        )
        .where(wait.c.opened_by_event == event.c.id)
        .scalar_subquery()
    )
    field = func.jsonb_each(event.c.changes["fields"]).table_valued("key", "value", name="field")
    changes = (
        select(
            sql.listed(
                sql.obj(
                    field=field.c.key,
                    before=field.c.value.op("->>")(literal_column("0")),
                    after=field.c.value.op("->>")(literal_column("1")),
                ),
                field.c.key,
            )
        )
        .select_from(field)
        .scalar_subquery()
    )
    page = (
        select(
            r.c.id.label("result_id"),
            r.c.revision,
            event.c.at,
            event.c.action,
            event.c.from_state,
            event.c.to_state,
            sql.person(event.c.actor_id).label("actor"),
            sql.person(event.c.acting_for_id).label("acting_for"),
            event.c.reason,
            func.coalesce(event.c.changes["exceptional"].as_boolean(), false()).label("exceptional"),
            changes.label("changes"),
            waited.label("awaiting"),
            event.c.id.label("_event_id"),
        )
        .select_from(asked)
        .join(
            r,
            and_(
                r.c.indicator_id == asked.c.indicator_id,
                r.c.period_start == asked.c.period_start,
                r.c.period_end == asked.c.period_end,
            ),
        )
        .join(event, event.c.subject_id == r.c.id)
        .where(
            asked.c.id == ID,
            visible(asked),
            visible(r),
            # What went before the approval is for those who were at work on it (Guide V-3).
            or_(at_work(r), event.c.to_state == sql.const(ChainState.APPROVED)),
            *([event.c.id > bindparam("after_id", type_=BigInteger)] if after else []),
        )
        .order_by(event.c.id)
        .limit(bindparam("count", type_=Integer))
    )
    return Query(lambda: sql.as_json(page, "_event_id"))


_HISTORY, _HISTORY_AFTER = _history(after=False), _history(after=True)


async def many(
    lane: Lane, actor: Actor, result_id: UUID, cursor: str | None, limit: int | None, now: datetime
) -> bytes | None:
    """A page of the history of a figure, over all its visible revisions, oldest first; None: not visible."""
    filters = {"id": result_id}
    part = paging.page(cursor, limit, filters, (int,))
    params = {**visibility.of(actor), "now": now, "id": result_id, "count": part.limit + 1}
    if part.after is None:
        rows = await lane.rows(_HISTORY, params)
        if not rows:
            return None
    else:
        rows = await lane.rows(_HISTORY_AFTER, {**params, "after_id": part.after[0]})
    return paging.body(rows, part, filters, ("event_id",))
