"""Leave to enter a figure in a closed period: asked, granted, used once, and gone after its last day."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from app import clock
from app.enums import IndicatorLevel, Role
from app.schemas.reopenings import ReopeningRead
from tests.factories.calendar import NOW, at, know_holidays, owed, scheduled
from tests.factories.world import Person, World
from tests.obligations.owing import (
    CLOSED,
    OPEN,
    around,
    events_of,
    last_year,
    signed_in_now,
)
from tests.results.office import Office

LATER = timedelta(days=20)


async def _closed(world: World, office: Office) -> UUID:
    return await world.obligation(office.indicator, office.entity, last_year(), **around(*CLOSED))


async def _ask(person: Person, due: UUID, expires_on: date | None = None) -> httpx.Response:
    path = f"/v1/obligations/{due}"
    last_day = expires_on or clock.today() + LATER
    return await person.api.send(
        "POST",
        f"{path}/reopenings",
        json={"reason": "تأخر المسح الميداني", "expires_on": last_day.isoformat()},
        headers={"If-Match": await person.api.etag(path), "Idempotency-Key": uuid4().hex},
    )


async def _asked(person: Person, due: UUID, expires_on: date | None = None) -> str:
    answer = await _ask(person, due, expires_on)
    assert answer.status_code == 201, answer.text
    ReopeningRead.model_validate_json(answer.content)
    return answer.headers["Location"]


async def _granted(person: Person, path: str) -> str:
    answer = await person.api.step(f"{path}/grant", await person.api.etag(path))
    assert answer.status_code == 200, answer.text
    return path


async def _enter(office: Office) -> tuple[int, str | None]:
    answer = await office.enterer.api.create(
        f"/v1/indicators/{office.indicator}/results", {"period": last_year(), "value": 4.3}
    )
    return answer.status_code, answer.json().get("code")


async def test_used_once(world: World) -> None:
    office = await Office.make(world)
    due = await _closed(world, office)
    assert await _enter(office) == (409, "period_closed")
    leave = await _asked(office.manager, due)
    asked = (await office.head.api.get(leave)).json()
    assert (asked["obligation_id"], asked["result_id"]) == (str(due), None)
    assert (asked["indicator"]["id"], asked["period"]) == (str(office.indicator), last_year())
    inbox = (await office.head.api.get("/v1/inbox")).json()["items"]
    assert [(item["subject_id"], item["period"]) for item in inbox] == [(asked["id"], last_year())]
    assert await _enter(office) == (409, "period_closed")

    await _granted(office.head, leave)
    path = f"/v1/obligations/{due}"
    assert (await office.enterer.api.get(path)).json()["actions"] == ["results.create"]
    assert await _enter(office) == (201, None)
    assert (await office.manager.api.get(leave)).json()["state"] == "used"
    assert [event[0] for event in await events_of(world.owner, UUID(asked["id"]))] == [
        "obligations.ask_reopening",
        "reopenings.grant",
        "reopenings.use",
    ]
    # Discarded, the figure would need another leave.
    figure = (await office.enterer.api.get(path)).json()["result_id"]
    drafted = f"/v1/results/{figure}"
    await office.enterer.api.step(f"{drafted}/discard", await office.enterer.api.etag(drafted))
    assert await _enter(office) == (409, "period_closed")
    again = await _asked(office.manager, due)
    assert again != leave


async def test_a_leave_to_correct_names_the_figure(world: World) -> None:
    office = await Office.make(world)
    await office.asked(await office.approved("2023"))
    [item] = (await office.head.api.get("/v1/reopenings")).json()["items"]
    assert (item["indicator"]["id"], item["period"]) == (str(office.indicator), "2023")


async def test_the_obligation_says_until_when_it_is_reopened(world: World) -> None:
    office, partner = await Office.make(world), await Office.make(world)
    await world.contribution(
        office.indicator, office.entity, partner.entity, office.manager, part=partner.indicator
    )
    due = await _closed(world, office)
    path = f"/v1/obligations/{due}"

    async def said(person: Person) -> tuple[str | None, bool]:
        one = (await person.api.get(path)).json()
        items = (await person.api.get("/v1/obligations")).json()["items"]
        assert [i["reopened_until"] for i in items if i["id"] == str(due)] == [one["reopened_until"]]
        return one["reopened_until"], one["closed"]

    leave = await _asked(office.manager, due)
    assert await said(office.manager) == (None, True), "asked is not granted"
    await _granted(office.head, leave)
    until = clock.today() + LATER
    assert await said(office.enterer) == (until.isoformat(), True)
    assert await said(partner.manager) == (None, True), "partners are not told"
    with clock.moved_to(datetime.combine(until + timedelta(days=1), datetime.min.time(), clock.MUSCAT)):
        assert await said(signed_in_now(world, office.manager)) == (None, True), "expired"
    assert await _enter(office) == (201, None)
    assert await said(office.manager) == (None, True), "used up"


async def test_it_opens_its_own_period_only(world: World) -> None:
    office = await Office.make(world)
    other = await world.obligation(office.indicator, office.entity, "1999", **around(*CLOSED))
    await _closed(world, office)
    await _granted(office.head, await _asked(office.manager, other))
    assert await _enter(office) == (409, "period_closed")


async def test_it_expires(world: World) -> None:
    office = await Office.make(world)
    due = await _closed(world, office)
    leave = await _granted(office.head, await _asked(office.manager, due))
    after = datetime.combine(clock.today() + LATER, datetime.min.time(), clock.MUSCAT)
    for moment, expected in (
        (after + timedelta(days=1), (409, "period_closed")),
        (after + timedelta(hours=23, minutes=59), (201, None)),
    ):
        with clock.moved_to(moment):
            there = Office(
                **{
                    **vars(office),
                    "enterer": signed_in_now(world, office.enterer),
                    "manager": signed_in_now(world, office.manager),
                }
            )
            said = (await there.manager.api.get(leave)).json()
            assert (said["state"], said["expired"]) == ("granted", expected[0] == 409)
            assert await _enter(there) == expected


async def test_it_is_asked_only_for_a_closed_period_without_a_figure(world: World) -> None:
    office = await Office.make(world)
    still_open = await world.obligation(office.indicator, office.entity, "1999", **around(*OPEN))
    refused = await _ask(office.manager, still_open)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_closed")

    due = await _closed(world, office)
    for person in (office.head, office.specialist, office.enterer, office.reviewer):
        assert (await _ask(person, due)).status_code == 403
    await _asked(office.manager, due)
    twice = await _ask(office.manager, due)
    assert (twice.status_code, twice.json()["code"]) == (409, "already_exists")
    for expires_on in (clock.today() - timedelta(days=1), clock.today() + timedelta(days=91)):
        other = await world.obligation(
            await world.indicator(office.entity), office.entity, last_year(), **around(*CLOSED)
        )
        answer = await _ask(office.manager, other, expires_on)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/expires_on")


async def test_where_there_is_a_figure_nothing_is_reopened(world: World) -> None:
    office = await Office.make(world)
    figure = await office.approved(last_year())
    due = await _closed(world, office)
    refused = await _ask(office.manager, due)
    assert (refused.status_code, refused.json()["code"]) == (409, "already_exists")
    assert (await office.ask(figure)).status_code == 201, "that is corrected, by a leave of its own"


async def test_what_is_excused_is_not_reopened(world: World) -> None:
    office = await Office.make(world)
    due = await _closed(world, office)
    path = f"/v1/obligations/{due}"
    excused = await office.head.api.step(
        f"{path}/excuse", await office.head.api.etag(path), {"reason": "تعذر القياس"}
    )
    assert excused.status_code == 200
    refused = await _ask(office.manager, due)
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")


async def test_a_lapsed_request_gives_way_to_a_new_one(world: World) -> None:
    office = await Office.make(world)
    due = await _closed(world, office)
    figure = await office.approved("2020", indicator=await world.indicator(office.entity, office.executing))
    last_day = clock.today() + timedelta(days=3)
    lapsed = [await _asked(office.manager, due, last_day), await office.asked(figure, last_day)]
    moment = datetime.combine(last_day + timedelta(days=1), datetime.min.time(), clock.MUSCAT)
    with clock.moved_to(moment):
        manager, head = signed_in_now(world, office.manager), signed_in_now(world, office.head)
        there = Office(**{**vars(office), "manager": manager})
        for path, action in (
            (f"/v1/obligations/{due}", "obligations.ask_reopening"),
            (figure.path, "reopenings.ask"),
        ):
            assert action in (await manager.api.get(path)).json()["actions"]
        new = [
            await _asked(manager, due, last_day + LATER),
            await there.asked(figure, last_day + LATER),
        ]
        for path in lapsed:
            said = (await manager.api.get(path)).json()
            assert (said["state"], said["decided_by"]) == ("refused", None)
            assert "انقضى" in said["decision_reason"]
            assert "passed" in said["decision_reason"]
            assert said["awaiting"] == []
            events = await events_of(world.owner, UUID(said["id"]))
            assert (events[-1][:2], len(events)) == (("reopenings.lapse", None), 2)
        waiting = {item["subject_id"] for item in (await head.api.get("/v1/inbox")).json()["items"]}
        assert waiting == {path.removeprefix("/v1/reopenings/") for path in new}
        await _granted(head, new[0])
        enterer = signed_in_now(world, office.enterer)
        assert await _enter(Office(**{**vars(office), "enterer": enterer})) == (201, None)


@pytest.mark.parametrize("granted", [False, True])
async def test_what_another_schedule_replaces_is_not_reopened(world: World, granted: bool) -> None:
    await know_holidays(world)
    with at(NOW):
        office = await Office.make(world)
        manager, head = office.manager, office.head
        await scheduled(manager, office.indicator, frequency="quarterly", starts_on="2026-01-01")
        kept, replaced = [
            await _asked(manager, due["id"]) for due in (await owed(world.owner, office.indicator))[:2]
        ]
        if granted:
            await _granted(head, replaced)
        await scheduled(manager, office.indicator, frequency="quarterly", starts_on="2026-04-01")
        said = (await manager.api.get(replaced)).json()
        assert (said["state"], said["decided_by"], said["awaiting"]) == ("refused", None, [])
        assert "الفترة" in said["decision_reason"]
        event = await world.owner.fetchrow(
            "select action, from_state, to_state, actor_id, reason from events where subject_id = $1"
            " order by id desc limit 1",
            UUID(said["id"]),
        )
        was = "granted" if granted else "asked"
        assert tuple(event) == (
            "reopenings.lapse",
            was,
            "refused",
            manager.id,
            said["decision_reason"],
        )
        waits = "select count(*) from waits where subject_id = $1 and closed_at is null"
        assert await world.owner.fetchval(waits, UUID(said["id"])) == 0
        inbox = (await head.api.get("/v1/inbox")).json()["items"]
        assert [item["subject_id"] for item in inbox] == [kept.rpartition("/")[2]]
        late = await head.api.step(f"{replaced}/grant", await head.api.etag(replaced))
        assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
        assert (await manager.api.get(kept)).json()["state"] == "asked"


async def test_unit_grants_for_vision_indicators(world: World) -> None:
    office = await Office.make(world, level=IndicatorLevel.VISION)
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    leave = await _asked(office.manager, await _closed(world, office))
    etag = await office.head.api.etag(leave)
    assert (await office.head.api.step(f"{leave}/grant", etag)).status_code == 403
    await _granted(unit, leave)
    assert await _enter(office) == (201, None)


async def test_the_office_and_those_who_enter_and_review_see_it_nobody_else(world: World) -> None:
    office, partner = await Office.make(world), await Office.make(world)
    await world.contribution(
        office.indicator, office.entity, partner.entity, office.manager, part=partner.indicator
    )
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    due = await _closed(world, office)
    leave = await _asked(office.manager, due)
    seeing = (office.head, office.specialist, office.manager, office.enterer, office.reviewer)
    blind = (partner.manager, partner.enterer, unit)
    for person in (*seeing, *blind):
        expected = 200 if person in seeing else 404
        assert (await person.api.get(leave)).status_code == expected
        listed = (await person.api.get("/v1/reopenings", obligation_id=str(due))).json()["items"]
        assert [item["obligation_id"] for item in listed] == [str(due)] * (expected == 200)
