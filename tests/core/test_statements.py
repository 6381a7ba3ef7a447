"""How many statements a request costs: a read two, a transition five, an approval one more for the scores it
keeps, a list and a bulk request always the same number whatever they hold. BEGIN and COMMIT are not counted."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import event
from sqlalchemy.engine import Engine

from app import clock, config
from app.main import create_app
from tests.factories.path_templates import Drafting
from tests.factories.world import Person, World
from tests.results.office import Office

READ, TRANSITION = 2, 5
APPROVAL = TRANSITION + 1

_ABOUT_TYPES = ("typeinfo_tree", "'jit'")
"""What the driver asks once on a new connection, when it meets a type that it does not know."""

_seen: list[str] = []


def _note(statement: str) -> None:
    if any(word in statement for word in _ABOUT_TYPES):
        return
    if statement.strip().rstrip(";").split(" ")[0].lower() not in ("begin", "commit", "rollback"):
        _seen.append(statement)


async def _watch(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    connection.add_query_logger(lambda record: _note(record.query))


def _on_sqlalchemy(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
    _note(statement)


@pytest.fixture(scope="module")
async def app(settings: config.Settings) -> AsyncIterator[FastAPI]:
    """The application with a listener on both of its lanes, and on what SQLAlchemy runs: the driver tells of no
    statement that was prepared by itself."""
    make_pool, connect = asyncpg.create_pool, asyncpg.connect

    def watched_pool(*args: Any, **options: Any) -> Any:
        return make_pool(*args, **options, init=_watch)

    async def watched(*args: Any, **options: Any) -> Any:
        connection = await connect(*args, **options)
        await _watch(connection)
        return connection

    application = create_app(settings)
    event.listen(Engine, "before_cursor_execute", _on_sqlalchemy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncpg, "create_pool", watched_pool)
        patch.setattr(asyncpg, "connect", watched)
        async with application.router.lifespan_context(application):
            yield application
    event.remove(Engine, "before_cursor_execute", _on_sqlalchemy)


@contextmanager
def counted(at_most: int) -> Iterator[list[str]]:
    """Fails when the block costs more statements, and when it costs none (nothing was heard)."""
    _seen.clear()
    heard: list[str] = []
    yield heard
    heard += _seen
    assert 0 < len(heard) <= at_most, f"{len(heard)} statements:\n" + "\n---\n".join(heard)


async def _ok(answer: httpx.Response, status: int = 200) -> httpx.Response:
    assert answer.status_code == status, answer.text
    return answer


async def test_a_read_takes_two_statements(world: World) -> None:
    office = await Office.make(world)
    figure = await office.approved()
    leave = await office.asked(figure)
    due = await world.obligation(office.indicator, office.entity, "2024")
    for path in (
        figure.path,
        f"{figure.path}?as_of=2100-01-01T00:00:00Z",
        f"{figure.path}/history",
        "/v1/results",
        "/v1/results?state=approved",
        f"/v1/indicators/{office.indicator}",
        "/v1/indicators",
        "/v1/inbox",
        "/v1/inbox?of=division&due=late",
        "/v1/notifications?unread=true",
        "/v1/me/notification-settings",
        "/v1/dashboard",
        "/v1/reopenings",
        leave,
        f"/v1/obligations/{due}",
        "/v1/obligations?late=true&mine=true",
        "/v1/obligations/rates?by=person",
        "/v1/obligations/calendar?year=2025",
        "/v1/scoreboard?by=entity",
        "/v1/scoreboard?by=nation&as_of=2025-01-01T00:00:00Z",
    ):
        await _ok(await office.manager.api.get(path))
        with counted(READ):
            await _ok(await office.manager.api.get(path))


async def test_a_transition_takes_five_statements(world: World) -> None:
    office = await Office.make(world)
    figure = await office.draft()
    reason = {"reason": "سبب"}
    steps: list[tuple[Person, str, Any]] = [
        (office.enterer, "submit", None),
        (office.enterer, "withdraw", None),
        (office.enterer, "submit", None),
        (office.reviewer, "return", reason),
        (office.enterer, "submit", None),
        (office.reviewer, "review", None),
        (office.manager, "approve", None),
    ]
    for person, verb, body in steps:
        etag = await person.api.etag(figure.path)
        with counted(APPROVAL if verb == "approve" else TRANSITION):
            await _ok(await person.api.step(f"{figure.path}/{verb}", etag, body))
    discarded = await office.draft("2023")
    etag = await office.enterer.api.etag(discarded.path)
    with counted(TRANSITION):
        await _ok(await office.enterer.api.step(f"{discarded.path}/discard", etag))
    leave = await office.asked(figure)
    etag = await office.head.api.etag(leave)
    with counted(TRANSITION):
        await _ok(await office.head.api.step(f"{leave}/grant", etag))


async def test_entering_looks_once_at_what_is_owed(world: World) -> None:
    """Rights, facts, the key three times, what is owed, the event, the draft, the answer; a leave that is used up
    takes two more."""
    office = await Office.make(world)
    path = f"/v1/indicators/{office.indicator}/results"
    for period, opens_on, most in (("2024", date(2999, 1, 1), 9), ("2023", None, 11)):
        due = await world.obligation(office.indicator, office.entity, period, opens_on=opens_on)
        if opens_on is None:
            leave = await office.manager.api.send(
                "POST",
                f"/v1/obligations/{due}/reopenings",
                json={"reason": "سبب", "expires_on": clock.today().isoformat()},
                headers={
                    "If-Match": await office.manager.api.etag(f"/v1/obligations/{due}"),
                    "Idempotency-Key": f"leave-{due}",
                },
            )
            granted = (await _ok(leave, 201)).headers["Location"]
            await _ok(await office.head.api.step(f"{granted}/grant", await office.head.api.etag(granted)))
        with counted(most) as heard:
            entry = {"period": period, "value": 1, "obs_status": "E"}
            await _ok(await office.enterer.api.create(path, entry), 201)
        assert len(heard) == most


async def test_an_excuse_takes_five_statements(world: World) -> None:
    office = await Office.make(world)
    path = f"/v1/obligations/{await world.obligation(office.indicator, office.entity)}"
    for verb in ("excuse", "reinstate"):
        etag = await office.head.api.etag(path)
        with counted(TRANSITION):
            await _ok(await office.head.api.step(f"{path}/{verb}", etag, {"reason": "سبب"}))


async def test_a_path_template_takes_no_more(world: World) -> None:
    """Read, listed, moved; one that is in force is superseded by two statements more."""
    office = await Drafting.make(world)
    first = await office.approved()
    second = await office.opened(first)
    for path in (
        first,
        second,
        "/v1/path-templates",
        f"/v1/path-templates?entity_id={office.entity.id}&q=مسار",
    ):
        with counted(READ):
            await _ok(await office.manager.api.get(path))
    etag = await office.manager.api.etag(second)
    with counted(TRANSITION):
        await _ok(await office.manager.api.patch(second, etag, {"title_en": "Another path"}))
    for person, verb, body, most in (
        (office.manager, "submit", None, TRANSITION),
        (office.manager, "withdraw", None, TRANSITION),
        (office.manager, "submit", None, TRANSITION),
        (office.head, "return", {"reason": "سبب"}, TRANSITION),
        (office.manager, "submit", None, TRANSITION),
        (office.head, "approve", None, TRANSITION + 2),
    ):
        etag = await person.api.etag(second)
        with counted(most):
            await _ok(await person.api.step(f"{second}/{verb}", etag, body))


async def test_a_preview_asks_twice_and_approves_between(world: World) -> None:
    office = await Office.make(world)
    figure = await office.reviewed()
    etag = await office.manager.api.etag(figure.path)
    with counted(APPROVAL + 1) as heard:  # no answer is read, but two are
        await _ok(await office.manager.api.step(f"{figure.path}/preview-approval", etag))
    assert len(heard) == APPROVAL + 1


async def test_an_edit_takes_five_statements(world: World) -> None:
    office = await Office.make(world)
    figure = await office.draft()
    etag = await office.enterer.api.etag(figure.path)
    with counted(TRANSITION):
        await _ok(await office.enterer.api.patch(figure.path, etag, {"value": 1}))


async def test_a_refusal_takes_no_more_than_a_read(world: World) -> None:
    office = await Office.make(world)
    figure = await office.draft()
    etag = await office.enterer.api.etag(figure.path)
    with counted(READ):
        await _ok(await office.reviewer.api.step(f"{figure.path}/submit", etag), 403)
    with counted(READ):
        await _ok(await office.enterer.api.step(f"{figure.path}/submit", '"9.x"'), 412)


async def test_lists_take_the_same_number_whatever_they_hold(world: World) -> None:
    office = await Office.make(world)
    few = [await _statements_of(office.reviewer, path) for path in ("/v1/results", "/v1/inbox")]
    await office.many_submitted(200)
    many = [
        await _statements_of(office.reviewer, path)
        for path in ("/v1/results?all_revisions=true&limit=200", "/v1/inbox?limit=200")
    ]
    assert few == many == [READ, READ]


async def _statements_of(person: Person, path: str) -> int:
    with counted(READ) as heard:
        await _ok(await person.api.get(path))
    return len(heard)


@pytest.mark.parametrize("kinds", [1, 2])
async def test_bulk_takes_the_same_number_whatever_it_holds(world: World, kinds: int) -> None:
    found = []
    for count in (2, 100):
        office = await Office.make(world)
        figures = await office.many_submitted(count)
        items = [
            {
                "id": str(id_),
                "if_match": '"2.x"',
                "decision": ("review", "return")[number % kinds],
                "reason": "سبب",
            }
            for number, id_ in enumerate(figures)
        ]
        with counted(12) as heard:
            answer = await _ok(await office.reviewer.api.create("/v1/results/decisions", {"items": items}))
        assert {item["status"] for item in answer.json()["items"]} == {200}
        found.append(len(heard))
    assert found[0] == found[1]
    # Rights, facts, an update and a record for each kind; the key is locked, looked up and kept.
    assert found[0] == 5 + 2 * kinds


async def test_many_approvals_keep_their_scores_in_one_statement(world: World) -> None:
    office = await Office.make(world)
    figures = await office.many_submitted(60)
    for person, decision, version, most in (
        (office.reviewer, "review", 2, 7),
        (office.manager, "approve", 3, 8),
    ):
        items = [{"id": str(id_), "if_match": f'"{version}.x"', "decision": decision} for id_ in figures]
        with counted(most) as heard:
            answer = await _ok(await person.api.create("/v1/results/decisions", {"items": items}))
        assert {item["status"] for item in answer.json()["items"]} == {200}
        assert len(heard) == most
