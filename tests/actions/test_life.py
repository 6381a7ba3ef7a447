"""The life of an action: opened by the office, done by its owner, confirmed by somebody else (Guide M-2, M-9, X-2)."""

from datetime import timedelta
from typing import Any

import pytest

from app import clock
from app.enums import Role
from app.schemas.actions import ActionList, ActionRead, ActionStatistics
from tests.factories.actions import (
    NOTE,
    OUTCOME,
    TITLE,
    WHY,
    cancelled,
    directive,
    done,
    id_of,
    in_days,
    open_,
    opened,
    proposed,
    reported,
    said,
)
from tests.factories.challenges import Bureau
from tests.factories.world import Person, World


@pytest.fixture(scope="module")
async def bureau(world: World) -> Bureau:
    return await Bureau.make(world)


@pytest.fixture(scope="module")
async def second(bureau: Bureau) -> Person:
    """Another specialist of the office."""
    return await bureau.world.person(Role.SPECIALIST, bureau.entity)


async def waits(person: Person, path: str) -> list[dict[str, Any]]:
    inbox = (await person.api.get("/v1/inbox", limit="200")).json()["items"]
    return [item for item in inbox if item["subject_id"] == id_of(path)]


async def test_a_directive_is_done_by_its_division_and_confirmed_by_the_manager(bureau: Bureau) -> None:
    path = await opened(bureau)
    found = (await bureau.specialist.api.get(path)).json()
    ActionRead.model_validate(found)
    assert found["code"].startswith(f"AC-{clock.today().year}-")
    assert (found["state"], found["source"], found["comes_from"]) == ("open", "directive", None)
    assert found["directive"] == directive()
    assert found["actions"] == ["actions.edit", "actions.postpone", "actions.cancel"]
    (awaited,) = found["awaiting"]
    assert (awaited["party"], awaited["action"], awaited["due"]) == (
        "division",
        "actions.report",
        in_days(10),
    )
    (item,) = await waits(bureau.enterer, path)
    assert (item["action"], item["due"]) == ("actions.report", in_days(10))
    assert TITLE in item["title"]["ar"]

    noted = await bureau.done(bureau.enterer, path, "note", note=NOTE)
    assert [note["note"] for note in noted["notes"]] == [NOTE]
    told = await bureau.done(bureau.enterer, path, "report", outcome=OUTCOME)
    assert (told["state"], told["outcome"], told["reported_by"]["id"]) == (
        "reported",
        OUTCOME,
        str(bureau.enterer.id),
    )
    assert {each["party"] for each in told["awaiting"]} == {"manager", "specialist"}
    assert not await waits(bureau.enterer, path)
    assert not await waits(bureau.specialist, path), "who opened it does not confirm it"
    assert [item["action"] for item in await waits(bureau.manager, path)] == ["actions.confirm"]

    ended = await bureau.done(bureau.manager, path, "confirm")
    ActionRead.model_validate(ended)
    assert (ended["state"], ended["ended_by"]["id"], ended["awaiting"]) == (
        "done",
        str(bureau.manager.id),
        [],
    )
    assert ended["actions"] == []


async def test_a_person_owns_it(bureau: Bureau) -> None:
    expert = await bureau.world.person(Role.EXPERT, bureau.entity)
    path = await opened(bureau, owner_id=str(expert.id))
    found = (await expert.api.get(path)).json()
    assert found["actions"] == ["actions.note", "actions.report"]
    assert found["awaiting"][0]["party"] == "person"
    assert [item["party"] for item in await waits(expert, path)] == ["person"]
    assert (await bureau.enterer.api.get(path)).status_code == 404, "of no division"
    await bureau.done(expert, path, "report", outcome=OUTCOME)


async def test_it_is_returned_with_a_reason_and_reported_anew(bureau: Bureau, second: Person) -> None:
    path = await reported(bureau)
    assert (await bureau.take(second, path, "return")).status_code == 422
    back = await bureau.done(second, path, "return", reason=WHY)
    assert (back["state"], back["outcome"], back["reported_by"]) == ("open", None, None)
    assert (back["returned"]["by"]["id"], back["returned"]["reason"]) == (str(second.id), WHY)
    assert [item["due"] for item in await waits(bureau.enterer, path)] == [in_days(10)]
    await bureau.done(bureau.enterer, path, "report", outcome=OUTCOME)
    assert (await bureau.done(second, path, "confirm"))["state"] == "done"


async def test_its_day_is_put_off_with_a_reason_and_counted(bureau: Bureau) -> None:
    path = await opened(bureau)
    for number, days in enumerate((20, 40), 1):
        found = await bureau.done(bureau.manager, path, "postpone", due=in_days(days), reason=WHY)
        assert (found["due"], found["postponed"]) == (in_days(days), number)
        assert [item["due"] for item in await waits(bureau.enterer, path)] == [in_days(days)]
    assert [(each["due_before"], each["due"]) for each in found["postponements"]] == [
        (in_days(10), in_days(20)),
        (in_days(20), in_days(40)),
    ]


async def test_it_is_given_to_another_owner(bureau: Bureau) -> None:
    expert = await bureau.world.person(Role.EXPERT, bureau.entity)
    path = await opened(bureau)
    etag = await bureau.specialist.api.etag(path)
    both = await bureau.specialist.api.patch(path, etag, {"owner_id": str(expert.id)})
    assert both.status_code == 422, "one owns it"
    handed = await bureau.specialist.api.patch(path, etag, {"owner_id": str(expert.id), "division_id": None})
    assert handed.status_code == 200, handed.text
    assert [item["due"] for item in await waits(expert, path)] == [in_days(10)]
    assert not await waits(bureau.enterer, path)
    same = await bureau.specialist.api.patch(path, handed.headers["ETag"], {"owner_id": str(expert.id)})
    assert same.json()["version"] == handed.json()["version"], "what changes nothing writes nothing"


async def test_a_proposal_waits_for_the_head(bureau: Bureau) -> None:
    path = await proposed(bureau)
    assert (await bureau.enterer.api.get(path)).json()["actions"] == []
    assert [item["action"] for item in await waits(bureau.head, path)] == ["actions.accept"]
    accepted = await bureau.done(bureau.head, path, "accept")
    assert (accepted["state"], accepted["accepted_by"]["id"]) == ("open", str(bureau.head.id))
    assert [item["action"] for item in await waits(bureau.enterer, path)] == ["actions.report"]


async def test_the_heads_office_records_what_the_head_decided(bureau: Bureau) -> None:
    path = await proposed(bureau)
    assert (await bureau.take(bureau.head_office, path, "accept")).status_code == 422
    answer = await bureau.take(bureau.head_office, path, "accept", decision=bureau.letter())
    assert answer.status_code == 200, answer.text
    assert answer.json()["accepted_by"]["id"] == str(bureau.head.id)
    refusal = await bureau.done(bureau.head, await proposed(bureau), "refuse", reason=WHY)
    assert (refusal["state"], refusal["end_reason"], refusal["awaiting"]) == ("refused", WHY, [])


async def test_it_comes_from_a_challenge_and_is_read_in_its_thread(bureau: Bureau) -> None:
    challenge = await bureau.opened()
    path = await opened(
        bureau, source="challenge", source_id=id_of(challenge), about_id=str(bureau.indicator)
    )
    found = (await bureau.manager.api.get(path)).json()
    assert (found["comes_from"]["kind"], found["comes_from"]["id"]) == ("challenge", id_of(challenge))
    assert (found["about"]["kind"], found["about"]["id"]) == ("indicator", str(bureau.indicator))
    thread = (await bureau.manager.api.get(f"{challenge}/thread")).json()
    assert [each["id"] for each in thread["follow_up"]] == [id_of(path)]
    listed = (await bureau.manager.api.get("/v1/actions", source_id=id_of(challenge))).json()
    assert [item["id"] for item in listed["items"]] == [id_of(path)]


async def test_four_eyes_leaves_nobody_so_the_head_confirms(bureau: Bureau) -> None:
    small = await Bureau.make(bureau.world)
    path = await opened(small, by=small.specialist)
    etag = await small.manager.api.etag(path)
    assert (await small.manager.api.patch(path, etag, {"title": "عنوان آخر"})).status_code == 200
    told = await small.done(small.enterer, path, "report", outcome=OUTCOME)
    assert [each["party"] for each in told["awaiting"]] == ["manager", "specialist", "head"]
    assert (await small.take(small.manager, path, "confirm")).json()["code"] == "four_eyes"
    seen = (await small.head.api.get(path)).json()
    assert "head" in {each["party"] for each in seen["awaiting"]}
    assert (await small.take(small.head, path, "confirm")).status_code == 422, "a reason is asked"
    ended = await small.done(small.head, path, "confirm", reason=WHY)
    assert (ended["state"], ended["exceptional"]) == ("done", True)


async def test_only_one_of_two_confirms(bureau: Bureau, second: Person) -> None:
    path = await reported(bureau)
    etag = await second.api.etag(path)
    await bureau.done(bureau.manager, path, "confirm")
    assert (await second.api.step(f"{path}/confirm", etag)).status_code == 412
    assert (await bureau.take(second, path, "confirm")).status_code == 409


async def test_statistics_count_what_the_reader_sees(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    small = await Bureau.make(bureau.world)
    await done(small)
    await cancelled(small)
    await opened(small, due=in_days(2))
    late = await opened(small, due=in_days(1))
    moved = clock.now() + timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: moved)
    small = small.now()
    found = (await small.manager.api.get("/v1/action-statistics", entity_id=str(small.entity.id))).json()
    ActionStatistics.model_validate(found)
    counts = {name: found[name] for name in ("total", "open", "overdue", "due_soon", "done", "on_time_share")}
    assert counts == {
        "total": 4,
        "open": 2,
        "overdue": 2,
        "due_soon": 0,
        "done": 1,
        "on_time_share": 1,
    }
    assert [each["source"] for each in found["by_source"]] == ["directive"]
    assert [each["division"]["id"] for each in found["by_division"]] == [str(small.executing.id)]
    other = (
        await bureau.now().manager.api.get("/v1/action-statistics", entity_id=str(small.entity.id))
    ).json()
    assert other["total"] == 0
    listed = (await small.enterer.api.get("/v1/actions", owner="division", overdue="true", limit="1")).json()
    ActionList.model_validate(listed)
    assert [item["id"] for item in listed["items"]] == [id_of(late)], "what is due first comes first"
    more = (
        await small.enterer.api.get(
            "/v1/actions", owner="division", overdue="true", limit="1", cursor=listed["next_cursor"]
        )
    ).json()
    assert len(more["items"]) == 1
    mine = (await small.enterer.api.get("/v1/actions", owner="me")).json()
    assert mine["items"] == []


async def test_it_is_found_by_its_words(bureau: Bureau) -> None:
    path = await opened(bureau, title="إعداد دليل التشغيل الموحّد")
    found = (await bureau.manager.api.get("/v1/actions", q="الموحد دليل")).json()["items"]
    assert [item["id"] for item in found] == [id_of(path)]


async def test_a_repeated_request_opens_one(bureau: Bureau) -> None:
    path, body = f"/v1/entities/{bureau.entity.id}/actions", said(bureau)
    once = await bureau.specialist.api.create(path, body, key="open-once-0001")
    again = await bureau.specialist.api.create(path, body, key="open-once-0001")
    assert (once.status_code, again.status_code) == (201, 201)
    assert once.json()["id"] == again.json()["id"]


async def test_who_is_no_part_of_it_takes_no_step(bureau: Bureau) -> None:
    assert (await open_(bureau, by=bureau.enterer)).status_code == 403
    path = await opened(bureau)
    assert (await bureau.take(bureau.manager, path, "report", outcome=OUTCOME)).status_code == 403
    assert (await bureau.take(bureau.enterer, path, "cancel", reason=WHY)).status_code == 403
    assert (await bureau.take(bureau.head, path, "note", note=NOTE)).status_code == 403
