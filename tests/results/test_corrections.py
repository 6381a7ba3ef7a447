"""Reopening what is approved, and correcting it: asked, granted, used once, and only as long as it lasts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app import clock
from app.enums import IndicatorLevel, Role
from app.tokens import Claims
from tests.factories.world import Person, World
from tests.obligations.owing import CLOSED, NOT_YET, OPEN, around, last_year
from tests.results.office import Figure, Office


async def _correct(office: Office, figure: Figure) -> tuple[int, str | None]:
    api = office.enterer.api
    answer = await api.step(f"{figure.path}/correct", await api.etag(figure.path))
    return answer.status_code, answer.json().get("code")


def _with_new_token(office: Office, person: Person) -> Person:
    token = office.world.keys.issue(Claims(person.id, person.session_id), 60)
    return replace(person, api=person.api.as_(token))


def _signed_in_now(office: Office) -> Office:
    """The same people, with tokens of the moment that the clock was moved to."""
    return replace(
        office,
        enterer=_with_new_token(office, office.enterer),
        manager=_with_new_token(office, office.manager),
    )


async def test_a_correction_replaces_the_approved_figure_only_when_it_is_approved(world: World) -> None:
    office = await Office.make(world)
    first = await office.approved(value=4.3)
    assert await _correct(office, first) == (409, "reopening_required")

    leave = await office.reopened(first)
    second = await office.corrected(first, 7.99)
    body = (await office.enterer.api.get(second.path)).json()
    assert (body["revision"], body["corrects_id"], body["state"]) == (2, str(first.id), "draft")
    assert (await office.manager.api.get(leave)).json()["state"] == "used"
    standing = (await office.enterer.api.get(first.path)).json()
    assert (standing["value"], standing["state"], standing["corrected_by_id"]) == (4.3, "approved", None)

    await office.finished(second)
    replaced = (await office.enterer.api.get(first.path)).json()
    assert (replaced["value"], replaced["corrected_by_id"]) == (4.3, str(second.id))
    assert await _correct(office, first) == (409, "not_the_latest")
    assert await _correct(office, second) == (409, "reopening_required")


async def test_the_figure_that_follows_a_forecast_needs_no_leave_while_its_period_is_open(
    world: World,
) -> None:
    office = await Office.make(world)
    days = around(*OPEN)
    await world.obligation(office.indicator, office.entity, last_year(), **days)
    forecast = await office.approved(last_year(), obs_status="F")
    api = office.enterer.api
    assert "results.correct" in (await api.get(forecast.path)).json()["actions"]
    answer = await api.step(f"{forecast.path}/correct", await api.etag(forecast.path))
    assert answer.status_code == 201, answer.text
    assert answer.json()["corrects_id"] == str(forecast.id)
    assert {wait["due"] for wait in answer.json()["awaiting"]} == {days["due_on"].isoformat()}
    figure = Figure.of(answer)
    patched = await api.patch(figure.path, answer.headers["ETag"], {"value": 4.3, "obs_status": "A"})
    assert patched.status_code == 200, patched.text
    # What is more than a forecast is corrected by a leave only, be the period open or not.
    await office.finished(figure)
    assert await _correct(office, figure) == (409, "reopening_required")


async def test_the_figure_that_follows_a_forecast_is_due_with_its_period_at_every_step(world: World) -> None:
    office = await Office.make(world)
    days = around(*OPEN)
    await world.obligation(office.indicator, office.entity, last_year(), **days)
    figure = await office.corrected(await office.approved(last_year(), obs_status="F"), 4.3)

    async def dues() -> set[str | None]:
        return {wait["due"] for wait in (await office.manager.api.get(figure.path)).json()["awaiting"]}

    due, closes = days["due_on"].isoformat(), days["closes_on"].isoformat()
    assert await dues() == {due}
    await office.submit(figure)
    assert await dues() == {closes}
    await office.taken(office.reviewer, figure, "return", {"reason": "راجع المصدر"})
    assert await dues() == {due}


async def test_the_figure_that_follows_a_forecast_is_not_final_before_the_opening(world: World) -> None:
    office = await Office.make(world)
    await world.obligation(office.indicator, office.entity, last_year(), **around(*NOT_YET))
    figure = await office.corrected(await office.approved(last_year(), obs_status="F"), 4.3)
    api = office.enterer.api
    final = await api.patch(figure.path, await api.etag(figure.path), {"obs_status": "A"})
    assert final.status_code == 422, final.text
    assert [(fault["code"], fault["pointer"]) for fault in final.json()["errors"]] == [
        ("not_yet_open", "#/period")
    ]


async def test_a_forecast_of_a_closed_period_is_corrected_by_a_leave_only(world: World) -> None:
    office = await Office.make(world)
    forecast = await office.approved(last_year(), obs_status="F")
    await world.obligation(office.indicator, office.entity, last_year(), **around(*CLOSED))
    assert "results.correct" not in (await office.enterer.api.get(forecast.path)).json()["actions"]
    assert await _correct(office, forecast) == (409, "reopening_required")
    await office.reopened(forecast)
    assert await _correct(office, forecast) == (201, None)


async def test_the_history_spans_the_revisions_in_order(world: World) -> None:
    office = await Office.make(world)
    first = await office.approved()
    await office.reopened(first)
    second = await office.finished(await office.corrected(first, 36))
    expected = [
        (1, "results.create"),
        (1, "results.submit"),
        (1, "results.review"),
        (1, "results.approve"),
        (2, "results.correct"),
        (2, "results.edit"),
        (2, "results.submit"),
        (2, "results.review"),
        (2, "results.approve"),
    ]
    for figure in (first, second):
        items = (await office.manager.api.get(f"{figure.path}/history")).json()["items"]
        assert [(item["revision"], item["action"]) for item in items] == expected
        assert [item["at"] for item in items] == sorted(item["at"] for item in items)
    edited = items[5]["changes"]
    assert edited == [{"field": "value", "before": "35.4", "after": "36"}]

    walked, cursor = [], None
    while True:
        page = (
            await office.manager.api.get(
                f"{first.path}/history", limit=2, **({"cursor": cursor} if cursor else {})
            )
        ).json()
        walked += [(item["revision"], item["action"]) for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert walked == expected


async def test_a_discarded_correction_can_be_begun_anew(world: World) -> None:
    office = await Office.make(world)
    first = await office.approved(value=4.3)
    await office.reopened(first)
    mistaken = await office.corrected(first, 99)
    await office.taken(office.enterer, mistaken, "discard")

    await office.reopened(first)
    again = await office.corrected(first, 7.99)
    body = (await office.finished(again), (await office.manager.api.get(again.path)).json())[1]
    assert (body["state"], body["value"], body["corrects_id"]) == ("approved", 7.99, str(first.id))
    assert body["revision"] == 3


async def test_a_discarded_correction_does_not_stand_for_the_figure(world: World) -> None:
    office = await Office.make(world)
    first = await office.approved(value=4.3)
    await office.reopened(first)
    await office.taken(office.enterer, await office.corrected(first, 99), "discard")

    listed = (await office.manager.api.get("/v1/results", indicator_id=str(office.indicator))).json()["items"]
    assert [(item["id"], item["value"]) for item in listed] == [(str(first.id), 4.3)]


async def test_a_discarded_entry_can_be_entered_anew(world: World) -> None:
    office = await Office.make(world)
    await office.discarded("2024", value=1)
    again = await office.approved("2024", value=2)
    assert (await office.manager.api.get(again.path)).json()["value"] == 2
    refused = await office.enterer.api.create(
        f"/v1/indicators/{office.indicator}/results", {"period": "2024", "value": 3}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "already_exists")


async def test_an_expired_leave_corrects_nothing_and_can_be_asked_for_again(world: World) -> None:
    office = await Office.make(world)
    figure = await office.approved()
    leave = await office.reopened(figure)
    later = datetime.now(UTC) + timedelta(days=31)
    with clock.moved_to(later):
        office = _signed_in_now(office)
        said = (await office.manager.api.get(leave)).json()
        assert (said["state"], said["expired"]) == ("granted", True)
        assert await _correct(office, figure) == (409, "reopening_required")
        seen = (await office.manager.api.get(figure.path)).json()
        assert "reopenings.ask" in seen["actions"]
        again = await office.ask(figure, later.date() + timedelta(days=10))
        assert again.status_code == 201, again.text


async def test_a_leave_lasts_through_its_last_day_in_oman(world: World) -> None:
    office = await Office.make(world)
    figure = await office.approved()
    last_day = clock.today() + timedelta(days=30)
    await office.reopened(figure)
    # 19:59 UTC is 23:59 in Muscat; one minute later the next day begins there.
    with clock.moved_to(datetime(last_day.year, last_day.month, last_day.day, 20, 0, tzinfo=UTC)):
        assert await _correct(_signed_in_now(office), figure) == (409, "reopening_required")
    with clock.moved_to(datetime(last_day.year, last_day.month, last_day.day, 19, 59, tzinfo=UTC)):
        assert (await _correct(_signed_in_now(office), figure))[0] == 201


async def test_what_is_asked_already_is_not_offered_again(world: World) -> None:
    office = await Office.make(world)
    figure = await office.approved()
    assert "reopenings.ask" in (await office.manager.api.get(figure.path)).json()["actions"]
    await office.asked(figure)
    assert "reopenings.ask" not in (await office.manager.api.get(figure.path)).json()["actions"]
    refused = await office.ask(figure)
    assert (refused.status_code, refused.json()["code"]) == (409, "already_exists")


async def test_a_refused_leave_needs_a_reason_and_corrects_nothing(world: World) -> None:
    office = await Office.make(world)
    figure = await office.approved()
    leave = await office.asked(figure)
    etag = await office.head.api.etag(leave)
    mute = await office.head.api.step(f"{leave}/refuse", etag, {})
    assert (mute.status_code, mute.json()["errors"][0]["pointer"]) == (422, "#/reason")
    refused = await office.head.api.step(f"{leave}/refuse", etag, {"reason": "لا مبرر للتصحيح"})
    assert (refused.status_code, refused.json()["state"]) == (200, "refused")
    assert refused.json()["decision_reason"] == "لا مبرر للتصحيح"
    assert await _correct(office, figure) == (409, "reopening_required")
    assert (await office.ask(figure)).status_code == 201


async def test_unit_grants_for_vision_and_scorecard_indicators_the_head_for_others(world: World) -> None:
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    for traits, grantor in (
        ({"level": IndicatorLevel.VISION}, "unit"),
        ({"level": IndicatorLevel.SPECIAL, "in_scorecard": True}, "unit"),
        ({"level": IndicatorLevel.SPECIAL}, "head"),
    ):
        office = await Office.make(world, **traits)
        leave = await office.asked(await office.approved())
        entitled, other = (unit, office.head) if grantor == "unit" else (office.head, unit)
        assert (await entitled.api.get(leave)).json()["grantor"] == grantor
        assert [item["action"] for item in (await entitled.api.get("/v1/inbox")).json()["items"]][-1:] == [
            "reopenings.grant"
        ]
        refused = await other.api.step(f"{leave}/grant", await entitled.api.etag(leave))
        assert refused.status_code == (403 if grantor == "unit" else 404)
        granted = await entitled.api.step(f"{leave}/grant", await entitled.api.etag(leave))
        assert granted.status_code == 200, granted.text
        assert granted.json()["decided_by"]["id"] == str(entitled.id)


async def test_the_head_office_records_the_decision_of_the_head(world: World) -> None:
    office = await Office.make(world)
    recorder = await world.person(Role.HEAD_OFFICE, office.entity)
    leave = await office.asked(await office.approved())
    etag = await recorder.api.etag(leave)
    letter = {"decided_by_id": str(office.head.id), "letter_number": "١٢/٢٠٢٦", "letter_date": "2026-01-15"}
    mute = await recorder.api.step(f"{leave}/grant", etag)
    assert (mute.status_code, mute.json()["errors"][0]["pointer"]) == (422, "#/decision")
    wrong = await recorder.api.step(
        f"{leave}/grant", etag, {"decision": letter | {"decided_by_id": str(office.manager.id)}}
    )
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "#/decision/decided_by_id")
    granted = await recorder.api.step(f"{leave}/grant", etag, {"decision": letter})
    assert granted.status_code == 200, granted.text
    assert granted.json()["decided_by"]["id"] == str(office.head.id)
    kept = await world.owner.fetchrow(
        "select decided_by_id, recorded_by_id, letter_number from decisions where entity_id = $1",
        office.entity.id,
    )
    assert tuple(kept) == (office.head.id, recorder.id, "١٢/٢٠٢٦")
