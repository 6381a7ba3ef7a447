"""What becomes of the worker's work when it fails: counted by us, tried again after a pause, parked in the end."""

import smtplib
from datetime import datetime

import asyncpg
import structlog
from sqlalchemy import text

from app import logs
from app.db import Database, Query
from app.enums.notifications import Work
from app.services.notifications import rules

log = structlog.get_logger("worker")

AWAY = (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.CannotConnectNowError)
"""The database cannot be reached: that is no fault of the work at hand, and nothing could be counted."""

_OF_EVENT = Query(
    lambda: text(
        """
        update outbox set attempts = cast(:attempts as int), error = cast(:error as text),
               due_at = cast(:due_at as timestamptz),
               parked_at = case when cast(:parked as boolean) then cast(:now as timestamptz) end
        where event_id = cast(:event_id as bigint)
        """
    )
)
_FAILED = Query(
    lambda: text(
        """
        insert into chores (name, attempts, error, failing_since)
        values (cast(:name as text), 1, cast(:error as text), cast(:now as timestamptz))
        on conflict (name) do update set attempts = least(chores.attempts + 1, 32767), error = excluded.error
        """
    )
)
_DONE = Query(lambda: text("delete from chores where name = cast(:name as text)"))


def said(fault: BaseException) -> str:
    """What an administrator may read of a fault: its kind and code, none of the values in it."""
    kind = type(fault).__name__
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        codes = sorted({str(code) for code, _ in fault.recipients.values()})
        return f"{kind} {', '.join(codes)}"
    code = (
        getattr(fault, "smtp_code", None) or getattr(fault, "sqlstate", None) or getattr(fault, "errno", None)
    )
    return kind if code is None else f"{kind} {code}"


async def of_event(database: Database, event_id: int, attempts: int, fault: Exception, now: datetime) -> None:
    """Nobody could be told of an event: after a pause again, or never until an administrator says so."""
    parked = rules.gives_up(attempts, attempts)
    log.error(
        "telling_failed",
        event_id=event_id,
        attempts=attempts,
        parked=parked,
        fault=said(fault),
        frames=logs.frames(fault),
    )
    async with database.writing() as lane:
        await lane.rows(
            _OF_EVENT,
            {
                "event_id": event_id,
                "attempts": attempts,
                "error": said(fault),
                "due_at": now + rules.pause(attempts),
                "parked": parked,
                "now": now,
            },
        )


async def of_chore(database: Database, work: Work, fault: Exception, now: datetime) -> None:
    """The clock's work failed; it comes again in its time, and an administrator sees that it fails."""
    log.error("work_failed", work=work.value, fault=said(fault), frames=logs.frames(fault))
    async with database.writing() as lane:
        await lane.rows(_FAILED, {"name": work.value, "error": said(fault), "now": now})


async def chore_done(database: Database, work: Work) -> None:
    """It succeeded: whatever failed before is over."""
    async with database.writing() as lane:
        await lane.rows(_DONE, {"name": work.value})
