"""What an office owes, in a plain Python reading of the rules, and worlds of it with chance dates and figures."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from app import clock, ids
from app.enums import SubjectKind
from app.services.obligations import periods
from app.tokens import Claims
from tests.factories.world import LONG_AGO, Entity, Person, World

DAY = timedelta(days=1)


def around(opens: int, due: int, late: int, closes: int) -> dict[str, date]:
    """The four days of an obligation, in days from today."""
    names = ("opens_on", "due_on", "late_until", "closes_on")
    today = clock.today()
    return {
        name: today + timedelta(days=days)
        for name, days in zip(names, (opens, due, late, closes), strict=True)
    }


OPEN = (-10, 10, 20, 30)
NOT_YET = (5, 10, 20, 30)
LATE = (-30, -10, 10, 30)
OVERDUE = (-40, -30, -10, 30)
CLOSED = (-40, -30, -20, -10)


def last_year() -> str:
    """A period that is over: that of the year before."""
    return str(clock.today().year - 1)


@dataclass(frozen=True)
class Revision:
    """What counts of a revision of the figure."""

    state: str
    obs_status: str
    submitted_at: datetime | None
    known_from: datetime | None


@dataclass(frozen=True)
class Owed:
    """An obligation and the revisions of its figure."""

    id: UUID
    indicator: UUID
    entity: UUID
    period_end: date
    opens_on: date
    due_on: date
    late_until: date
    closes_on: date
    excused: bool
    revisions: Sequence[Revision]

    def state(self, today: date) -> str:
        """Where it stands, read off the rules one after the other."""
        states = {revision.state for revision in self.revisions}
        if self.excused:
            return "excused"
        if any(revision.state == "approved" and self._serves(revision) for revision in self.revisions):
            return "complete"
        if "submitted" in states or "reviewed" in states:
            return "in_review"
        if today > self.late_until:
            return "overdue"
        if today > self.due_on:
            return "late"
        if "draft" in states:
            return "entered"
        return "not_yet" if today < self.opens_on else "open"

    def _serves(self, revision: Revision) -> bool:
        """A forecast serves no period; what is preliminary does when entry had opened."""
        if revision.obs_status in "EP":
            moment = revision.submitted_at or revision.known_from
            return moment is None or moment.astimezone(clock.MUSCAT).date() >= self.opens_on
        return revision.obs_status != "F"

    def closed(self, today: date) -> bool:
        """Entry is over."""
        return today > self.closes_on

    def timely(self) -> bool:
        """The first figure that counts was handed in by the due day of Oman."""
        moments = [
            moment
            for revision in self.revisions
            if revision.state in ("submitted", "reviewed", "approved") and self._serves(revision)
            if (moment := revision.submitted_at or revision.known_from) is not None
        ]
        return bool(moments) and min(moments).astimezone(clock.MUSCAT).date() <= self.due_on

    def behind(self, today: date) -> bool:
        """Late in any of the ways that the filter `late` asks for."""
        state = self.state(today)
        return state in ("late", "overdue") or (state == "in_review" and today > self.late_until)


def _revisions(chance: random.Random, due: date) -> list[Revision]:
    made = []
    count = chance.choice((0, 0, 1, 1, 1, 2, 3))
    for number in range(count):
        closed = ("approved", "discarded")
        states = closed if number < count - 1 else (*closed, "draft", "submitted", "reviewed")
        state = chance.choice(states)
        # Near midnight in Muscat (20:00 in UTC), where one day there is another here.
        moment = datetime.combine(
            due + DAY * chance.choice((-9, -1, -1, 0, 0, 1, 9)), time(chance.choice((3, 19, 20, 21)), 0), UTC
        )
        loaded = state == "approved" and chance.random() < 0.3
        made.append(
            Revision(
                state,
                chance.choice("AAAPEF"),
                None if loaded or state in ("draft", "discarded") else moment,
                moment + DAY * (0 if loaded else 3) if state == "approved" else None,
            )
        )
    return made


async def scatter(
    world: World,
    chance: random.Random,
    entity: Entity,
    indicator: UUID,
    count: int,
    middle: date,
    person: UUID,
) -> list[Owed]:
    """So many monthly obligations of the indicator, all within a few weeks of `middle`, with figures in every
    state; `person` excused some of them."""
    definition = await world.owner.fetchval("select definition_id from indicators where id = $1", indicator)
    made = []
    for number in range(count):
        period = periods.parse(f"{2015 + number // 12}-{number % 12 + 1:02}")
        opens = middle + DAY * chance.randint(-14, 5)
        due = opens + DAY * chance.choice((0, 1, 4, 9))
        late = due + DAY * chance.choice((0, 1, 5))
        closes = late + DAY * chance.choice((0, 1, 5))
        excused = chance.random() < 0.1
        excuse: dict[str, Any] = (
            {"excused_at": LONG_AGO, "excused_by_id": person, "excuse": "كارثة طبيعية"} if excused else {}
        )
        id_ = await world.obligation(
            indicator,
            entity,
            period.code,
            opens_on=opens,
            due_on=due,
            late_until=late,
            closes_on=closes,
            **excuse,
        )
        revisions = _revisions(chance, due)
        for order, revision in enumerate(revisions, 1):
            await _insert(world, entity, indicator, definition, period, order, revision)
        days = (period.end, opens, due, late, closes)
        made.append(Owed(id_, indicator, entity.id, *days, excused, revisions))
    return made


async def _insert(
    world: World,
    entity: Entity,
    indicator: UUID,
    definition: UUID,
    period: periods.Period,
    number: int,
    revision: Revision,
) -> None:
    id_ = ids.new()
    await world.subject(id_, SubjectKind.RESULT, entity.id)
    await world.insert(
        "results",
        id=id_,
        indicator_id=indicator,
        entity_id=entity.id,
        definition_id=definition,
        period=period.code,
        period_start=period.start,
        period_end=period.end,
        revision=number,
        state=revision.state,
        classification="internal",
        obs_status=revision.obs_status,
        parties_enter=[],
        parties_review=[],
        parties_approve=[],
        recorded_at=LONG_AGO,
        submitted_at=revision.submitted_at,
        known_from=revision.known_from,
        approved_at=revision.known_from,
    )


async def events_of(
    owner: "asyncpg.Connection[asyncpg.Record]", subject: UUID
) -> list[tuple[str, UUID | None, str | None]]:
    """The history of a thing: what was done, by whom, why."""
    found = await owner.fetch(
        "select action, actor_id, reason from events where subject_id = $1 order by id", subject
    )
    return [(row["action"], row["actor_id"], row["reason"]) for row in found]


async def priority(world: World) -> UUID:
    """A national priority under its pillar."""
    pillar, made = ids.new(), ids.new()
    named = {"position": 1, "source": "https://www.oman2040.om"}
    await world.insert(
        "pillars",
        id=pillar,
        code=f"p-{pillar}",
        name_ar="اقتصاد بنيته تنافسية",
        name_en="A competitive economy",
        **named,
    )
    await world.insert(
        "priorities",
        id=made,
        code=f"p-{made}",
        pillar_id=pillar,
        name_ar="سوق العمل والتشغيل",
        name_en="Labour market and employment",
        name_ar_translated=False,
        **named,
    )
    return made


def signed_in_now(world: World, person: Person) -> Person:
    """The same person, with a token of the moment that the clock was moved to."""
    token = world.keys.issue(Claims(person.id, person.session_id), 3600)
    return replace(person, api=person.api.as_(token))
