"""Who asks, or is told: one statement that loads the person's rights and sets the context of row-level security."""

import json
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, TextualSelect, Uuid, bindparam, column, text

from app.db import Lane, Query, Row, Writer
from app.parties import Actor, Delegated

_OF_A_SESSION = """
        from sessions s
        join users u on u.id = s.user_id"""
_OF_NOBODYS = """
        from (select cast(:session_id as uuid) as id, null::uuid as service_account_id) s
        cross join users u"""
_STANDS = "and s.revoked_at is null and s.expires_at > :now"


def _statement(*, locking: bool = False, asking: bool = True) -> TextualSelect:
    source, stands = (_OF_A_SESSION, _STANDS) if asking else (_OF_NOBODYS, "")
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
        {source}
        cross join lateral (
            select array(
                       -- To be a media representative gives no right by itself, not even on the entity.
                       select distinct party from held h, unnest(h.parties) party
                       where split_part(party, ':', 1) <> 'media_representative'
                       union
                       -- A representative answers for what they are assigned, and for nothing else.
                       select role || a.subject_id
                       from assigned a
                       cross join (values ('technical_representative:'), ('media_representative:')) r (role)
                       join held h on role || a.entity_id = any(h.parties)
                       union
                       select 'person:' || u.id
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
          {stands}
          and not exists (select from narrowed n where not n.stands)
        {share_of}
        """  # noqa: S608  # the only insertions are the literals above
        )
        .bindparams(
            bindparam("user_id", type_=Uuid),
            bindparam("session_id", type_=Uuid),
            bindparam("now", type_=DateTime(timezone=True)),
        )
        .columns(column("person_id"))
    )


_READING = Query(_statement)
_WRITING = Query(lambda: _statement(locking=True))
_TELLING = Query(lambda: _statement(asking=False))
_NO_SESSION = UUID(int=0)


async def load(lane: Lane, user_id: UUID, session_id: UUID, now: datetime) -> Actor | None:
    """The person behind a session that still stands, or None. Row-level security knows them from here on."""
    query = _WRITING if isinstance(lane, Writer) else _READING
    row = await lane.row(query, {"user_id": user_id, "session_id": session_id, "now": now})
    return None if row is None else _actor(row)


async def told(lane: Lane, user_id: UUID, now: datetime) -> Actor | None:
    """An active person as who they are now, without a session: what they may be told is what they could see. Row-level
    security knows them until the transaction ends, or the next person is loaded."""
    row = await lane.row(_TELLING, {"user_id": user_id, "session_id": _NO_SESSION, "now": now})
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
