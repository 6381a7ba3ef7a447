"""The statements by which `lifecycle` keeps what happened: events, the waits that they close and open, and the outbox."""

from functools import partial

from sqlalchemy import Uuid, bindparam, text

from app.db import Query

_EVENTS = """
        insert into events (subject_id, action, from_state, to_state, actor_id, acting_for_id,
                            service_account_id, reason, changes, at)
        select g.subject_id, cast(:action as text), g.from_state, cast(:to_state as text),
               cast(:actor_id as uuid), g.acting_for_id, cast(:service_account_id as uuid), g.reason,
               cast(g.changes as jsonb), cast(:at as timestamptz)
        from given g
"""
_EVENTS_AND_WAITS = f"""
    , recorded as (
        {_EVENTS}
        returning id, subject_id
    ),
    closed as (
        update waits w set closed_at = cast(:at as timestamptz), closed_by_event = r.id
        from recorded r
        where w.subject_id = r.subject_id and w.closed_at is null and cast(:moved as boolean)
        returning w.subject_id
    ),
    opened as (
        insert into waits (subject_id, entity_id, action, party, rank, due, opened_at, opened_by_event)
        select a.subject_id, a.entity_id, cast(:wait_action as text), a.party, a.rank, a.due,
               cast(:at as timestamptz), r.id
        from unnest(cast(:wait_subject_ids as uuid[]), cast(:wait_entity_ids as uuid[]),
                    cast(:wait_parties as text[]), cast(:wait_ranks as int[]), cast(:wait_dues as date[]))
             as a (subject_id, entity_id, party, rank, due)
        join recorded r using (subject_id)
        where (select count(*) from closed) >= 0  -- the old waits are closed before the new ones open
        returning subject_id
    ),
    told as (
        -- What opens a wait tells whom it waits for; what closes one, whoever worked on the thing.
        insert into outbox (event_id, due_at)
        select r.id, cast(:at as timestamptz)
        from recorded r
        where cast(:told as boolean)
           or r.subject_id in (select subject_id from opened union all select subject_id from closed)
        returning event_id
    )
    -- One job wakes the worker for all of them; the outbox says what is left to do.
    insert into jobs.pgqueuer (priority, entrypoint, status)
    select 0, 'tell', 'queued' where exists (select from told)
"""  # noqa: S608  # a constant of ours

_GIVEN = """
    given as (
        select * from unnest(cast(:subject_ids as uuid[]), cast(:from_states as text[]),
                             cast(:reasons as text[]), cast(:changes as text[]),
                             cast(:acting_for_ids as uuid[]))
        as g (subject_id, from_state, reason, changes, acting_for_id)
    )
"""

_BORN = """
    with born as (
        insert into subjects (id, kind, entity_id, created_at)
        select *, cast(:at as timestamptz)
        from unnest(cast(:subject_ids as uuid[]), cast(:kinds as text[]), cast(:entity_ids as uuid[]))
    ),
"""
_RECORD = {
    (new, quiet): Query(
        partial(text, (_BORN if new else "with") + _GIVEN + (_EVENTS if quiet else _EVENTS_AND_WAITS))
    )
    for new in (False, True)
    for quiet in (False, True)
}


def record(*, new: bool, quiet: bool) -> Query:
    """Keeps what happened to the subjects. `new`: it makes them; `quiet`: it leaves alone whom they wait for, and tells
    nobody."""
    return _RECORD[new, quiet]


NOTE = Query(
    lambda: text(
        """
    insert into events (subject_id, action, from_state, to_state, actor_id, acting_for_id,
                        service_account_id, reason, changes, at)
    values (:subject_id, :action, cast(:state as text), cast(:state as text), :actor_id, :acting_for_id,
            :service_account_id, :reason, cast(cast(:changes as text) as jsonb), :at)
    """
    )
)

WAIT_UNTIL = Query(
    lambda: text(
        """
    update waits w set due = g.due
    from unnest(cast(:subject_ids as uuid[]), cast(:dues as date[])) as g (subject_id, due)
    where w.subject_id = g.subject_id and w.closed_at is null
    """
    )
)
WAIT_NO_MORE = Query(
    lambda: text(
        """
    update waits w set closed_at = cast(:at as timestamptz),
           closed_by_event = (select max(e.id) from events e where e.subject_id = w.subject_id)
    where w.subject_id = any(cast(:subject_ids as uuid[])) and w.closed_at is null
    """
    )
)
WAIT_FOR = Query(
    lambda: text(
        """
    with latest as (select max(id) as id from events where subject_id = :subject_id),
    named as (
        select n.party, n.rank - 1 as rank
        from unnest(cast(:parties as text[])) with ordinality as n (party, rank)
    ),
    closed as (
        update waits w set closed_at = cast(:at as timestamptz), closed_by_event = l.id
        from latest l
        where w.subject_id = :subject_id and w.closed_at is null and w.party <> all(cast(:parties as text[]))
        returning w.id
    ),
    opened as (
        insert into waits (subject_id, entity_id, action, party, rank, due, opened_at, opened_by_event)
        select :subject_id, cast(:entity_id as uuid), cast(:action as text), n.party, n.rank, cast(:due as date),
               cast(:at as timestamptz), l.id
        from named n cross join latest l
        where (select count(*) from closed) >= 0
          and not exists (
              select from waits w
              where w.subject_id = :subject_id and w.closed_at is null and w.party = n.party
          )
        returning opened_by_event
    ),
    told as (
        insert into outbox (event_id, due_at)
        select distinct opened_by_event, cast(:at as timestamptz) from opened
        on conflict (event_id) do nothing
        returning event_id
    )
    insert into jobs.pgqueuer (priority, entrypoint, status)
    select 0, 'tell', 'queued' where exists (select from told)
    """
    ).bindparams(bindparam("subject_id", type_=Uuid))
)
