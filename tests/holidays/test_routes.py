"""Public holidays that UNIT edits, and what is due because of them."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.enums import Frequency, Role
from app.schemas.holidays import HolidayList, HolidayRead
from app.services.obligations import periods
from tests.factories.calendar import at, know_holidays, oman, owed, scheduled
from tests.factories.world import Person, World
from tests.results.office import Office

TODAY = date(2027, 3, 1)
"""A Monday: the figures of February are expected over the feast of the ninth."""
EID = date(2027, 3, 10)
NAMES = {"name_ar": "عيد الفطر", "name_en": "Eid al-Fitr"}


@dataclass(frozen=True)
class Scene:
    """A ministry that owes a figure each month, and UNIT's editor."""

    world: World
    office: Office
    editor: Person

    async def dates(self, period: str) -> list[date]:
        """When a period opens, is due, is no longer late, and closes."""
        [row] = [
            row for row in await owed(self.world.owner, self.office.indicator) if row["period"] == period
        ]
        return [row[name] for name in ("opens_on", "due_on", "late_until", "closes_on")]

    async def all_dates(self) -> list[tuple[Any, ...]]:
        """Everything of the obligations."""
        return [tuple(row) for row in await owed(self.world.owner, self.office.indicator)]

    async def holiday(self, day: date) -> str:
        """The path of the holiday on a day."""
        id_ = await self.world.owner.fetchval(
            "select id from holidays where day = $1 and cancelled_at is null", day
        )
        return f"/v1/holidays/{id_}"

    async def cancel(self, day: date) -> dict[str, Any]:
        """UNIT cancels it."""
        path = await self.holiday(day)
        etag = await self.editor.api.etag(path)
        answer = await self.editor.api.step(f"{path}/cancel", etag, {"reason": "ثبتت رؤية الهلال"})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def enter(self, day: date, **said: Any) -> dict[str, Any]:
        """UNIT enters one."""
        answer = await self.editor.api.create("/v1/holidays", {"day": day.isoformat(), **NAMES, **said})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def moved(self, holiday: dict[str, Any]) -> int:
        """What the last event of a holiday says of it."""
        said = await self.world.owner.fetchval(
            "select changes from events where subject_id = $1 order by id desc limit 1", UUID(holiday["id"])
        )
        return int(json.loads(said)["moved"])


@pytest.fixture
async def scene(world: World) -> AsyncIterator[Scene]:
    await know_holidays(world)
    await world.owner.execute("update obligations set replaced_at = now()")  # those of other tests
    with at(TODAY):
        office = await Office.make(world, frequency=Frequency.MONTHLY)
        unit = await world.entity(is_unit=True)
        await scheduled(
            office.manager, office.indicator, frequency="monthly", due_after=5, late_for=2, closes_after=3
        )
        yield Scene(world, office, await world.person(Role.UNIT_EDITOR, unit))


def by_the_calendar(period: str, *, without: date | None = None, also: date | None = None) -> list[date]:
    """What the pure rules say of the same windows."""
    off = (set(oman()) - {without}) | ({also} if also else set())
    windows = periods.Windows(opens_after=1, due_after=5, late_for=2, closes_after=3)
    dates = periods.dates(periods.parse(period).end, windows, off)
    return [dates.opens_on, dates.due_on, dates.late_until, dates.closes_on]


async def test_when_the_moon_is_sighted_what_is_due_moves(scene: Scene) -> None:
    eid = sorted(day for day in oman() if abs((day - EID).days) < 5)
    before = await scene.dates("2027-02")
    assert before == by_the_calendar("2027-02")
    last = eid[-1]
    cancelled = await scene.cancel(last)
    expected = by_the_calendar("2027-02", without=last)
    assert await scene.dates("2027-02") == expected != before
    count = await scene.moved(cancelled)
    assert count == cancelled["moved"] == 1
    entered = await scene.enter(last)
    assert await scene.dates("2027-02") == before
    assert await scene.moved(entered) == entered["moved"] == 1
    assert entered["id"] != cancelled["id"]
    path = f"/v1/holidays/{entered['id']}"
    edited = await scene.editor.api.patch(path, await scene.editor.api.etag(path), {"estimated": True})
    assert edited.json()["moved"] == 1, "as when it was entered"


async def test_each_that_moves_says_so_and_nothing_else_is_touched(scene: Scene) -> None:
    before = {row["id"]: row for row in await owed(scene.world.owner, scene.office.indicator)}
    # A Thursday on which nobody expected a holiday.
    day = date(2027, 6, 3)
    holiday = await scene.enter(day, estimated=True)
    told = await scene.world.owner.fetch(
        "select e.* from events e join obligations o on o.id = e.subject_id"
        " where o.indicator_id = $1 and e.action = 'obligations.redate'",
        scene.office.indicator,
    )
    after = {row["id"]: row for row in await owed(scene.world.owner, scene.office.indicator)}
    changed = {id_ for id_, row in after.items() if tuple(row) != tuple(before[id_])}
    assert {after[id_]["period"] for id_ in changed} == {"2027-05"}
    [event] = told
    said = json.loads(event["changes"])
    row, old = after[event["subject_id"]], before[event["subject_id"]]
    assert said["holiday_id"] == holiday["id"]
    assert event["actor_id"] == scene.editor.id
    assert said["fields"] == {
        name: [old[name].isoformat(), row[name].isoformat()]
        for name in ("opens_on", "due_on", "late_until", "closes_on")
        if old[name] != row[name]
    }
    assert "due_on" in said["fields"]
    assert row["version"] == old["version"] + 1
    assert await scene.dates("2027-05") == by_the_calendar("2027-05", also=day)


async def test_what_is_past_stays(scene: Scene) -> None:
    """A day before today changes no date that is past; what counts across it, and lies ahead, moves."""
    yesterday = TODAY - timedelta(days=1)  # Sunday, on which the period of January closed or was still late
    before = {row["period"]: row for row in await owed(scene.world.owner, scene.office.indicator)}
    await scene.enter(yesterday)
    after = {row["period"]: row for row in await owed(scene.world.owner, scene.office.indicator)}
    for period, row in after.items():
        old = before[period]
        for name in ("opens_on", "due_on", "late_until", "closes_on"):
            if old[name] < TODAY:
                assert row[name] == old[name]
            else:
                assert row[name] >= TODAY
    # All of January is past; February begins to be counted with today.
    assert tuple(after["2027-01"]) == tuple(before["2027-01"])
    assert tuple(after["2027-02"]) == tuple(before["2027-02"])


async def test_no_date_moves_into_the_past(scene: Scene) -> None:
    """What a cancelled holiday would bring to a day before today is due on the next working day."""
    holiday = date(2027, 3, 4)  # a Thursday
    await scene.enter(holiday)
    due = (await scene.dates("2027-02"))[1]
    with at(due):
        late = Scene(scene.world, scene.office, await _editor(scene.world))
        await late.cancel(holiday)
        after = await late.dates("2027-02")
        assert after[0] == date(2027, 3, 1)  # past
        assert after[1] == due  # would have been due on the working day before
        assert by_the_calendar("2027-02")[1] < due
        assert after[2:] == by_the_calendar("2027-02")[2:]
        assert after == sorted(after)


async def test_open_waits_are_due_with_their_period(scene: Scene) -> None:
    office = scene.office
    drafted = await office.draft("2027-02")
    other = await scene.world.indicator(office.entity, office.executing, frequency=Frequency.MONTHLY)
    await scheduled(office.manager, other, frequency="monthly", due_after=5, late_for=2, closes_after=3)
    figure = await office.draft("2027-02", indicator=other)
    submitted = await office.submit(figure)

    async def dues() -> dict[UUID, date]:
        rows = await scene.world.owner.fetch(
            "select subject_id, due from waits where closed_at is null and subject_id = any($1)",
            [drafted.id, submitted.id],
        )
        return {row["subject_id"]: row["due"] for row in rows}

    before = await scene.dates("2027-02")
    assert await dues() == {drafted.id: before[1], submitted.id: before[3]}
    holiday = await scene.enter(date(2027, 3, 4))
    assert await scene.moved(holiday) == 2
    after = await scene.dates("2027-02")
    assert after[1] > before[1]
    assert after[3] > before[3]
    assert await dues() == {drafted.id: after[1], submitted.id: after[3]}
    inbox = (await office.reviewer.api.get("/v1/inbox")).json()["items"]
    assert after[3].isoformat() in json.dumps(inbox)


async def test_a_cancelled_holiday_frees_its_day(scene: Scene) -> None:
    day = date(2027, 3, 4)
    first = await scene.enter(day)
    again = await scene.editor.api.create("/v1/holidays", {"day": day.isoformat(), **NAMES})
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    cancelled = HolidayRead.model_validate(await scene.cancel(day))
    assert cancelled.cancelled_at is not None
    assert (cancelled.version, cancelled.actions) == (2, [])
    listed = HolidayList.model_validate_json((await scene.editor.api.get("/v1/holidays", year=2027)).content)
    assert day not in {item.day for item in listed.items}
    working = await scene.editor.api.get("/v1/working-days", start="2027-03-03", days=1)
    assert working.json()["date"] == day.isoformat()
    # It can still be read by its id, and nothing can be done to it.
    path = f"/v1/holidays/{first['id']}"
    etag = await scene.editor.api.etag(path)
    for refused in (
        await scene.editor.api.patch(path, etag, {"name_en": "Another"}),
        await scene.editor.api.step(f"{path}/cancel", etag, {"reason": "سبب"}),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    assert (await scene.enter(day))["id"] != first["id"]


async def test_an_edit_moves_nothing(scene: Scene) -> None:
    path = await scene.holiday(EID)
    before = await scene.all_dates()
    etag = await scene.editor.api.etag(path)
    answer = await scene.editor.api.patch(path, etag, {"name_en": "Eid", "estimated": True})
    assert answer.status_code == 200, answer.text
    edited = HolidayRead.model_validate_json(answer.content)
    assert edited.moved is None, "loaded"
    assert (edited.name_en, edited.estimated, edited.version) == ("Eid", True, 2)
    assert edited.actions == ["holidays.edit", "holidays.cancel"]
    assert await scene.all_dates() == before
    said = await scene.world.owner.fetchval(
        "select changes from events where subject_id = $1 order by id desc limit 1", edited.id
    )
    assert json.loads(said) == {"fields": {"name_en": ["Holiday", "Eid"], "estimated": ["false", "true"]}}
    same = await scene.editor.api.patch(path, answer.headers["ETag"], {"estimated": True})
    assert same.headers["ETag"] == answer.headers["ETag"]
    assert (await scene.editor.api.patch(path, etag, {"estimated": False})).status_code == 412
    assert (await scene.editor.api.patch(path, None, {"estimated": False})).status_code == 428


async def test_only_units_editors_touch_the_calendar(scene: Scene) -> None:
    world, office = scene.world, scene.office
    unit = await world.entity(is_unit=True)
    path = await scene.holiday(EID)
    before = await scene.all_dates()
    for person in (
        await world.person(Role.UNIT_SPECIALIST, unit),
        await world.person(Role.MANAGER, unit),
        office.manager,
        office.head,
        office.specialist,
        await world.person(Role.ADMINISTRATOR),
        await world.user(),
    ):
        seen = await person.api.get(path)
        assert seen.json()["actions"] == []
        etag = seen.headers["ETag"]
        for refused in (
            await person.api.create("/v1/holidays", {"day": "2027-03-04", **NAMES}),
            await person.api.patch(path, etag, {"estimated": True}),
            await person.api.step(f"{path}/cancel", etag, {"reason": "سبب"}),
        ):
            assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert await scene.all_dates() == before
    assert (await world.api.get(path)).status_code == 401
    assert (await office.manager.api.get(f"/v1/holidays/{uuid4()}")).status_code == 404


@pytest.mark.parametrize(
    ("said", "pointer", "code"),
    [
        ({"day": "2033-01-01"}, "#/day", "out_of_range"),
        ({"day": "2019-12-31"}, "#/day", "out_of_range"),
        ({"day": "9999-12-31"}, "#/day", "out_of_range"),
        ({"day": "0001-01-01"}, "#/day", "out_of_range"),
        ({"day": "2027-02-30"}, "#/day", "wrong_type"),
        ({"day": 1804032000}, "#/day", "wrong_type"),
        ({"day": None}, "#/day", "wrong_type"),
        ({"name_ar": ""}, "#/name_ar", "too_short"),
        ({"name_en": "a\x00b"}, "#/name_en", "bad_format"),
        ({"estimated": "maybe"}, "#/estimated", "wrong_type"),
        ({"cancelled_at": None}, "#/cancelled_at", "unknown_field"),
    ],
)
async def test_bad_input_is_named(scene: Scene, said: dict[str, Any], pointer: str, code: str) -> None:
    refused = await scene.editor.api.create("/v1/holidays", {"day": "2027-03-04", **NAMES, **said})
    assert refused.status_code == 422, refused.text
    assert (pointer, code) in {(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]}
    assert await scene.world.owner.fetchval("select count(*) from holidays where day = '2027-03-04'") == 0


async def test_the_next_year_is_entered_day_by_day(scene: Scene) -> None:
    entered = await scene.enter(date(2032, 1, 15))
    assert await scene.moved(entered) == 0
    await scene.enter(date(2033, 1, 15))


@pytest.mark.parametrize("patch", [{"day": "2027-03-04"}, {"name_en": None}, {"estimated": None}, []])
async def test_bad_patches_change_nothing(scene: Scene, patch: Any) -> None:
    path = await scene.holiday(EID)
    etag = await scene.editor.api.etag(path)
    assert (await scene.editor.api.patch(path, etag, patch)).status_code == 422
    refused = await scene.editor.api.step(f"{path}/cancel", etag, {"reason": ""})
    assert refused.status_code == 422
    assert await scene.editor.api.etag(path) == etag


async def _editor(world: World) -> Person:
    return await world.person(Role.UNIT_EDITOR, await world.entity(is_unit=True))
