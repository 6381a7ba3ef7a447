"""Work under way in the demo, so that nobody's inbox is empty: a few figures, and an indicator that other
entities contribute to.

Numbers and weights are invented, and each says so in its note or message.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from app import clock
from app.enums import Classification, ObservationStatus
from app.services.contributions import commands as contributions
from app.services.contributions import queries as contribution_queries
from app.services.contributions import rules as contribution_rules
from app.services.indicators import queries as indicator_queries
from app.services.load import acting
from app.services.load.acting import Acting, Known, unentitled
from app.services.load.merging import Connection, Tally
from app.services.people.steps import NOTHING_SAID
from app.services.results import commands, rules
from app.services.results import facts as result_facts

NOTE = "قيمة تجريبية وليست حقيقية · A demo figure, not a real one"
MESSAGE = "دعوة تجريبية ووزن افتراضي · A demo invitation, the weight is invented"


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
        known = await Known.of(connection)
        async with acting.runtime(url) as database:
            # One transaction each: a thing comes as far as it should, or is not there.
            for share in shares:
                async with database.writing() as writer:
                    await _share(Acting(writer, connection, known, now), share)
            for work in figures:
                async with database.writing() as writer:
                    await _bring(Acting(writer, connection, known, now), work, period)
    return {
        "demo contributions": Tally(new=len(shares), unchanged=len(_SHARES) - len(shares)),
        "demo figures": Tally(new=len(figures), unchanged=len(_WORK) - len(figures)),
    }


async def _share(people: Acting, share: _Share) -> None:
    invitation = {
        "contributor_id": people.known.entities[share.contributor],
        "weight": Decimal(share.weight),
        "message": MESSAGE,
    }
    made = await people.take(
        _INVITED_BY,
        contribution_rules.INVITE,
        indicator_queries.entry_facts,
        people.known.indicators[_SHARED],
        unentitled(contributions.invite),
        invitation,
    )
    if share.part is not None and share.accepted_by is not None:
        await people.take(
            share.accepted_by,
            contribution_rules.ACCEPT,
            contribution_queries.facts,
            made,
            contributions.accept,
            people.known.indicators[share.part],
        )


async def _bring(people: Acting, work: _Work, period: str) -> None:
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
    made = await people.begin(
        work.entered_by,
        "results.create",
        indicator_queries.entry_facts,
        people.known.indicators[work.indicator],
        commands.create,
        period,
        figure,
    )
    if work.submitted:
        await people.take(work.entered_by, rules.SUBMIT, result_facts.submitting, made, commands.submit)
    if work.reviewed_by is not None:
        await people.take(
            work.reviewed_by, rules.REVIEW, result_facts.one, made, commands.review, NOTHING_SAID
        )
    if work.approved_by is not None:
        await people.take(
            work.approved_by, rules.APPROVE, result_facts.held, made, commands.approve, NOTHING_SAID
        )
