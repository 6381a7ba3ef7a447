"""A few figures at work in the demo, so that nobody's inbox is empty.

They are entered, submitted and reviewed by the demo's people through the service's own commands, on the
runtime role: parties, four eyes, events and waits are those of every other result. The numbers are invented,
and each says so in its note.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert, update

from app import ids, permissions
from app.db import Database, Writer
from app.enums import Classification, ObservationStatus
from app.models import Session
from app.parties import Actor, Facts
from app.services import lifecycle
from app.services.indicators import queries as indicator_queries
from app.services.load.merging import Connection, Tally
from app.services.people import actor as people
from app.services.results import commands, queries, rules

NOTE = "قيمة تجريبية وليست حقيقية · A demo figure, not a real one"
PERIOD = "2025"
_DOMAIN = "demo.mutabaa.example"
_SESSION_LASTS = timedelta(minutes=1)


@dataclass(frozen=True)
class _Work:
    """A figure and how far it has come. People by their e-mail addresses without the domain."""

    indicator: str
    value: str
    entered_by: str
    submitted: bool = False
    reviewed_by: str | None = None


_WORK = (
    _Work("labour_productivity_growth", "1.9", "member1.skl.mol"),
    _Work("omanis_private_jobs", "12.6", "member1.emp.mol", submitted=True),
    _Work("skilled_private", "57.1", "member2.skl.mol", submitted=True, reviewed_by="member1.plan.mol"),
    _Work("gross_debt_gdp", "35.9", "member1.rev.mof", submitted=True),
    _Work("non_oil_revenue_gdp", "8.7", "member2.rev.mof", submitted=True, reviewed_by="member1.plan.mof"),
)


async def act(connection: Connection, url: str, now: datetime) -> Tally:
    """Bring each figure as far as it should be, unless one stands for that period already.

    `connection`: the owner's, for looking; what is written goes through the runtime role.
    """
    taken = await connection.fetch(
        "select i.code from results r join indicators i on i.id = r.indicator_id where r.period = $1", PERIOD
    )
    wanted = [work for work in _WORK if work.indicator not in {row["code"] for row in taken}]
    if wanted:
        indicators = {
            row["code"]: row["id"] for row in await connection.fetch("select code, id from indicators")
        }
        users = {row["email"]: row["id"] for row in await connection.fetch("select email, id from users")}
        database = Database(url, read_pool_size=1, write_pool_size=1)
        await database.open()
        try:
            for work in wanted:
                # One transaction each: a figure comes as far as it should, or is not there.
                async with database.writing() as writer:
                    await _bring(writer, work, indicators[work.indicator], users, now)
        finally:
            await database.close()
    return Tally(new=len(wanted), unchanged=len(_WORK) - len(wanted))


async def _bring(
    writer: Writer, work: _Work, indicator_id: UUID, users: dict[str, UUID], now: datetime
) -> None:
    actor = await _signed_in(writer, users[f"{work.entered_by}@{_DOMAIN}"], now)
    indicator = await indicator_queries.entry_facts(writer, actor, indicator_id, now)
    assert indicator is not None  # noqa: S101  # its id was read from the table
    permissions.entitlement(actor, "results.create", indicator)
    figure = {
        "value": Decimal(work.value),
        "rank": None,
        "rank_of": None,
        "numerator": None,
        "denominator": None,
        "obs_status": ObservationStatus.PROVISIONAL.value,
        "note": NOTE,
        "classification": Classification.INTERNAL.value,
    }
    result_id = await commands.create(writer, actor, indicator, PERIOD, figure, now)
    if work.submitted:
        facts = await _facts(writer, actor, result_id, now)
        entitlement = lifecycle.admit(actor, rules.SUBMIT, facts, facts.version)
        await commands.submit(writer, actor, facts, entitlement, now)
    if work.reviewed_by is not None:
        actor = await _signed_in(writer, users[f"{work.reviewed_by}@{_DOMAIN}"], now)
        facts = await _facts(writer, actor, result_id, now)
        entitlement = lifecycle.admit(actor, rules.REVIEW, facts, facts.version)
        await commands.review(writer, actor, facts, entitlement, commands.Said(), now)


async def _facts(writer: Writer, actor: Actor, result_id: UUID, now: datetime) -> Facts:
    facts = await queries.facts(writer, actor, result_id, now)
    assert facts is not None  # noqa: S101  # whoever is about to act on it sees it
    return facts


async def _signed_in(writer: Writer, user_id: UUID, now: datetime) -> Actor:
    """The person with the rights in force, behind a session that ends before anybody could use it."""
    session_id = ids.new()
    await writer.execute(
        insert(Session).values(
            id=session_id, user_id=user_id, created_at=now, expires_at=now + _SESSION_LASTS
        )
    )
    actor = await people.load(writer, user_id, session_id, now)
    await writer.execute(
        update(Session)
        .where(Session.id == session_id)
        .values(revoked_at=now, revoked_because="demo")
        .execution_options(synchronize_session=False)
    )
    assert actor is not None  # noqa: S101  # the demo's people are active
    return actor
