"""Who asks: one statement that loads the person's rights and sets the context of row-level security."""

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, TextualSelect, Uuid, bindparam, column, text

from app.db import Lane, Query, Row, Writer
from app.parties import Actor, Delegated


def _statement(*, locking: bool) -> TextualSelect:
    # A decision holds the rights it rests on until it commits: whoever revokes them waits, or comes first.
    share = "for share" if locking else ""
    share_of = "for share of s, u" if locking else ""
    share_of_given = "for share of d, m" if locking else ""
    return (
        text(
            f"""
        with narrowed as (
            select a.actions, a.entity_id, a.ended_at is null and a.expires_at > :now as stands
            from sessions s join service_accounts a on a.id = s.service_account_id
            where s.id = :session_id
        ),
        held as (
            select m.entity_id, m.parties from memberships m
            where m.user_id = :user_id and m.starts_at <= :now and (m.ends_at is null or m.ends_at > :now)
              and not exists (
                  select from narrowed n
                  where n.entity_id is not null and n.entity_id is distinct from m.entity_id
              )
            {share}
        ),
        given as (
            select d.action, d.party, d.delegator_id
            from delegations d
            join users g on g.id = d.delegator_id and g.is_active
            join memberships m on m.user_id = d.delegator_id and d.party = any(m.parties)
                              and m.starts_at <= :now and (m.ends_at is null or m.ends_at > :now)
            where d.delegate_id = :user_id and d.starts_at <= :now and d.ends_at > :now
              and exists (select from held h where 'specialist:' || d.entity_id = any(h.parties))
            {share_of_given}
        ),
        assigned as (
            select t.subject_id, t.entity_id from assignments t
            where t.user_id = :user_id and t.starts_at <= :now and (t.ends_at is null or t.ends_at > :now)
              and t.entity_id in (select h.entity_id from held h)
            {share}
        )
        select u.id as person_id, s.id as session_id,
               s.service_account_id, (select n.actions from narrowed n) as only,
               r.keys, r.entity_ids, r.national,
               (select json_agg(json_build_array(g.action, g.party, g.delegator_id))::text from given g)
                   as delegated,
               array(select a.subject_id from assigned a) as assigned,
               p.indicator_ids as shared,
               set_config('app.entities', (r.entity_ids || p.entity_ids)::text, true) as reachable,
               set_config('app.national', case when r.national then 'on' else '' end, true) as nationwide
        from sessions s
        join users u on u.id = s.user_id
        cross join lateral (
            select array(
                       select distinct unnest(h.parties) from held h
                       union
                       -- A representative answers for what they are assigned, and for nothing else.
                       select 'technical_representative:' || a.subject_id
                       from assigned a join held h
                         on 'technical_representative:' || a.entity_id = any(h.parties)
                       union
                       select 'project_manager:' || i.id
                       from managed_by(:user_id, array(select h.entity_id from held h)) as i (id)
                   ) as keys,
                   array(select distinct h.entity_id from held h where h.entity_id is not null) as entity_ids,
                   exists (select from held h where 'unit' = any(h.parties)) as national
        ) r
        cross join lateral (
            select coalesce(array_agg(w.indicator_id) filter (where w.indicator_id is not null), '{{}}')
                       as indicator_ids,
                   coalesce(array_agg(w.entity_id), '{{}}') as entity_ids
            from shared_with(r.entity_ids) w
        ) p
        where s.id = :session_id and u.id = :user_id and u.is_active
          and s.revoked_at is null and s.expires_at > :now
          and not exists (select from narrowed n where not n.stands)
        {share_of}
        """  # noqa: S608  # the only insertions are the two literals above
        )
        .bindparams(
            bindparam("user_id", type_=Uuid),
            bindparam("session_id", type_=Uuid),
            bindparam("now", type_=DateTime(timezone=True)),
        )
        .columns(column("person_id"))
    )


_READING = Query(_statement(locking=False))
_WRITING = Query(_statement(locking=True))


async def load(lane: Lane, user_id: UUID, session_id: UUID, now: datetime) -> Actor | None:
    """The person behind a session that still stands, or None. Row-level security knows them from here on."""
    query = _WRITING if isinstance(lane, Writer) else _READING
    row = await lane.row(query, {"user_id": user_id, "session_id": session_id, "now": now})
    return None if row is None else _actor(row)


def _actor(row: Row) -> Actor:
    delegated = json.loads(row["delegated"] or "[]")
    return Actor(
        person_id=row["person_id"],
        session_id=row["session_id"],
        keys=frozenset(row["keys"]),
        entity_ids=frozenset(row["entity_ids"]),
        delegated=tuple(Delegated(action, party, UUID(delegator)) for action, party, delegator in delegated),
        assigned=frozenset(row["assigned"]),
        shared=frozenset(row["shared"]),
        national=row["national"],
        service_account_id=row["service_account_id"],
        only=None if row["only"] is None else frozenset(row["only"]),
    )
