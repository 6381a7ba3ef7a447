"""Who sees what of a shared indicator: each side the other's approved results, and nothing more. The wall of
row-level security is never narrower than the rules."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app import clock
from app.db import Query, Reader
from app.enums import DivisionFunction, Role
from app.models import Contribution, Indicator, Result
from app.parties import Actor
from app.services.contributions import queries as contributions
from app.services.contributions.queries import ContributionFilter
from app.services.people import actor as actors
from app.services.people import visibility
from app.services.results import queries as results
from app.services.results.visibility import visible
from app.services.scoreboard import queries as scoreboard
from app.services.scoreboard.queries import ScoreboardFilter
from tests.contributions.sharing import REASON, Sharing, step
from tests.definitions.ministry import indicator
from tests.factories.world import Person, World
from tests.results.office import Figure, Office

_VISIBLE_RESULTS = Query(lambda: select(Result.__table__.c.id).where(visible(Result.__table__)))
_VISIBLE_CONTRIBUTIONS = Query(
    lambda: (
        select(Contribution.__table__.c.id)
        .select_from(
            Contribution.__table__.join(
                Indicator.__table__, Indicator.__table__.c.id == Contribution.__table__.c.indicator_id
            )
        )
        .where(contributions.visible(Contribution.__table__, Indicator.__table__))
    )
)
EVERY = ("enterer", "reviewer", "specialist", "manager", "head")


async def _status(person: Person, figure: Figure) -> int:
    return (await person.api.get(figure.path)).status_code


async def test_each_side_sees_the_approved_results_of_the_other(world: World) -> None:
    sharing = await Sharing.make(world, 2)
    owner, (first, second) = sharing.owner, sharing.contributors
    whole = await owner.approved("2023")
    part = await first.approved("2023")
    for person, figure in ((first.manager, whole), (owner.manager, part)):
        assert await _status(person, figure) == 404
    await sharing.invited(second)
    path = await sharing.accepted(first)
    draft, hidden = await owner.draft("2022"), await first.submitted("2022")
    restricted = await first.approved("2021", classification="restricted")
    other = await first.approved("2023", indicator=await world.indicator(first.entity, first.executing))
    for name in EVERY:
        ours, theirs = getattr(owner, name), getattr(first, name)
        assert [await _status(theirs, figure) for figure in (whole, draft)] == [200, 404], name
        assert [await _status(ours, figure) for figure in (part, hidden, restricted, other)] == [
            200,
            404,
            404,
            404,
        ], name
        # Invited is not enough.
        assert [await _status(getattr(second, name), figure) for figure in (whole, part)] == [404, 404]
    await step(first.manager, path, "leave", {"reason": REASON})
    assert await _status(first.manager, whole) == 404
    assert await _status(owner.manager, part) == 404


async def test_contributors_see_how_far_the_others_are_and_not_their_figures(world: World) -> None:
    sharing = await Sharing.make(world, 2)
    owner, (first, second) = sharing.owner, sharing.contributors
    paths = [await sharing.accepted(other) for other in sharing.contributors]
    figure = await second.approved("2024", value=12)
    assert await _status(first.manager, figure) == 404
    part = (await sharing.parts("2024", first.enterer))[second.entity.code]
    assert part["state"] == "approved"
    assert (part["figure"]["result_id"], part["figure"]["value"]) == (None, None)
    seen = (await sharing.parts("2024", owner.enterer))[second.entity.code]
    assert (seen["figure"]["result_id"], seen["figure"]["value"]) == (str(figure.id), 12)

    stranger = await world.person(Role.MANAGER, await world.entity())
    assert set((await sharing.parts("2024", stranger)).values()) == {None}
    whole = (await stranger.api.get(paths[0])).json()["whole"]
    assert (whole["result"], whole["parts"]) == (None, [])


async def test_what_is_certified_shows_its_parts_to_those_concerned(world: World) -> None:
    sharing = await Sharing.make(world, 2)
    owner, (first, second) = sharing.owner, sharing.contributors
    for other in sharing.contributors:
        await sharing.accepted(other)
        await other.approved("2024")
    figure = await owner.published(await owner.approved("2024"))
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    stranger = await world.person(Role.SPECIALIST, await world.entity())
    known = {}
    for name, person in (("owner", owner.reviewer), ("first", first.reviewer), ("unit", unit)):
        parts = (await person.api.get(figure.path)).json()["parts"]
        known[name] = {part["contributor"]["code"]: part["result_id"] is not None for part in parts}
    codes = (first.entity.code, second.entity.code)
    assert known == {
        "owner": dict.fromkeys(codes, True),
        "first": {codes[0]: True, codes[1]: False},
        "unit": dict.fromkeys(codes, True),
    }
    assert (await stranger.api.get(figure.path)).json()["parts"] == []


@pytest.mark.parametrize("state", ["invited", "accepted", "refused", "withdrawn", "left"])
async def test_who_sees_a_contribution_in_each_state(world: World, state: str) -> None:
    sharing = await Sharing.make(world)
    (other,) = sharing.contributors
    path = await _brought_to(sharing, other, state)
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    stranger = await world.person(Role.MANAGER, await world.entity())
    for person in (sharing.owner.enterer, other.enterer, unit, sharing.owner.head, other.head):
        assert (await person.api.get(path)).json()["state"] == state
        listed = (await person.api.get("/v1/contributions", state=state, limit=200)).json()["items"]
        assert path.rpartition("/")[2] in {item["id"] for item in listed}
    seen = 200 if state == "accepted" else 404
    assert (await stranger.api.get(path)).status_code == seen
    listed = await stranger.api.get("/v1/contributions", entity_id=str(sharing.owner.entity.id))
    assert len(listed.json()["items"]) == (1 if seen == 200 else 0)


@pytest.mark.parametrize("state", ["invited", "accepted", "refused", "withdrawn"])
async def test_what_a_drafted_indicator_is_shared_in_only_the_offices_see(world: World, state: str) -> None:
    sharing = await Sharing.make(world)
    owner, (other,) = sharing.owner, sharing.contributors
    drafted = await owner.specialist.api.create(f"/v1/entities/{owner.entity.id}/indicators", indicator())
    made = await sharing.invite(other, whole=UUID(drafted.json()["id"]))
    path = made.headers["Location"]
    said = {"reason": REASON}
    if state == "accepted":
        await step(other.manager, path, "accept", {"indicator_id": str(other.indicator)})
    elif state == "refused":
        await step(other.manager, path, "refuse", said)
    elif state == "withdrawn":
        await step(owner.manager, path, "withdraw", said)
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    stranger = await world.person(Role.MANAGER, await world.entity())
    offices = [getattr(side, name) for side in (owner, other) for name in ("specialist", "manager", "head")]
    others = [getattr(side, name) for side in (owner, other) for name in ("enterer", "reviewer")]
    for expected, people in ((200, offices), (404, [*others, unit, stranger])):
        for person in people:
            assert (await person.api.get(path)).status_code == expected
            listed = (await person.api.get("/v1/contributions", contributor_id=str(other.entity.id))).json()
            assert [item["id"] for item in listed["items"]] == [made.json()["id"]] * (expected == 200)


async def _brought_to(sharing: Sharing, other: Office, state: str) -> str:
    path = await (sharing.invited(other) if state in ("invited", "refused") else sharing.accepted(other))
    said = {"reason": REASON}
    if state == "refused":
        await step(other.manager, path, "refuse", said)
    elif state == "withdrawn":
        await step(sharing.owner.manager, path, "withdraw", said)
    elif state == "left":
        await step(other.manager, path, "leave", said)
    return path


async def test_lists_are_narrowed_and_paged(world: World) -> None:
    sharing = await Sharing.make(world, 3)
    paths = [await sharing.invited(other) for other in sharing.contributors]
    made = [path.rpartition("/")[2] for path in paths][::-1]
    api = sharing.owner.manager.api
    found: list[str] = []
    cursor: str | None = None
    while True:
        params = {
            "entity_id": str(sharing.owner.entity.id),
            "limit": 2,
            **({"cursor": cursor} if cursor else {}),
        }
        page = (await api.get("/v1/contributions", **params)).json()
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == made
    one = sharing.contributors[1].entity.id
    listed = (await api.get("/v1/contributions", contributor_id=str(one))).json()["items"]
    assert [item["id"] for item in listed] == [made[1]]


async def _as_asked(
    world: World, person: Person, now: datetime, walled: bool
) -> tuple[Actor, dict[str, Any]]:
    """What the rules show the person, behind the wall or without it."""
    connection = world.owner
    async with connection.transaction(readonly=True):
        await connection.execute("set local role mutabaa_app")
        lane = Reader(connection)  # type: ignore[arg-type]  # a connection reads as one of the pool does
        actor = await actors.load(lane, person.id, person.session_id, now)
        assert actor is not None
        if not walled:
            await connection.execute("set local role postgres")
        params = {**visibility.of(actor), "now": now}
        ids = {
            name: sorted(row["id"] for row in await lane.rows(query, params))
            for name, query in (("results", _VISIBLE_RESULTS), ("contributions", _VISIBLE_CONTRIBUTIONS))
        }
        documents: dict[str, Any] = dict(ids)
        for id_ in ids["results"]:
            documents[f"result {id_}"] = await results.one(lane, actor, id_, now)
        for id_ in ids["contributions"]:
            documents[f"contribution {id_}"] = await contributions.one(lane, actor, id_, now)
        for period in ("2023", "2024"):
            asked = ContributionFilter(period=period)
            documents[period] = await contributions.many(lane, actor, asked, None, 200, now)
        for by in ("entity", "nation"):
            for as_of in (None, now):
                asked_of = ScoreboardFilter(as_of=as_of)
                documents[f"{by} {as_of}"] = await scoreboard.scoreboard(lane, actor, by, asked_of, now)
    return actor, documents


async def test_the_wall_is_never_narrower_than_the_rules(world: World) -> None:
    sharing = await Sharing.make(world, 6)
    owner, others = sharing.owner, sharing.contributors
    states = ("accepted", "accepted", "invited", "refused", "withdrawn", "left")
    paths = [await _brought_to(sharing, other, state) for other, state in zip(others, states, strict=True)]
    for other in others[:2]:
        for classification in ("internal", "restricted"):
            year = "2023" if classification == "restricted" else "2024"
            await other.approved(year, classification=classification)
    await others[0].submitted("2022")
    await step(others[1].manager, paths[1], "explain", {"period": "2022", "reason": "تأجل المسح"})
    await others[1].submitted("2022")
    await owner.approved("2024")
    await owner.published(await owner.approved("2023"))
    await owner.reviewed("2022")
    await step(others[0].manager, paths[0], "leave", {"reason": REASON})  # what it was certified for stays
    unit = await world.entity(is_unit=True)
    people = [
        *[getattr(office, name) for office in (owner, *others) for name in ("enterer", "manager", "head")],
        await world.person(Role.UNIT_SPECIALIST, unit),
        await world.person(Role.MANAGER, await world.entity()),
        await world.person(Role.EXPERT, owner.entity),
        await world.person(
            Role.DIVISION_MEMBER, division=await world.division(others[0].entity, DivisionFunction.OTHER)
        ),
        await world.user(),
    ]
    seen: set[UUID] = set()
    for person in people:
        now = clock.now()
        actor, walled = await _as_asked(world, person, now, walled=True)
        _, open_ground = await _as_asked(world, person, now, walled=False)
        assert walled.keys() == open_ground.keys()
        for name, document in walled.items():
            assert document == open_ground[name], f"{name}: hidden from {sorted(actor.keys)}"
        listed = (await person.api.get("/v1/results", all_revisions="true", limit=200)).json()["items"]
        assert sorted(UUID(item["id"]) for item in listed) == walled["results"]
        seen |= set(walled["results"])
    entities = [office.entity.id for office in (owner, *others)]
    rows = await world.owner.fetch("select id from results where entity_id = any($1)", entities)
    assert {row["id"] for row in rows} <= seen
