"""Calendar feeds: one secret link for each person, read by a real calendar client."""

import asyncio
import json
from asyncio.subprocess import PIPE
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from app import clock, middleware
from app.enums import Role
from tests import node
from tests.api import Api
from tests.factories.meetings import Office, moments
from tests.factories.world import Person, World
from tests.logged import lines_of

HERE = Path(__file__).parent
MINE = "/v1/me/calendar-feed"
TITLE = (
    "اجتماع متابعة المبادرات المتأخرة ومؤشرات الأداء الحمراء مع فريق وحدة متابعة تنفيذ رؤية عُمان 2040؛ الدور"
    " الثاني، بحضور مسؤولي التقسيمات المنفذة"
)
NEXT_WEEK = (datetime.now(UTC) + timedelta(days=7)).replace(hour=5, minute=30, second=0, microsecond=0)


@pytest.fixture(scope="module")
async def office(world: World) -> Office:
    return await Office.make(world)


async def linked(person: Person) -> str:
    """The secret path of a new feed of the person."""
    made = await person.api.send("POST", MINE)
    assert made.status_code == 201, made.text
    assert made.headers["Cache-Control"] == "no-store"
    path: str = made.json()["path"]
    return path


async def read(api: Api, path: str) -> httpx.Response:
    """The feed, as a calendar without sign-in reads it."""
    answer = await api.as_(None).get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return answer


async def understood(feed: bytes) -> dict[str, Any]:
    """What ical.js makes of a feed: its events by the id in their UID."""
    await asyncio.to_thread(node.install, HERE)
    client = await asyncio.create_subprocess_exec(
        node.program(), str(HERE / "client.mjs"), cwd=HERE, env=node.environment(), stdin=PIPE, stdout=PIPE
    )
    async with asyncio.timeout(60):
        out, _ = await client.communicate(feed)
    said: dict[str, Any] = json.loads(out)
    return said | {"events": {event["uid"]: event for event in said["events"]}}


def uid(path: str) -> str:
    """The UID of a meeting."""
    return f"meeting-{path.rpartition('/')[2]}@mutabaa"


async def test_a_calendar_reads_meetings_and_due_days(world: World, office: Office) -> None:
    planned = await office.planned(
        title_ar=TITLE, place="قاعة السلام، الدور الثاني; مبنى 3", **moments(NEXT_WEEK, 90)
    )
    cancelled = await office.cancelled(**moments(NEXT_WEEK + timedelta(days=1)))
    held = await office.held()
    due = clock.today() + timedelta(days=10)
    meeting_id = held.rpartition("/")[2]
    await world.owner.execute(
        "update waits set due = $1 where subject_id = $2 and closed_at is null", due, UUID(meeting_id)
    )

    answer = await read(office.second.api, await linked(office.second))
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    assert b"VTIMEZONE" in answer.content
    seen = await understood(answer.content)
    assert (seen["name"], seen["zones"]) == ("متابعة", ["Asia/Muscat"])

    meeting = seen["events"][uid(planned)]
    assert meeting["summary"] == TITLE
    assert meeting["location"] == "قاعة السلام، الدور الثاني; مبنى 3"
    assert meeting["start"] == (NEXT_WEEK + timedelta(hours=4)).strftime("%Y-%m-%dT09:30:00")
    assert meeting["utc"] == NEXT_WEEK.strftime("%Y-%m-%dT05:30:00.000Z")
    assert (meeting["zone"], meeting["status"], meeting["sequence"]) == ("Asia/Muscat", "CONFIRMED", 0)
    called_off = seen["events"][uid(cancelled)]
    assert (called_off["status"], called_off["sequence"]) == ("CANCELLED", 1)
    assert seen["events"][uid(held)]["status"] == "CONFIRMED"

    awaited = seen["events"][f"due-{meeting_id}-meetings.confirm@mutabaa"]
    assert (awaited["allDay"], awaited["start"]) == (True, due.isoformat())
    assert awaited["end"] == (due + timedelta(days=1)).isoformat()
    # Four eyes keeps who wrote the minutes from confirming them.
    by_writer = await understood((await read(office.specialist.api, await linked(office.specialist))).content)
    assert awaited["uid"] not in by_writer["events"]


async def test_what_is_awaited_of_two_parties_is_one_event(world: World) -> None:
    office = await Office.make(world)
    both = office.manager
    await world.appoint(both, Role.SPECIALIST, office.entity)
    held = (await office.held()).rpartition("/")[2]
    await world.owner.execute("update waits set due = $1 where subject_id = $2", clock.today(), UUID(held))
    # Of the specialists it is awaited since an earlier step.
    await world.owner.execute(
        "update waits set opened_at = opened_at - interval '1 hour',"
        " opened_by_event = (select min(id) from events where subject_id = $1)"
        " where subject_id = $1 and party like 'specialist:%'",
        UUID(held),
    )
    feed = (await read(both.api, await linked(both))).text.replace("\r\n ", "")
    assert feed.count(f"UID:due-{held}-meetings.confirm@mutabaa") == 1


async def test_what_changes_keeps_its_uid_and_rises(office: Office) -> None:
    path = await office.planned(**moments(NEXT_WEEK))
    link = await linked(office.member)
    before = await read(office.member.api, link)
    changed = await office.change(office.specialist, path, place="القاعة الصغرى")
    assert changed.status_code == 200, changed.text
    after = await read(office.member.api, link)
    first, second = [(await understood(one.content))["events"][uid(path)] for one in (before, after)]
    assert (first["sequence"], second["sequence"]) == (0, 1)
    assert first["modified"] <= second["modified"]
    assert before.headers["ETag"] != after.headers["ETag"]


async def test_the_same_is_not_sent_twice(office: Office) -> None:
    link = await linked(office.head)
    seen = await read(office.head.api, link)
    again = await office.head.api.as_(None).send("GET", link, headers={"If-None-Match": seen.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (await read(office.head.api, link)).content == seen.content


async def test_it_shows_what_the_person_sees_and_no_more(world: World, office: Office) -> None:
    open_ = await office.planned(people=office.invited(office.member), **moments(NEXT_WEEK))
    hidden = await office.planned(
        people=office.invited(office.member), classification="restricted", **moments(NEXT_WEEK)
    )
    far = await office.planned(**moments(NEXT_WEEK + timedelta(days=370)))
    outsider = await world.person(Role.MANAGER, await world.entity())
    for person, shown in (
        (office.member, {open_, hidden}),
        (office.manager, {open_, hidden}),
        (office.second, {open_}),
        (office.unit, set()),
        (outsider, set()),
    ):
        feed = (await read(person.api, await linked(person))).content.replace(b"\r\n ", b"").decode()
        assert {path for path in (open_, hidden, far) if uid(path) in feed} == shown


async def test_unit_has_the_meetings_that_it_is_invited_to(office: Office) -> None:
    met = await office.planned(
        with_whom="unit_team", people=office.invited(office.unit), **moments(NEXT_WEEK)
    )
    other = await office.planned(with_whom="unit_team", **moments(NEXT_WEEK))
    feed = (await read(office.unit.api, await linked(office.unit))).text.replace("\r\n ", "")
    assert uid(met) in feed
    assert uid(other) not in feed


async def test_one_link_each_that_is_replaced_and_revoked(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = office.head_office
    assert (await person.api.get(MINE)).json() == {"active": False, "made_at": None, "read_at": None}
    first = await linked(person)
    state = (await person.api.get(MINE)).json()
    assert (state["active"], state["read_at"]) == (True, None)
    await read(person.api, first)
    assert (await person.api.get(MINE)).json()["read_at"] is not None
    second = await linked(person)
    assert (await person.api.as_(None).get(first)).status_code == 404
    logged = lines_of(middleware, monkeypatch)
    await read(person.api, second)
    assert "/v1/calendar-feeds/{feed}" in str(logged)
    assert second[19:62] not in str(logged)
    for _ in range(2):
        assert (await person.api.send("DELETE", MINE)).status_code == 204
    gone = await person.api.as_(None).get(second)
    assert (gone.status_code, gone.json()["code"]) == (404, "not_found")
    assert (await person.api.get(MINE)).json()["active"] is False


async def test_that_it_was_read_is_kept_once_an_hour(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    link, seen, start = await linked(office.member), [], clock.now()
    for minutes in (0, 1, 59, 60, 61, 200):
        with monkeypatch.context() as moved:
            moved.setattr(clock, "now", lambda at=start + timedelta(minutes=minutes): at)
            await read(office.member.api, link)
        kept = datetime.fromisoformat((await office.member.api.get(MINE)).json()["read_at"])
        seen.append((kept - start) // timedelta(minutes=1))
    assert seen == [0, 0, 0, 60, 60, 200]


async def test_who_is_blocked_has_no_feed(world: World, office: Office) -> None:
    person = await world.person(Role.SPECIALIST, office.entity)
    link = await linked(person)
    await world.owner.execute("update users set is_active = false where id = $1", person.id)
    assert (await person.api.as_(None).get(link)).status_code == 404


@pytest.mark.parametrize("token", ["x", "a" * 43, "a" * 44, "%D8%B9" * 43])
async def test_an_unknown_link_is_not_found(office: Office, token: str) -> None:
    assert (await office.head.api.as_(None).get(f"/v1/calendar-feeds/{token}.ics")).status_code == 404


async def test_only_its_hash_is_kept(world: World, office: Office) -> None:
    link = await linked(office.manager)
    kept = await world.owner.fetchval(
        "select token_hash from calendar_feeds where person_id = $1", office.manager.id
    )
    assert len(kept) == 32
    history = await world.owner.fetch(
        "select action, changes::text as changes from events where subject_id = $1", office.manager.id
    )
    assert "calendar_feeds.make" in {row["action"] for row in history}
    assert all(link[19:62] not in row["changes"] for row in history)


async def test_nobody_makes_one_without_signing_in_or_with_a_key(office: Office) -> None:
    assert (await office.member.api.as_(None).send("POST", MINE)).status_code == 401
    keyed = await office.member.api.create(MINE)
    assert (keyed.status_code, keyed.json()["code"]) == (400, "malformed")
