"""Who is told of an event: the worker expands a row of the outbox to one notification for each person.

Told are the people for whom the thing waits from now on, of what was decided those who worked on it, of a stage that
ended well those whom it informs, and of when it takes place those who are invited; never who did it themselves, and nobody
who may not see it. A row is one transaction:
it is gone when they are told.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import structlog
from sqlalchemy import BigInteger, Text, any_, bindparam, column, func, literal_column, select, text, true
from sqlalchemy.dialects.postgresql import ARRAY

from app import clock, ids, permissions
from app.db import Compilable, Database, Query, Row, Writer
from app.enums import SubjectKind
from app.enums.notifications import Reason
from app.models import Event, Subject, Wait
from app.parties import Actor
from app.services.calendar import queries as calendar
from app.services.inbox import kinds
from app.services.inbox import queries as inbox
from app.services.notifications import inviting, rules, seeing, trouble
from app.services.notifications.seeing import Note
from app.services.obligations import awaiting
from app.services.path_runs import informing
from app.services.path_runs.informing import Informed
from app.services.people import actor as actors

log = structlog.get_logger("worker")

_CONTROL = sorted(rule.action for rule in permissions.RULES.values() if rule.control)

_NOBODY = Actor(UUID(int=0), UUID(int=0), frozenset(), frozenset(), national=True)
"""For whom a title is looked up that is then shown to who may see it."""

_CLAIM = Query(
    lambda: text(
        """
        select o.event_id, o.attempts, e.subject_id, e.action, e.to_state, e.actor_id, s.kind
        from outbox o join events e on e.id = o.event_id join subjects s on s.id = e.subject_id
        where o.parked_at is null and o.due_at <= cast(:now as timestamptz)
        order by o.due_at, o.event_id limit 1
        for update of o skip locked
        """
    ).columns(column("event_id"))
)
_DONE = Query(lambda: text("delete from outbox where event_id = cast(:event_id as bigint)"))

HOLDERS = """
    select m.user_id
    from memberships m
    where m.starts_at <= cast(:now as timestamptz)
      and (m.ends_at is null or m.ends_at > cast(:now as timestamptz))
      and m.parties && array(
          select w.party from waiting w
          union select 'head:' || w.entity_id from waiting w
          union select 'head_office:' || w.entity_id from waiting w
      )
    union
    select d.delegate_id
    from delegations d join waiting w on w.party = d.party and w.action = d.action
    where d.starts_at <= cast(:now as timestamptz) and d.ends_at > cast(:now as timestamptz)
    union
    select a.user_id
    from assignments a join waiting w on w.subject_id = a.subject_id
    where a.starts_at <= cast(:now as timestamptz)
      and (a.ends_at is null or a.ends_at > cast(:now as timestamptz))
    union
    select cast(split_part(w.party, ':', 2) as uuid)
    from waiting w where split_part(w.party, ':', 1) = 'person'
"""
"""Who may be meant by the waits in `waiting`: the holders of their parties, delegates, who is assigned, the person who is
named, and who leads the entity, for it decides where nobody else is left. Whether one is, their inbox says."""

_AWAITED = Query(
    lambda: text(
        f"""
        with waiting as (
            select w.party, w.action, w.subject_id, w.entity_id from waits w
            where w.subject_id = cast(:subject_id as uuid) and w.opened_by_event = cast(:event_id as bigint)
              and w.closed_at is null
        )
        {HOLDERS}
        """  # noqa: S608  # a constant of ours
    ).columns(column("user_id"))
)
_INFORMED = Query(
    lambda: text(
        f"""
        with waiting as (
            select i.party, null::text as action, cast(:subject_id as uuid) as subject_id,
                   cast(:entity_id as uuid) as entity_id
            from unnest(cast(:parties as text[])) as i (party)
        )
        {HOLDERS}
        """  # noqa: S608  # a constant of ours
    ).columns(column("user_id"))
)
"""Who may be meant by parties that are told, though nothing waits for them. Whether one is, their own parties say."""
_INVOLVED = Query(
    lambda: (
        select(Event.actor_id.label("user_id"))
        .distinct()
        .where(
            Event.subject_id == bindparam("subject_id"),
            Event.id < bindparam("event_id", type_=BigInteger),
            Event.actor_id.is_not(None),
            ~(Event.action == any_(bindparam("control", type_=ARRAY(Text)))),
        )
    )
)


def _what() -> Compilable:
    """What the thing of an event is called. Its entity is that of the waits which the event opened or closed, where it
    did."""
    s, w = Subject.__table__, Wait.__table__
    event = bindparam("event_id", type_=BigInteger)
    of_waits = (
        select(w.c.entity_id)
        .where(w.c.subject_id == s.c.id, (w.c.opened_by_event == event) | (w.c.closed_by_event == event))
        .limit(literal_column("1"))
        .correlate(s)
        .scalar_subquery()
    )
    entity_id = func.coalesce(of_waits, s.c.entity_id).label("entity_id")
    of = select(s.c.id.label("subject_id"), s.c.kind, entity_id).where(s.c.id == bindparam("subject_id"))
    it = of.subquery("it")
    about = kinds.called(it, it)
    return select(it.c.entity_id, about.c.title_ar, about.c.title_en, about.c.period).select_from(
        it.join(about, true())
    )


_ABOUT = Query(_what)
_INSERT = Query(
    lambda: text(
        """
        with made as (
            insert into notifications (id, person_id, reason, subject_id, entity_id, event_id, action,
                                       title_ar, title_en, period, due, created_at, mail_due_at)
            select g.id, g.person_id, g.reason, g.subject_id, g.entity_id, g.event_id, g.action,
                   g.title_ar, g.title_en, g.period, g.due, cast(:now as timestamptz),
                   case when cast(:mailing as boolean) then
                       case u.mail when 'at_once' then cast(:now as timestamptz)
                                   when 'daily' then cast(:digest as timestamptz) end
                   end
            from unnest(cast(:ids as uuid[]), cast(:people as uuid[]), cast(:reasons as text[]),
                        cast(:subjects as uuid[]), cast(:entities as uuid[]), cast(:events as bigint[]),
                        cast(:actions as text[]), cast(:titles_ar as text[]), cast(:titles_en as text[]),
                        cast(:periods as text[]), cast(:dues as date[]))
                 as g (id, person_id, reason, subject_id, entity_id, event_id, action,
                       title_ar, title_en, period, due)
            join users u on u.id = g.person_id
            on conflict (person_id, event_id, reason) do nothing
            returning mail_due_at
        ),
        woken as (
            insert into jobs.pgqueuer (priority, entrypoint, status)
            select 0, 'mail', 'queued'
            where exists (select from made m where m.mail_due_at <= cast(:now as timestamptz))
        )
        select count(*) as made from made
        """
    ).columns(column("made"))
)


async def tell_all(database: Database, *, mailing: bool) -> int:
    """Expand what is due in the outbox, one row after the other; answers how many. `mailing`: mail can go out.

    A row that fails is tried again after a pause, and parked after the last try. Raises what the connection does.
    """
    done = 0
    while await _tell_one(database, mailing=mailing):
        done += 1
    return done


async def _tell_one(database: Database, *, mailing: bool) -> bool:
    now = clock.now()
    row: Row | None = None
    try:
        async with seeing.everywhere(database) as lane:
            row = await lane.row(_CLAIM, {"now": now})
            if row is None:
                return False
            made = await _expand(lane, row, now, mailing=mailing)
            await lane.rows(_DONE, {"event_id": row["event_id"]})
        log.info("told", event_id=row["event_id"], people=made)
    except trouble.AWAY:
        raise
    except Exception as fault:
        if row is None:
            raise
        await trouble.of_event(database, row["event_id"], row["attempts"] + 1, fault, now)
    return True


async def _expand(lane: Writer, event: Row, now: datetime, *, mailing: bool) -> int:
    subject_id, event_id, kind = event["subject_id"], event["event_id"], SubjectKind(event["kind"])
    about = await lane.row(
        _ABOUT, {**inbox.params(_NOBODY, now), "subject_id": subject_id, "event_id": event_id}
    )
    if about is None:  # its kind is shown in no inbox, or somebody has begun what is due
        return 0
    asked = {"subject_id": subject_id, "event_id": event_id}
    awaited = {row["user_id"] for row in await lane.rows(_AWAITED, {**asked, "now": now})}
    involved: set[UUID] = set()
    if event["action"] != awaiting.AWAIT:  # in which nothing is done
        involved = {row["user_id"] for row in await lane.rows(_INVOLVED, {**asked, "control": _CONTROL})}
    invited = await inviting.people(lane, kind, subject_id, event["action"])
    informs = await informing.informed(lane, kind, subject_id, event["to_state"])
    informed = set() if informs is None else await _holders(lane, informs, now)
    told: list[tuple[UUID, Note]] = []
    for person_id in sorted((awaited | involved | informed | invited.keys()) - {event["actor_id"]}):
        actor = await actors.told(lane, person_id, now)
        if actor is None:
            continue
        waiting = await seeing.waiting(lane, actor, [subject_id], [event_id], now)
        if event_id in waiting:
            told.append((person_id, Note.of(waiting[event_id], Reason.AWAITED, kind)))
            continue
        is_informed = informs is not None and not informs.parties.isdisjoint(actor.keys)
        if (person_id in involved or person_id in invited or is_informed) and await seeing.sees(
            lane, actor, kind, subject_id, now
        ):
            reason = Reason.INVITED if person_id in invited else Reason.TOLD
            told.append((person_id, _done(event, about, kind, reason, invited.get(person_id))))
    return await insert(lane, told, now, mailing=mailing)


async def _holders(lane: Writer, informed: Informed, now: datetime) -> set[UUID]:
    """Who may hold the parties that are told."""
    params = {
        "parties": sorted(informed.parties),
        "subject_id": informed.subject_id,
        "entity_id": informed.entity_id,
        "now": now,
    }
    return {row["user_id"] for row in await lane.rows(_INFORMED, params)}


def _done(event: Row, about: Row, kind: SubjectKind, reason: Reason, day: date | None) -> Note:
    return Note(
        reason,
        kind,
        event["subject_id"],
        about["entity_id"],
        event["event_id"],
        event["action"],
        about["title_ar"],
        about["title_en"],
        about["period"],
        day,
    )


async def insert(lane: Writer, told: Sequence[tuple[UUID, Note]], now: datetime, *, mailing: bool) -> int:
    """Tell each person once of each event for each reason; answers how many were new. The worker sees the rows of
    every entity afterwards."""
    if not told:
        return 0
    await lane.row(seeing.REACH, {})
    today = clock.day(now)
    off = (await calendar.holidays(lane, today, today + rules.DIGEST_REACH)).days
    notes = [note for _, note in told]
    row = await lane.row(
        _INSERT,
        {
            "ids": [ids.new() for _ in told],
            "people": [person_id for person_id, _ in told],
            "reasons": [note.reason.value for note in notes],
            "subjects": [note.subject_id for note in notes],
            "entities": [note.entity_id for note in notes],
            "events": [note.event_id for note in notes],
            "actions": [note.action for note in notes],
            "titles_ar": [note.title_ar for note in notes],
            "titles_en": [note.title_en for note in notes],
            "periods": [note.period for note in notes],
            "dues": [note.due for note in notes],
            "now": now,
            "digest": rules.next_digest(now, off),
            "mailing": mailing,
        },
    )
    return 0 if row is None else int(row["made"])
