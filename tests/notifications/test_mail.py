"""Mail: as each person wants it, in their language, once for each notification however often it is tried."""

from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage

import pytest

from app import clock
from app.db import Database
from app.enums import Role
from app.services.notifications import mailing, reminding, rules, telling
from tests.factories.notifications import told
from tests.factories.world import Person, World
from tests.notifications.postman import SENDER, Postman
from tests.results.office import REASON, Office

SUNDAY = date(2027, 2, 7)


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A moment in Muscat."""
    return datetime.combine(day, time(hour, minute, tzinfo=clock.MUSCAT))


def part(message: EmailMessage, kind: str) -> str:
    """The text of one part of a mail."""
    found = message.get_body((kind,))
    assert found is not None
    text: str = found.get_content()
    return text


async def wants(person: Person, pace: str, status: int = 200) -> None:
    """How a person hears of what is new."""
    path = "/v1/me/notification-settings"
    answer = await person.api.patch(path, await person.api.etag(path), {"email": pace})
    assert answer.status_code == status, answer.text


@pytest.fixture(autouse=True)
async def nothing_left(world: World) -> AsyncIterator[None]:
    """No mail of one test goes out in the next."""
    yield
    await world.owner.execute("delete from outbox")
    await world.owner.execute("update notifications set mail_due_at = null where mail_id is null")
    await world.owner.execute("update mails set state = 'dropped', ended_at = now() where state = 'pending'")


async def mail(working: Database, postman: Postman) -> None:
    """What the worker does when a mail may be due."""
    await mailing.mail_all(working, postman.post, SENDER)


async def test_at_once_daily_and_not_at_all(world: World, working: Database, postman: Postman) -> None:
    office = await Office.make(world)
    never = await world.person(Role.DIVISION_MEMBER, division=office.planning)
    await wants(office.reviewer, "at_once")
    await wants(never, "none")
    figure = await office.submitted()
    with clock.moved_to(at(SUNDAY)):
        await telling.tell_all(working, mailing=True)
        await mail(working, postman)
    [message] = postman.to(office.reviewer.email)
    assert postman.taken == [message]
    with clock.moved_to(at(SUNDAY + timedelta(days=1), 7, 29)):
        await mail(working, postman)
    assert postman.taken == [message]
    with clock.moved_to(at(SUNDAY + timedelta(days=1), 7, 30)):
        await mail(working, postman)
        await mail(working, postman)
    assert len(postman.to(office.second_reviewer.email)) == 1
    assert len(postman.to(office.reviewer.email)) == 1
    assert postman.to(never.email) == []
    assert len(await told(never)) == 1, "in the service all are told"
    told_of_it = "select count(*) from notifications where subject_id = $1"
    assert await world.owner.fetchval(told_of_it, figure.id) == 3


async def test_one_mail_a_day_says_it_all(world: World, working: Database, postman: Postman) -> None:
    office = await Office.make(world)
    indicators = [await world.indicator(office.entity, office.executing) for _ in range(3)]
    thursday = SUNDAY + timedelta(days=4)
    for indicator in indicators:
        await office.submit(await office.draft(indicator=indicator))
    with clock.moved_to(at(thursday)):
        await telling.tell_all(working, mailing=True)
    for friday_or_saturday in (1, 2):
        with clock.moved_to(at(thursday + timedelta(days=friday_or_saturday))):
            await mail(working, postman)
    assert postman.taken == []
    with clock.moved_to(at(thursday + timedelta(days=3), 8)):
        await mail(working, postman)
    [message] = postman.to(office.reviewer.email)
    assert message["Subject"] == "متابعة: 3 من الموضوعات تخصكم"
    assert part(message, "plain").count("معدل التعمين في القطاع الخاص") == 3


async def test_a_mail_in_arabic_and_in_english(world: World, working: Database, postman: Postman) -> None:
    office = await Office.make(world)
    for person in (office.reviewer, office.second_reviewer):
        await wants(person, "at_once")
    me = office.second_reviewer.api
    assert (await me.patch("/v1/me", await me.etag("/v1/me"), {"language": "en"})).status_code == 200
    figure = await office.submitted()
    await telling.tell_all(working, mailing=True)
    await mail(working, postman)
    [arabic], [english] = postman.to(office.reviewer.email), postman.to(office.second_reviewer.email)
    assert arabic["Subject"] == "ينتظر إجراءكم: معدل التعمين في القطاع الخاص"
    assert english["Subject"] == "Awaits you: Omanisation rate in the private sector"
    assert '<html lang="ar" dir="rtl">' in part(arabic, "html")
    assert '<html lang="en" dir="ltr">' in part(english, "html")
    for message in (arabic, english):
        assert message["From"] == SENDER.address
        assert message["Auto-Submitted"] == "auto-generated"
        for kind in ("plain", "html"):
            assert f"https://mutabaa.test/things/result/{figure.id}" in part(message, kind)
            assert "35.4" not in part(message, kind)
            assert "2024" in part(message, kind)
    delivery = await world.owner.fetchrow(
        "select d.* from deliveries d join mails m on m.id = d.mail_id where m.person_id = $1",
        office.reviewer.id,
    )
    assert arabic["Message-ID"] == f"<{delivery['id']}@test.mutabaa.example>"
    assert (delivery["state"], delivery["error"]) == ("sent", None)


async def test_what_the_receiver_may_no_longer_see_is_not_sent(
    world: World, working: Database, postman: Postman
) -> None:
    office = await Office.make(world)
    leaving = await world.user()
    membership = await world.appoint(leaving, Role.DIVISION_MEMBER, division=office.planning)
    await office.submitted()
    await telling.tell_all(working, mailing=True)
    assert len(await told(leaving)) == 1
    await world.owner.execute("update memberships set ends_at = now() where id = $1", membership)
    await world.owner.execute("update notifications set mail_due_at = now()")
    await mail(working, postman)
    assert postman.to(leaving.email) == []
    assert len(postman.to(office.reviewer.email)) == 1
    state = await world.owner.fetchval("select state from mails where person_id = $1", leaving.id)
    assert state == "dropped"
    assert await told(leaving) == [], "nor is it shown where they are no more"


async def test_what_was_read_or_done_meanwhile_is_not_sent(
    world: World, working: Database, postman: Postman
) -> None:
    office = await Office.make(world)
    figure = await office.submitted()
    [first] = await told(office.reviewer, working)
    read = await office.reviewer.api.send("POST", f"/v1/notifications/{first['id']}/read")
    assert read.status_code == 204
    await world.owner.execute("update notifications set mail_due_at = now()")
    await mail(working, postman)
    assert postman.to(office.reviewer.email) == []
    assert len(postman.to(office.second_reviewer.email)) == 1

    await office.review(figure)
    await telling.tell_all(working, mailing=True)
    await office.taken(office.manager, figure, "return", {"reason": REASON})
    await world.owner.execute("update notifications set mail_due_at = now() where mail_due_at is not null")
    await mail(working, postman)
    assert postman.to(office.manager.email) == []


async def test_a_mail_that_fails_is_tried_again_under_another_id_and_parked(
    world: World, working: Database, postman: Postman
) -> None:
    office = await Office.make(world)
    await wants(office.reviewer, "at_once")
    await office.submitted()
    await telling.tell_all(working, mailing=True)
    postman.refusing = 100
    waited = []
    for _ in range(rules.FAILURES):
        before = clock.now()
        await mail(working, postman)
        row = await world.owner.fetchrow("select * from mails where person_id = $1", office.reviewer.id)
        waited.append(row["due_at"] - before)
        await mail(working, postman)  # not before its time
        await world.owner.execute("update mails set due_at = now() where id = $1", row["id"])
    assert (row["state"], row["error"]) == ("parked", "SMTPDataError 452")
    assert sorted(waited[:4]) == waited[:4]
    deliveries = await world.owner.fetch("select * from deliveries where mail_id = $1", row["id"])
    assert [each["state"] for each in deliveries] == ["failed"] * rules.FAILURES

    administrator = await world.person(Role.ADMINISTRATOR)
    [job] = [
        j
        for j in (await administrator.api.get("/v1/parked-jobs")).json()["items"]
        if j["id"] == str(row["id"])
    ]
    assert (job["what"], job["attempts"], job["last_error"]) == ("mail", 5, "SMTPDataError 452")
    assert (await office.manager.api.get("/v1/parked-jobs")).status_code == 403
    retry = f"/v1/parked-jobs/{row['id']}/retry"
    assert (await office.manager.api.send("POST", retry)).status_code == 403
    assert (await administrator.api.send("POST", retry)).status_code == 204
    again = await administrator.api.send("POST", retry)
    assert (again.status_code, again.json()["code"]) == (409, "not_parked")
    postman.refusing = 0
    await mail(working, postman)
    [message] = postman.to(office.reviewer.email)
    ids = {str(each["id"]) for each in deliveries}
    assert message["Message-ID"].strip("<>").partition("@")[0] not in ids


async def test_a_delivery_that_nobody_ended_is_unknown_and_sent_again(
    world: World, working: Database, postman: Postman
) -> None:
    office = await Office.make(world)
    await wants(office.reviewer, "at_once")
    await office.submitted()
    await telling.tell_all(working, mailing=True)
    await mailing._gather(working)
    mail_id = await world.owner.fetchval("select id from mails where person_id = $1", office.reviewer.id)
    await world.owner.execute(
        "insert into deliveries (id, mail_id, begun_at) values (gen_random_uuid(), $1, now())", mail_id
    )
    await mail(working, postman)
    states = await world.owner.fetch(
        "select state from deliveries where mail_id = $1 order by begun_at", mail_id
    )
    assert [row["state"] for row in states] == ["unknown", "sent"]
    assert len(postman.to(office.reviewer.email)) == 1


async def test_a_change_of_mind_holds_for_what_has_not_gone_out(
    world: World, working: Database, postman: Postman
) -> None:
    office = await Office.make(world)
    await office.submitted()
    await telling.tell_all(working, mailing=True)
    await wants(office.reviewer, "at_once")
    await wants(office.second_reviewer, "none")
    await mail(working, postman)
    with clock.moved_to(clock.now() + timedelta(days=7)):
        await mail(working, postman)
    assert len(postman.to(office.reviewer.email)) == 1
    assert postman.to(office.second_reviewer.email) == []


async def test_without_a_server_nothing_waits_to_be_sent(
    world: World, working: Database, postman: Postman
) -> None:
    office = await Office.make(world)
    await office.submitted()
    await telling.tell_all(working, mailing=False)
    assert len(await told(office.reviewer)) == 1
    with clock.moved_to(clock.now() + timedelta(days=7)):
        await mail(working, postman)
    assert postman.taken == []


async def test_reminders_before_on_and_after_the_day_once_each(
    world: World, working: Database, postman: Postman
) -> None:
    office = await Office.make(world)
    await wants(office.reviewer, "at_once")
    figure = await office.submitted()
    await telling.tell_all(working, mailing=True)
    await world.owner.execute(
        "update waits set due = $2 where subject_id = $1 and closed_at is null", figure.id, SUNDAY
    )
    for days_before in (6, 5, 4, 3, 2, 1, 0, -1, -2):
        with clock.moved_to(at(SUNDAY - timedelta(days=days_before), 7, 5)):
            await reminding.remind(working, mailing=True)
            assert await reminding.remind(working, mailing=True) == 0
    found = [n["reason"] for n in await told(office.reviewer) if n["subject_id"] == str(figure.id)]
    assert found == ["late", "due_today", "due_soon", "awaited"]
    due = await world.owner.fetch(
        "select reason, created_at from notifications where subject_id = $1 and person_id = $2",
        figure.id,
        office.reviewer.id,
    )
    # The three working days before a Sunday begin with the Tuesday.
    days = {row["reason"]: clock.day(row["created_at"]) for row in due}
    assert days["due_soon"] == SUNDAY - timedelta(days=5)
    assert (days["due_today"], days["late"]) == (SUNDAY, SUNDAY + timedelta(days=1))
    people = await world.owner.fetch(
        "select distinct person_id from notifications where subject_id = $1 and reason = 'late'", figure.id
    )
    assert {row["person_id"] for row in people} == {office.reviewer.id, office.second_reviewer.id}
    await office.review(figure)
    with clock.moved_to(at(SUNDAY + timedelta(days=2))):
        assert await reminding.remind(working, mailing=True) == 0
