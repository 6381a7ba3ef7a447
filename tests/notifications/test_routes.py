"""Notifications, their settings and parked jobs over HTTP: one's own alone, bad input, and what each takes."""

from uuid import uuid4

import pytest

from app.db import Database
from app.enums import Role
from app.schemas.notifications import NotificationList, NotificationSettings, ParkedJobList
from app.services.notifications import telling
from tests.factories.notifications import told
from tests.factories.world import World
from tests.results.office import Office

SETTINGS = "/v1/me/notification-settings"


@pytest.fixture(scope="module")
async def office(world: World, working: Database) -> Office:
    """A ministry whose reviewers were told of five figures."""
    office = await Office.make(world)
    for _ in range(5):
        indicator = await world.indicator(office.entity, office.executing)
        await office.submit(await office.draft(indicator=indicator))
    await telling.tell_all(working, mailing=True)
    return office


async def test_pages_newest_first_and_only_what_is_unread(office: Office) -> None:
    api = office.second_reviewer.api
    whole = (await api.get("/v1/notifications")).json()
    NotificationList.model_validate(whole)
    assert len(whole["items"]) == 5
    assert whole["next_cursor"] is None
    moments = [item["created_at"] for item in whole["items"]]
    assert moments == sorted(moments, reverse=True)
    seen, cursor = [], None
    while True:
        page = (await api.get("/v1/notifications", limit=2, **({"cursor": cursor} if cursor else {}))).json()
        seen += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == whole["items"]
    first = seen[0]["id"]
    for _ in range(2):  # again as one likes
        assert (await api.send("POST", f"/v1/notifications/{first}/read")).status_code == 204
    assert [n["id"] for n in await told(office.second_reviewer, unread="false")] == [first]
    assert len(await told(office.second_reviewer, unread="true")) == 4
    assert (await api.send("POST", "/v1/notifications/read-all")).status_code == 204
    assert await told(office.second_reviewer, unread="true") == []
    assert len(await told(office.reviewer, unread="true")) == 5, "others have read nothing"


async def test_another_person_s_are_not_there(office: Office) -> None:
    [mine, *_] = await told(office.reviewer)
    answer = await office.second_reviewer.api.send("POST", f"/v1/notifications/{mine['id']}/read")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await office.reviewer.api.send("POST", f"/v1/notifications/{uuid4()}/read")).status_code == 404
    assert (await told(office.reviewer))[0]["read_at"] is None


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("unread=perhaps", 422),
        ("cursor=bm8", 422),
        ("limit=0", 422),
        ("unred=true", 422),
        ("limit=9999", 200),
    ],
)
async def test_bad_queries_are_told_precisely(office: Office, query: str, status: int) -> None:
    answer = await office.reviewer.api.get(f"/v1/notifications?{query}")
    assert answer.status_code == status, answer.text
    if status == 422:
        assert answer.json()["errors"][0]["parameter"] == query.partition("=")[0]


async def test_who_is_not_signed_in_has_none(world: World) -> None:
    for method, path in (
        ("GET", "/v1/notifications"),
        ("POST", f"/v1/notifications/{uuid4()}/read"),
        ("POST", "/v1/notifications/read-all"),
        ("GET", SETTINGS),
        ("PATCH", SETTINGS),
        ("GET", "/v1/parked-jobs"),
        ("POST", f"/v1/parked-jobs/{uuid4()}/retry"),
    ):
        headers = {"Content-Type": "application/merge-patch+json"} if method == "PATCH" else {}
        assert (await world.api.send(method, path, headers=headers)).status_code == 401, path


async def test_settings_are_a_part_of_the_person(office: Office) -> None:
    api = office.enterer.api
    read = await api.get(SETTINGS)
    NotificationSettings.model_validate(read.json())
    assert read.json() == {"email": "daily", "version": 1, "actions": ["me.edit"]}
    assert (
        await api.send("GET", SETTINGS, headers={"If-None-Match": read.headers["ETag"]})
    ).status_code == 304
    etag = read.headers["ETag"]
    changed = await api.patch(SETTINGS, etag, {"email": "at_once"})
    assert changed.json() == {"email": "at_once", "version": 2, "actions": ["me.edit"]}
    assert (await api.patch(SETTINGS, etag, {"email": "none"})).status_code == 412
    assert (await api.patch(SETTINGS, None, {"email": "none"})).status_code == 428
    same = await api.patch(SETTINGS, changed.headers["ETag"], {})
    assert (same.status_code, same.headers["ETag"]) == (200, changed.headers["ETag"])
    for body, pointer in (
        ({"email": "hourly"}, "#/email"),
        ({"email": None}, "#/email"),
        ({"telephone": "99"}, "#/telephone"),
    ):
        refused = await api.patch(SETTINGS, changed.headers["ETag"], body)
        assert refused.status_code == 422, refused.text
        assert refused.json()["errors"][0]["pointer"] == pointer
    assert (await api.get(SETTINGS)).json()["email"] == "at_once"


async def test_only_the_administrator_sees_what_fails(
    world: World, office: Office, working: Database
) -> None:
    administrator = await world.person(Role.ADMINISTRATOR)
    await world.owner.execute(
        "insert into chores (name, attempts, error, failing_since) values ('tick', 3, 'DataError 22000', now())"
    )
    listed = await administrator.api.get("/v1/parked-jobs")
    ParkedJobList.model_validate(listed.json())
    [job] = listed.json()["items"]
    assert (job["what"], job["attempts"]) == ("tick", 3)
    for person in (office.manager, office.head, office.reviewer):
        assert (await person.api.get("/v1/parked-jobs")).status_code == 403
        assert (await person.api.send("POST", f"/v1/parked-jobs/{job['id']}/retry")).status_code == 403
    assert (await administrator.api.send("POST", f"/v1/parked-jobs/{uuid4()}/retry")).status_code == 404
    assert (await administrator.api.send("POST", f"/v1/parked-jobs/{job['id']}/retry")).status_code == 204
    woken = await world.owner.fetchval("select count(*) from jobs.pgqueuer where entrypoint = 'tick'")
    assert woken == 1
