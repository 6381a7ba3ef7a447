"""Work under way in the demo, so that nobody's inbox is empty: a few figures, and an indicator that other
entities contribute to.

All of it is done by the demo's people through the service's own commands, on the runtime role: parties, four
eyes, events and waits are those of all other work. Numbers and weights are invented, and each says so in its
note or message.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert, update

from app import clock, ids, permissions
from app.db import Database, Writer
from app.enums import Classification, ObservationStatus
from app.models import Session
from app.parties import Actor, Facts
from app.services import lifecycle
from app.services.contributions import commands as contributions
from app.services.contributions import queries as contribution_queries
from app.services.contributions import rules as contribution_rules
from app.services.indicators import queries as indicator_queries
from app.services.load import merging
from app.services.load.merging import Connection, Tally
from app.services.people import actor as people
from app.services.people.steps import NOTHING_SAID
from app.services.results import commands, rules
from app.services.results import facts as result_facts

NOTE = "قيمة تجريبية وليست حقيقية · A demo figure, not a real one"
MESSAGE = "دعوة تجريبية ووزن افتراضي · A demo invitation, the weight is invented"
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
    approved_by: str | None = None


_WORK = (
    _Work("labour_productivity_growth", "1.9", "member1.skl.mol"),
    _Work("omanis_private_jobs", "12.6", "member1.emp.mol", submitted=True),
    _Work("skilled_private", "57.1", "member2.skl.mol", submitted=True, reviewed_by="member1.plan.mol"),
    _Work("gross_debt_gdp", "35.9", "member1.rev.mof", submitted=True),
    _Work("non_oil_revenue_gdp", "8.7", "member2.rev.mof", submitted=True, reviewed_by="member1.plan.mof"),
    _Work(
        "demo_omanis_tourism_jobs",
        "21.4",
        "member1.tour.mht",
        submitted=True,
        reviewed_by="member1.plan.mht",
        approved_by="manager.mht",
    ),
    _Work("demo_omanis_digital_jobs", "38.2", "member1.dig.mtcit", submitted=True),
)


@dataclass(frozen=True)
class _Share:
    """An entity that is invited to contribute, and by what it does; without `part` it has not answered."""

    contributor: str
    weight: str
    part: str | None = None
    accepted_by: str | None = None


_SHARED, _INVITED_BY = "omanis_private_jobs", "manager.mol"
_SHARES = (
    _Share("MHT", "25", "demo_omanis_tourism_jobs", "manager.mht"),
    _Share("MTCIT", "15", "demo_omanis_digital_jobs", "manager.mtcit"),
    _Share("MOHERI", "20"),
)


@dataclass(frozen=True)
class _Known:
    """Ids by code, or by e-mail address."""

    entities: Mapping[str, UUID]
    indicators: Mapping[str, UUID]
    users: Mapping[str, UUID]


async def act(connection: Connection, url: str, now: datetime) -> dict[str, Tally]:
    """Bring each contribution and each figure as far as it should be, unless one stands already.

    The figures are of last year: entry for it is open until this year is over. `connection`: the owner's,
    for looking; what is written goes through the runtime role.
    """
    period = str(clock.day(now).year - 1)
    answered = await connection.fetch(
        """
        select e.code from contributions c join entities e on e.id = c.contributor_id
        join indicators i on i.id = c.indicator_id where i.code = $1
        """,
        _SHARED,
    )
    entered = await connection.fetch(
        "select i.code from results r join indicators i on i.id = r.indicator_id where r.period = $1", period
    )
    shares = [share for share in _SHARES if share.contributor not in {row["code"] for row in answered}]
    figures = [work for work in _WORK if work.indicator not in {row["code"] for row in entered}]
    if shares or figures:
        users = await connection.fetch("select email, id from users")
        known = _Known(
            await merging.codes(connection, "entities"),
            await merging.codes(connection, "indicators"),
            {row["email"].removesuffix(f"@{_DOMAIN}"): row["id"] for row in users},
        )
        database = Database(url, read_pool_size=1, write_pool_size=1)
        await database.open()
        try:
            # One transaction each: a thing comes as far as it should, or is not there.
            for share in shares:
                async with database.writing() as writer:
                    await _share(writer, share, known, now)
            for work in figures:
                async with database.writing() as writer:
                    await _bring(writer, work, period, known, now)
        finally:
            await database.close()
    return {
        "demo contributions": Tally(new=len(shares), unchanged=len(_SHARES) - len(shares)),
        "demo figures": Tally(new=len(figures), unchanged=len(_WORK) - len(figures)),
    }


async def _share(writer: Writer, share: _Share, known: _Known, now: datetime) -> None:
    actor = await _signed_in(writer, known.users[_INVITED_BY], now)
    indicator = await _indicator(writer, actor, known.indicators[_SHARED], now)
    lifecycle.admit(actor, contribution_rules.INVITE, indicator, indicator.version)
    invitation = {
        "contributor_id": known.entities[share.contributor],
        "weight": Decimal(share.weight),
        "message": MESSAGE,
    }
    made = await contributions.invite(writer, actor, indicator, invitation, now)
    if share.part is not None and share.accepted_by is not None:
        actor = await _signed_in(writer, known.users[share.accepted_by], now)
        facts = await contribution_queries.facts(writer, actor, made, now)
        assert facts is not None  # noqa: S101  # whoever is invited sees it
        entitlement = lifecycle.admit(actor, contribution_rules.ACCEPT, facts, facts.version)
        await contributions.accept(writer, actor, facts, entitlement, known.indicators[share.part], now)


async def _indicator(writer: Writer, actor: Actor, indicator_id: UUID, now: datetime) -> Facts:
    facts = await indicator_queries.entry_facts(writer, actor, indicator_id, now)
    assert facts is not None  # noqa: S101  # its id was read from the table
    return facts


async def _bring(writer: Writer, work: _Work, period: str, known: _Known, now: datetime) -> None:
    actor = await _signed_in(writer, known.users[work.entered_by], now)
    indicator = await _indicator(writer, actor, known.indicators[work.indicator], now)
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
    result_id = await commands.create(writer, actor, indicator, period, figure, now)
    if work.submitted:
        facts = _seen(await result_facts.submitting(writer, actor, result_id, now))
        entitlement = lifecycle.admit(actor, rules.SUBMIT, facts, facts.version)
        await commands.submit(writer, actor, facts, entitlement, now)
    if work.reviewed_by is not None:
        actor = await _signed_in(writer, known.users[work.reviewed_by], now)
        facts = _seen(await result_facts.one(writer, actor, result_id, now))
        entitlement = lifecycle.admit(actor, rules.REVIEW, facts, facts.version)
        await commands.review(writer, actor, facts, entitlement, NOTHING_SAID, now)
    if work.approved_by is not None:
        actor = await _signed_in(writer, known.users[work.approved_by], now)
        facts = _seen(await result_facts.held(writer, actor, result_id, now))
        entitlement = lifecycle.admit(actor, rules.APPROVE, facts, facts.version)
        await commands.approve(writer, actor, facts, entitlement, NOTHING_SAID, now)


def _seen(facts: Facts | None) -> Facts:
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
