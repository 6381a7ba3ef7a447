"""Who sees evidence: the two walls agree, and neither publishing nor sharing a figure shows its proof."""

import random
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select, true

from app import clock
from app.db import Query, Reader
from app.enums import Classification, DivisionFunction, Role
from app.services.evidence import facts
from app.services.evidence.visibility import visible
from app.services.people import actor as actors
from tests.contributions.sharing import Sharing
from tests.evidence.bringing import announced, submitted, taken, verified
from tests.factories.world import Person, World
from tests.results.office import Office

SEED, PEOPLE = 2040, 25
ROLES = (*(role for role in Role if role.value not in ("head", "manager", "division_head")), None)
_VISIBLE = Query(
    lambda: (
        select(facts.evidence.c.id)
        .select_from(facts.evidence.join(facts.subject, true()))
        .where(visible(facts.evidence, facts.sight))
    )
)


async def _brought(office: Office) -> list[UUID]:
    """Evidence of every classification about results in every state."""
    made = []
    for number, classification in enumerate(Classification):
        for state in ("draft", "submitted", "reviewed", "approved", "published", "discarded"):
            indicator = await office.world.indicator(office.entity, office.executing)
            figure = await office.draft(indicator=indicator)
            said = {"classification": classification.value}
            bring = announced(office.enterer, figure, **said) if state == "draft" else None
            proof = await (bring or verified(office, figure, **said))
            made.append(proof.id)
            if state == "discarded":
                await office.taken(office.enterer, figure, "discard")
            steps = {"submitted": 1, "reviewed": 2, "approved": 3, "published": 3}.get(state, 0)
            for step in (office.submit, office.review, office.approve)[:steps]:
                await step(figure)
            if state == "published" and number:
                await office.published(figure)
    return made


async def _somebody(world: World, offices: list[Office], chance: random.Random, about: list[UUID]) -> Person:
    """A person with any mix of roles and assignments; some have ended."""
    person = await world.user()
    unit = await world.entity(is_unit=True)
    for role in chance.sample(ROLES, chance.randint(0, 3)):
        office = chance.choice(offices)
        ends_at = datetime(2025, 6, 1, tzinfo=UTC) if chance.random() < 0.2 else None
        if role is None:
            division = chance.choice(
                (office.executing, await world.division(office.entity, DivisionFunction.OTHER))
            )
            await world.appoint(person, Role.DIVISION_MEMBER, division=division, ends_at=ends_at)
        elif role in (Role.UNIT_EDITOR, Role.UNIT_SPECIALIST):
            await world.appoint(person, role, unit, ends_at=ends_at)
        elif role is Role.DIVISION_MEMBER:
            await world.appoint(person, role, division=office.planning, ends_at=ends_at)
        else:
            await world.appoint(
                person, role, None if role is Role.ADMINISTRATOR else office.entity, ends_at=ends_at
            )
    for subject in chance.sample(about, chance.randint(0, 3)):
        owner = await world.owner.fetchval("select entity_id from subjects where id = $1", subject)
        office = next(office for office in offices if office.entity.id == owner)
        await world.assign(person, subject, office.entity)
    return person


async def _seen(connection: "asyncpg.Connection[asyncpg.Record]", person: Person, *, wall: bool) -> set[UUID]:
    """What the query finds for the person: behind the second wall, or without one, as the tables' owner."""
    now = clock.now()
    async with connection.transaction(readonly=True):
        if wall:
            await connection.execute("set local role mutabaa_app")
        actor = await actors.load(Reader(connection), person.id, person.session_id, now)  # type: ignore[arg-type]
        assert actor is not None
        params: dict[str, Any] = facts.params(actor, now)
        return {row["id"] for row in await connection.fetch(_VISIBLE.sql, *_VISIBLE.arguments(params))}


async def test_row_level_security_is_never_narrower(
    world: World, owner: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    offices = [await Office.make(world) for _ in range(2)]
    made = [each for office in offices for each in await _brought(office)]
    about = [
        row["subject_id"]
        for row in await owner.fetch(
            "select subject_id from evidence union all"
            " select r.indicator_id from evidence e join results r on r.id = e.subject_id"
        )
    ]
    chance, office = random.Random(SEED), offices[0]
    sizes = set()
    people = [one for office in offices for one in (office.manager, office.head, office.enterer)]
    people += [await _somebody(world, offices, chance, about) for _ in range(PEOPLE)]
    for person in people:
        seen = await _seen(owner, person, wall=True)
        assert seen == await _seen(owner, person, wall=False)
        sizes.add(len(seen))
    assert len(sizes) > 4, sizes
    last, listed = office.enterer, set()
    for subject in about[: len(made)]:
        page = await last.api.get("/v1/evidence", subject_id=str(subject))
        listed |= {UUID(item["id"]) for item in page.json()["items"]}
    assert listed == await _seen(owner, last, wall=True)
    assert listed


async def test_unit_sees_what_was_verified_of_what_is_approved(world: World) -> None:
    office = await Office.make(world)
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    figure = await office.draft()
    proof, hidden = [await verified(office, figure, classification=c) for c in ("internal", "restricted")]
    rejected = await submitted(office.enterer, figure)
    await taken(office.specialist, rejected, "reject", {"reason": "صورة غير واضحة"})
    await office.review(await office.submit(figure))
    path = "/v1/evidence"
    assert (await unit.api.get(path, subject_id=str(figure.id))).json()["items"] == []
    await office.approve(figure)
    [item] = (await unit.api.get(path, subject_id=str(figure.id))).json()["items"]
    assert item["id"] == str(proof.id)
    # Who brought it, and what became of other evidence, is the entity's own affair (Guide V-3).
    assert (item["created_by"], item["file"]["uploaded_by"], item["successor_id"]) == (None, None, None)
    assert item["decided"]["by"]["id"] == str(office.specialist.id)
    for unseen in (hidden, rejected):
        assert (await unit.api.get(unseen.path)).status_code == 404
        assert (await unit.api.get(f"{unseen.path}/content")).status_code == 404
    shown = (await unit.api.get(figure.path)).json()["evidence"]
    assert [each["id"] for each in shown] == [str(proof.id)]
    everything = (await office.manager.api.get(figure.path)).json()["evidence"]
    assert {each["id"] for each in everything} == {str(proof.id), str(hidden.id)}


async def test_a_published_figure_keeps_its_evidence_to_itself(world: World) -> None:
    office = await Office.make(world)
    stranger = await world.user()
    figure = await office.draft()
    proof = await verified(office, figure, classification="open")
    await office.published(await office.finished(figure))
    seen = await stranger.api.get(figure.path)
    assert (seen.status_code, seen.json()["evidence"]) == (200, [])
    assert (await stranger.api.get(proof.path)).status_code == 404


async def test_a_contributor_sees_the_figure_and_not_its_evidence(world: World) -> None:
    sharing = await Sharing.make(world)
    owner, [contributor] = sharing.owner, sharing.contributors
    await sharing.accepted(contributor)
    part = await contributor.finished(await contributor.draft())
    figure = await owner.draft()
    proof = await verified(owner, figure)
    await owner.finished(figure)
    seen = await contributor.manager.api.get(figure.path)
    assert (seen.status_code, seen.json()["evidence"]) == (200, [])
    assert (await contributor.manager.api.get(proof.path)).status_code == 404
    assert (await owner.manager.api.get(part.path)).status_code == 200


@pytest.mark.parametrize(("classification", "status"), [("internal", 200), ("restricted", 404)])
async def test_restricted_evidence_is_for_those_who_are_named(
    world: World, classification: str, status: int
) -> None:
    """Where the role plan leaves the manager out of the chain, restricted evidence is not the manager's."""
    office = await Office.make(world)
    figure = await office.draft()
    proof = await submitted(office.enterer, figure, classification=classification)
    await world.owner.execute(
        "update results set parties_approve = array['head:' || entity_id] where id = $1", figure.id
    )
    assert (await office.manager.api.get(proof.path)).status_code == status
    for person in (office.enterer, office.reviewer, office.specialist, office.head):
        assert (await person.api.get(proof.path)).status_code == 200
