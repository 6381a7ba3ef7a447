"""What a person does with what they were told, and what an administrator does with work that keeps failing."""

from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Table, column, text, update

from app.db import Query, Writer
from app.enums.notifications import MailPace, Work
from app.errors import NotFound
from app.models import User
from app.parties import Actor, Facts
from app.services import lifecycle
from app.services.notifications import rules
from app.services.people import me

_user = cast(Table, User.__table__)

_READ = Query(
    lambda: text(
        """
        update notifications set read_at = coalesce(read_at, cast(:now as timestamptz))
        where id = cast(:id as uuid) and person_id = cast(:person_id as uuid)
        returning id
        """
    ).columns(column("id"))
)
_READ_ALL = Query(
    lambda: text(
        """
        update notifications set read_at = cast(:now as timestamptz)
        where person_id = cast(:person_id as uuid) and read_at is null
        returning id
        """
    ).columns(column("id"))
)
_PENDING = Query(
    lambda: text(
        """
        update notifications set mail_due_at = case when cast(:pace as text) = 'at_once'
                                                    then cast(:now as timestamptz) end
        where person_id = cast(:person_id as uuid) and mail_id is null and mail_due_at is not null
          and cast(:pace as text) <> 'daily'
        """
    )
)
_WAKE = Query(
    lambda: text(
        "insert into jobs.pgqueuer (priority, entrypoint, status) values (0, cast(:entrypoint as text), 'queued')"
    )
)


async def read(writer: Writer, actor: Actor, notification_id: UUID, now: datetime) -> None:
    """Mark one as read; one that is stays so. Raises NotFound for what is not the person's own."""
    params = {"id": notification_id, "person_id": actor.person_id, "now": now}
    if await writer.row(_READ, params) is None:
        raise NotFound()


async def read_all(writer: Writer, actor: Actor, now: datetime) -> None:
    """Mark all as read that the person was told by now."""
    await writer.rows(_READ_ALL, {"person_id": actor.person_id, "now": now})


async def edit_settings(
    writer: Writer, actor: Actor, facts: Facts, pace: MailPace | None, now: datetime
) -> None:
    """Change how the person hears of what is new; None leaves it. It holds for what has not gone out yet too: at once
    it goes now, and never if they want no mail. Raises Stale when somebody else was faster."""
    if pace is None:
        return
    changed = await writer.execute(
        update(_user)
        .where(_user.c.id == facts.id, _user.c.version == facts.version)
        .values(mail=pace.value, version=_user.c.version + 1)
        .returning(_user.c.id)
    )
    if changed.one_or_none() is None:
        raise lifecycle.lost_race()
    await writer.rows(_PENDING, {"person_id": actor.person_id, "pace": pace.value, "now": now})
    await lifecycle.note(
        writer, me.EDIT.action, facts, actor=actor, at=now, changes={"fields": {"mail": pace.value}}
    )


_PARKED = Query(
    lambda: text(
        """
        select w.what, w.is_parked from (
            select 'tell' as what, o.parked_at is not null as is_parked
            from outbox o where o.id = cast(:id as uuid) and o.attempts > 0
            union all
            select 'mail', m.state = 'parked'
            from mails m where m.id = cast(:id as uuid)
            union all
            select c.name, true from chores c where c.id = cast(:id as uuid)
        ) w
        """
    ).columns(column("what"))
)
_AGAIN = {
    Work.TELL: Query(
        lambda: text(
            """
            update outbox set parked_at = null, attempts = 0, due_at = cast(:now as timestamptz)
            where id = cast(:id as uuid) and parked_at is not null returning id
            """
        ).columns(column("id"))
    ),
    Work.MAIL: Query(
        lambda: text(
            """
            update mails set state = 'pending', ended_at = null, due_at = cast(:now as timestamptz),
                   counted_from = cast(:now as timestamptz)
            where id = cast(:id as uuid) and state = 'parked' returning id
            """
        ).columns(column("id"))
    ),
}


async def retry(writer: Writer, job_id: UUID, now: datetime) -> None:
    """Have parked work tried again at once, its failures forgotten. Raises NotFound; NotParked for what is tried
    again already."""
    found = await writer.row(_PARKED, {"id": job_id})
    if found is None:
        raise NotFound()
    work = Work(found["what"])
    again = _AGAIN.get(work)
    if not found["is_parked"] or (
        again is not None and await writer.row(again, {"id": job_id, "now": now}) is None
    ):
        raise rules.NotParked()
    await writer.rows(_WAKE, {"entrypoint": work.value})
