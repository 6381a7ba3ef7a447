"""The clock of a level: working days of Oman, pauses with a reason, what is overdue and to whom that is flagged."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.calendar import rules as calendar
from app.services.challenges import clock as levels
from app.tokens import Claims
from tests.factories.calendar import at
from tests.factories.challenges import INSTRUCTIONS, REASON, Bureau
from tests.factories.world import Person, World

SUNDAY = datetime(2026, 3, 1, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
async def bureau(world: World) -> Bureau:
    return await Bureau.make(world)


def on(world: World, person: Person) -> Any:
    """The person, signed in at the moment that the service believes in."""
    return person.api.as_(world.keys.issue(Claims(person.id, person.session_id), 3600))


async def seen(bureau: Bureau, person: Person, path: str) -> dict[str, Any]:
    found: dict[str, Any] = (await on(bureau.world, person).get(path)).json()
    return found


async def test_a_limit_counts_working_days_and_leaves_holidays_out(bureau: Bureau) -> None:
    with at(SUNDAY):
        before = await seen(bureau, bureau.manager, await bureau.now().opened())
    await bureau.world.holiday(date(2026, 3, 3))
    with at(SUNDAY):
        after = await seen(bureau, bureau.manager, await bureau.now().opened())
    assert before["due"] == "2026-03-22", "fifteen working days after a Sunday"
    assert after["due"] == "2026-03-23"


async def test_a_pause_moves_the_last_day_by_the_working_days_it_lasted(bureau: Bureau) -> None:
    with at(SUNDAY + timedelta(days=35)):
        path = await bureau.now().opened()
    with at(SUNDAY + timedelta(days=36)):
        api = on(bureau.world, bureau.manager)
        due = (await api.get(path)).json()["due"]
        body = {"reason": "بانتظار صدور الموازنة المعدلة"}
        paused = await api.step(f"{path}/pause", await api.etag(path), body)
        assert paused.status_code == 200, paused.text
        assert paused.json()["stays"][0]["pause_reason"] == body["reason"]
        again = await api.step(f"{path}/pause", await api.etag(path), body)
        assert (again.status_code, again.json()["code"]) == (409, "already_paused")
    with at(SUNDAY + timedelta(days=99)):
        api = on(bureau.world, bureau.manager)
        assert not (await api.get(path)).json()["overdue"], "the clock stands still"
    with at(SUNDAY + timedelta(days=43)):
        api = on(bureau.world, bureau.manager)
        resumed = await api.step(f"{path}/resume", await api.etag(path), {"reason": "صدرت الموازنة المعدلة"})
        assert resumed.status_code == 200, resumed.text
        stay = resumed.json()["stays"][0]
        assert (stay["paused_days"], stay["paused_at"]) == (5, None)
        moved = calendar.add_working_days(date.fromisoformat(due), 5, ())
        assert stay["due"] == resumed.json()["due"] == moved.isoformat()
        waits = resumed.json()["awaiting"]
        assert [wait["due"] for wait in waits] == [moved.isoformat()]
        again = await api.step(f"{path}/resume", await api.etag(path), {"reason": "صدرت"})
        assert (again.status_code, again.json()["code"]) == (409, "not_paused")


async def test_what_waits_has_no_day_while_the_clock_stands_still(world: World) -> None:
    bureau = await Bureau.make(world)

    async def line(person: Person, after: int) -> dict[str, Any]:
        with at(SUNDAY + timedelta(days=after)):
            [found] = (await seen(bureau, person, "/v1/inbox"))["items"]
            counts = (await seen(bureau, person, "/v1/dashboard"))["inbox"]
            assert counts["late"] == found["late"]
            awaiting = (await seen(bureau, person, path))["awaiting"]
            assert {wait["due"] for wait in awaiting} == {found["due"]}
            return {name: found[name] for name in ("due", "late", "overdue_days")}

    with at(SUNDAY):
        path = await bureau.now().opened(bureau.now().manager)
    with at(SUNDAY + timedelta(days=42)):
        late = await line(bureau.head, 42)
        assert late["late"], "who brought it does not confirm it, so the head is asked"
        await bureau.done(bureau.now().manager, path, "pause", reason="بانتظار صدور الموازنة المعدلة")
    assert await line(bureau.head, 99) == {"due": None, "late": False, "overdue_days": 0}
    with at(SUNDAY + timedelta(days=99)):
        await bureau.done(bureau.now().manager, path, "resume", reason="صدرت الموازنة المعدلة")
    again = await line(bureau.head, 99)
    assert (again["late"], again["due"] > late["due"]) == (True, True)


async def test_overdue_is_flagged_to_the_level_above_and_goes_nowhere_by_itself(world: World) -> None:
    bureau = await Bureau.make(world)
    with at(SUNDAY):
        in_office = await bureau.now().opened()
        with_head = await bureau.now().with_head()
        with_unit = await bureau.now().with_body("office-to-unit")
    with at(SUNDAY + timedelta(days=80)):
        flags = {}
        for name in ("manager", "head", "head_office", "unit"):
            api = on(world, getattr(bureau, name))
            answer = await api.get("/v1/challenges", entity_id=str(bureau.entity.id), flagged="true")
            flags[name] = {f"/v1/challenges/{item['id']}" for item in answer.json()["items"]}
            assert all(item["overdue"] for item in answer.json()["items"])
        assert flags == {
            "manager": set(),
            "head": {in_office, with_unit},
            "head_office": {in_office, with_unit},
            "unit": {with_head},
        }
        states = [(await seen(bureau, bureau.manager, path))["state"] for path in (in_office, with_head)]
        assert states == ["open", "with_head"], "nothing is escalated without a person"
        counted = await on(world, bureau.manager).get(
            "/v1/challenge-statistics", entity_id=str(bureau.entity.id)
        )
        assert counted.json()["overdue"] == 3


async def test_days_at_a_level_are_measured_without_the_pauses(bureau: Bureau) -> None:
    with at(SUNDAY + timedelta(days=140)):
        path = await bureau.now().with_head()
    with at(SUNDAY + timedelta(days=141)):
        api = on(bureau.world, bureau.head)
        await api.step(f"{path}/pause", await api.etag(path), {"reason": "بانتظار رأي قانوني"})
    with at(SUNDAY + timedelta(days=148)):
        api = on(bureau.world, bureau.head)
        body = {"ruling": "return_with_instructions", "reason": INSTRUCTIONS}
        decided = await api.step(f"{path}/decide", await api.etag(path), body)
        stay = decided.json()["stays"][1]
        assert (stay["days"], stay["paused_days"], stay["paused_at"]) == (1, 5, None)
        assert decided.json()["stays"][2]["paused_days"] == 0


async def test_the_heads_office_stops_the_heads_clock_by_a_letter(bureau: Bureau) -> None:
    path = await bureau.now().with_head()
    answer = await bureau.take(bureau.head_office, path, "pause", reason=REASON)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/decision")
    paused = await bureau.done(bureau.head_office, path, "pause", reason=REASON, decision=bureau.letter())
    assert paused["paused_at"] is not None
    answer = await bureau.take(bureau.manager, path, "resume", reason=REASON)
    assert answer.status_code == 403, "the manager does not hold it"


DAYS = st.integers(0, 400)


@given(opened=DAYS, limit=st.integers(1, 120), paused=DAYS, resumed=DAYS, ended=DAYS)
def test_the_clock_never_runs_backwards(
    opened: int, limit: int, paused: int, resumed: int, ended: int
) -> None:
    start = SUNDAY + timedelta(days=opened)
    stop, go = start + timedelta(days=paused), start + timedelta(days=paused + resumed)
    end = go + timedelta(days=ended)
    due = levels.due(start, limit, ())
    assert due > start.date()
    stay = {"held_since": start, "due": due, "paused_at": stop, "paused_days": 0}
    after = levels.due_after_pause(stay, go, ())
    assert after >= due
    still = levels.paused_days(stay, go, ())
    whole = calendar.working_days_between(due, after, ())
    assert whole == still, "later by exactly as long as it stood still"
    goes = {**stay, "due": after, "paused_at": None, "paused_days": still}
    assert 0 <= levels.lasted(goes, end, ()) <= calendar.working_days_between(start.date(), end.date(), ())
