"""What is refused on the way of a contribution, precisely and without a trace."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from app.enums import Frequency, IndicatorLevel, Role
from tests.contributions.sharing import REASON, Sharing, invite, step, try_step
from tests.definitions.ministry import indicator
from tests.factories.calendar import NOW, at, know_holidays, scheduled, set_schedule
from tests.factories.world import World


async def _events(world: World) -> int:
    return await world.owner.fetchval("select count(*) from events")


async def test_who_cannot_be_invited(world: World) -> None:
    sharing = await Sharing.make(world)
    (other,) = sharing.contributors
    before = await _events(world)
    own = await invite(sharing.owner, sharing.owner)
    assert (own.status_code, own.json()["errors"][0]["code"]) == (422, "own_entity")
    assert own.json()["errors"][0]["pointer"] == "#/contributor_id"
    path = f"/v1/indicators/{sharing.owner.indicator}"
    etag = await sharing.owner.manager.api.etag(path)
    for body, code in (
        ({"contributor_id": str(uuid4()), "weight": 20}, "unknown_reference"),
        ({"contributor_id": str(other.entity.id), "weight": 0}, "too_small"),
        ({"contributor_id": str(other.entity.id), "weight": 100.1}, "too_large"),
        ({"contributor_id": str(other.entity.id), "weight": None}, "wrong_type"),
        ({"contributor_id": str(other.entity.id)}, "missing"),
    ):
        answer = await sharing.owner.manager.api.send(
            "POST",
            f"{path}/contributions",
            json=body,
            headers={"If-Match": etag, "Idempotency-Key": uuid4().hex},
        )
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code), answer.text
    assert await _events(world) == before
    assert (await sharing.owner.manager.api.get(path)).json()["shared"] is None


async def test_an_entity_is_invited_once_at_a_time(world: World) -> None:
    sharing = await Sharing.make(world)
    (other,) = sharing.contributors
    path = await sharing.invited(other, 20)
    again = await sharing.invite(other, 30)
    assert (again.status_code, again.json()["code"]) == (409, "already_exists")
    await step(other.manager, path, "refuse", {"reason": REASON})
    assert (await sharing.invite(other, 40)).status_code == 201


async def test_a_retired_indicator_is_shared_with_nobody(world: World) -> None:
    sharing = await Sharing.make(world)
    (other,) = sharing.contributors
    path = await sharing.invited(other)
    await world.owner.execute(
        "update indicators set state = 'retired', retired_on = '2026-01-01' where id = $1",
        sharing.owner.indicator,
    )
    refused = await sharing.invite(other, 30)
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    assert (await other.manager.api.get(path)).json()["actions"] == ["contributions.refuse"]
    answer = await try_step(other.manager, path, "accept", {"indicator_id": str(other.indicator)})
    assert (answer.status_code, answer.json()["code"]) == (409, "indicator_not_active")


@pytest.mark.parametrize(
    ("traits", "status", "code"),
    [
        ({"level": IndicatorLevel.MAIN}, 422, "not_special"),
        ({"level": IndicatorLevel.SPECIAL, "frequency": Frequency.BIENNIAL}, 422, "too_coarse"),
    ],
)
async def test_which_indicator_is_no_part(
    world: World, traits: dict[str, Any], status: int, code: str
) -> None:
    sharing = await Sharing.make(world)
    (other,) = sharing.contributors
    path = await sharing.invited(other)
    indicator = await world.indicator(other.entity, **traits)
    before = await _events(world)
    answer = await try_step(other.manager, path, "accept", {"indicator_id": str(indicator)})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)
    for foreign in (sharing.owner.indicator, uuid4()):
        answer = await try_step(other.manager, path, "accept", {"indicator_id": str(foreign)})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_reference")
    assert await _events(world) == before
    assert (await other.manager.api.get(path)).json()["state"] == "invited"


async def test_a_part_that_is_not_active_is_refused(world: World) -> None:
    sharing = await Sharing.make(world)
    (other,) = sharing.contributors
    path = await sharing.invited(other)
    await world.owner.execute(
        "update indicators set state = 'retired', retired_on = '2026-01-01' where id = $1", other.indicator
    )
    answer = await try_step(other.manager, path, "accept", {"indicator_id": str(other.indicator)})
    assert (answer.status_code, answer.json()["code"]) == (409, "indicator_not_active")


async def test_no_indicator_is_a_part_of_itself(world: World) -> None:
    sharing = await Sharing.make(world, 3, level=IndicatorLevel.SPECIAL)
    first, second, third = sharing.contributors
    for whole, part in ((first, second), (second, third)):
        made = await invite(whole, part)
        await step(part.manager, made.headers["Location"], "accept", {"indicator_id": str(part.indicator)})
    made = await invite(third, first)
    path = made.headers["Location"]
    answer = await try_step(first.manager, path, "accept", {"indicator_id": str(first.indicator)})
    assert (answer.status_code, answer.json()["code"]) == (409, "circle")
    # Another indicator of the same entity closes nothing.
    other = await world.indicator(first.entity, level=IndicatorLevel.SPECIAL)
    await step(first.manager, path, "accept", {"indicator_id": str(other)})


async def test_a_drafted_whole_stays_as_coarse_as_its_parts(world: World) -> None:
    sharing = await Sharing.make(world)
    owner, (other,) = sharing.owner, sharing.contributors
    drafted = await owner.specialist.api.create(f"/v1/entities/{owner.entity.id}/indicators", indicator())
    whole = drafted.headers["Location"]
    path = (await sharing.invite(other, whole=UUID(drafted.json()["id"]))).headers["Location"]

    async def measured(frequency: str) -> httpx.Response:
        etag = await owner.specialist.api.etag(whole)
        return await owner.specialist.api.patch(whole, etag, {"frequency": frequency})

    # Who is only invited holds nothing up.
    for frequency in ("monthly", "annual"):
        assert (await measured(frequency)).json()["frequency"] == frequency
    await step(other.manager, path, "accept", {"indicator_id": str(other.indicator)})
    before = await _events(world)
    for frequency in ("monthly", "semiannual"):
        refused = await measured(frequency)
        assert (refused.status_code, refused.json()["code"]) == (409, "frequency_does_not_fit")
    assert await _events(world) == before
    assert (await measured("biennial")).json()["frequency"] == "biennial"


async def test_a_schedule_that_no_longer_fits_a_contribution_is_refused(world: World) -> None:
    await know_holidays(world)
    with at(NOW):
        sharing = await Sharing.make(world)
        owner, (other,) = sharing.owner, sharing.contributors
        path = await sharing.accepted(other)
        before = await _events(world)
        for office, frequency in ((owner, "monthly"), (owner, "semiannual"), (other, "biennial")):
            for starts_on in ("2026-01-01", "2027-01-01"):
                refused = await set_schedule(
                    office.manager, office.indicator, frequency=frequency, starts_on=starts_on
                )
                assert (refused.status_code, refused.json()["code"]) == (409, "frequency_does_not_fit")
        assert await _events(world) == before
        for office, frequency in ((other, "monthly"), (owner, "quarterly")):
            await scheduled(office.manager, office.indicator, frequency=frequency, starts_on="2026-01-01")
        # What has ended holds nothing up.
        await step(other.manager, path, "leave", {"reason": REASON})
        await scheduled(other.manager, other.indicator, frequency="annual", starts_on="2027-01-01")


async def test_only_an_invitation_is_edited(world: World) -> None:
    sharing = await Sharing.make(world)
    (other,) = sharing.contributors
    path = await sharing.invited(other, 20)
    manager = sharing.owner.manager
    etag = await manager.api.etag(path)
    changed = await manager.api.patch(path, etag, {"weight": 12.5, "message": "نرجو الرد"})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["weight"], changed.json()["message"], changed.json()["version"]) == (
        12.5,
        "نرجو الرد",
        2,
    )
    assert changed.json()["awaiting"] != []
    same = await manager.api.patch(path, changed.headers["ETag"], {"weight": 12.50})
    assert same.json()["version"] == 2
    nothing = await manager.api.patch(path, changed.headers["ETag"], {"weight": None})
    assert (nothing.status_code, nothing.json()["errors"][0]["pointer"]) == (422, "#/weight")
    emptied = await manager.api.patch(path, changed.headers["ETag"], {"message": None})
    assert emptied.json()["message"] is None
    await step(other.manager, path, "accept", {"indicator_id": str(other.indicator)})
    late = await manager.api.patch(path, await manager.api.etag(path), {"weight": 1})
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")


async def test_who_may_take_which_step(world: World) -> None:
    sharing = await Sharing.make(world)
    (other,) = sharing.contributors
    path = await sharing.invited(other)
    unit = await world.person(Role.UNIT_SPECIALIST, await world.entity(is_unit=True))
    stranger = await world.person(Role.MANAGER, await world.entity())
    said = {"reason": REASON}
    accept = {"indicator_id": str(other.indicator)}
    owner = sharing.owner.manager
    for person, verb, body in (
        (owner, "accept", accept),
        (owner, "refuse", said),
        (other.specialist, "accept", accept),
        (other.manager, "withdraw", said),
        (sharing.owner.specialist, "withdraw", said),
        (unit, "accept", accept),
    ):
        assert (await try_step(person, path, verb, body)).status_code == 403, verb
    assert (await stranger.api.get(path)).status_code == 404
    assert (await stranger.api.step(f"{path}/accept", '"1.x"', accept)).status_code == 404
    mute = await try_step(other.manager, path, "refuse", {"reason": " "})
    assert mute.status_code == 422
    await step(other.manager, path, "accept", accept)
    assert (await try_step(stranger, path, "leave", said)).status_code == 403
    assert (await try_step(owner, path, "leave", said)).status_code == 403
    left = await step(other.manager, path, "leave", said)
    assert (left.json()["state"], left.json()["reason"], left.json()["actions"]) == ("left", REASON, [])
    assert left.json()["ended_by"]["id"] == str(other.manager.id)
    assert (await stranger.api.get(path)).status_code == 404


async def test_what_cannot_be_explained(world: World) -> None:
    sharing = await Sharing.make(world)
    (other,) = sharing.contributors
    path = await sharing.accepted(other)
    for period, code in (("2024-Q1", "period_does_not_fit"), ("1800", "absurd_period")):
        answer = await try_step(other.manager, path, "explain", {"period": period, "reason": "سبب"})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
        assert answer.json()["errors"][0]["pointer"] == "#/period"
    figure = await other.submitted("2024")
    for onward in (other.review, other.approve, None):
        for person in (other.manager, sharing.owner.specialist):
            answer = await try_step(person, path, "explain", {"period": "2024", "reason": "سبب"})
            assert (answer.status_code, answer.json()["code"]) == (409, "part_not_missing")
        if onward is not None:
            await onward(figure)
    assert await world.owner.fetchval("select count(*) from contribution_absences") == 0


async def test_a_period_of_the_frequency_before_is_explained_and_certified(world: World) -> None:
    await know_holidays(world)
    with at(NOW):
        sharing = await Sharing.make(world, frequency=Frequency.MONTHLY)
        owner, (other,) = sharing.owner, sharing.contributors
        await scheduled(
            owner.manager, owner.indicator, frequency="annual", starts_on="2025-01-01", closes_after=300
        )
        path = await sharing.accepted(other)
        figure = await owner.reviewed("2025")
        await scheduled(owner.manager, owner.indicator, frequency="quarterly", starts_on="2026-01-01")
        refused = await try_step(owner.manager, figure.path, "approve")
        assert (refused.status_code, refused.json()["code"]) == (409, "parts_missing")
        never = await try_step(owner.manager, path, "explain", {"period": "2024", "reason": "سبب"})
        assert (never.status_code, never.json()["errors"][0]["code"]) == (422, "period_does_not_fit")
        await step(owner.manager, path, "explain", {"period": "2025", "reason": "تأجل المسح"})
        certified = await step(owner.manager, figure.path, "approve")
    assert [part["absence"] for part in certified.json()["parts"]] == ["تأجل المسح"]


async def test_what_is_explained_can_be_said_anew(world: World) -> None:
    sharing = await Sharing.make(world)
    (other,) = sharing.contributors
    path = await sharing.accepted(other)
    for person, reason in ((other.specialist, "تأخر المسح"), (sharing.owner.manager, "أُلغي المسح")):
        await step(person, path, "explain", {"period": "2024", "reason": reason})
        part = (await sharing.parts("2024"))[other.entity.code]
        assert (part["state"], part["absence"]) == ("explained", reason)
    told = await world.owner.fetch(
        "select reason, changes from events where action = 'contributions.explain' order by id"
    )
    assert [row["reason"] for row in told][-2:] == ["تأخر المسح", "أُلغي المسح"]
    # A figure that comes after all is what counts.
    await other.submitted("2024")
    part = (await sharing.parts("2024"))[other.entity.code]
    assert (part["state"], part["absence"]) == ("pending", None)


async def test_bad_periods_are_named(world: World) -> None:
    sharing = await Sharing.make(world)
    path = f"/v1/indicators/{sharing.owner.indicator}/contributions"
    for period in ("2024-13", "1800", "now"):
        answer = await sharing.owner.manager.api.get(path, period=period)
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (422, "period"), period


@pytest.mark.parametrize(
    ("frequency", "periods", "expected"),
    [
        (Frequency.QUARTERLY, ["2024-Q1", "2024-Q3"], "missing"),
        (Frequency.QUARTERLY, ["2024-Q1", "2024-Q4"], "approved"),
        (Frequency.IRREGULAR, ["2024-Q1", "2023"], "approved"),
        (Frequency.IRREGULAR, ["2023"], "missing"),
    ],
)
async def test_the_part_is_that_of_its_last_period_within_the_whole(
    world: World, frequency: Frequency, periods: list[str], expected: str
) -> None:
    sharing = await Sharing.make(world, frequency=frequency)
    (other,) = sharing.contributors
    await sharing.accepted(other)
    figures = {period: await other.approved(period) for period in periods}
    part = (await sharing.parts("2024"))[other.entity.code]
    assert part["state"] == expected
    if expected == "approved":
        last = periods[-1] if frequency is Frequency.QUARTERLY else periods[0]
        assert part["figure"]["result_id"] == str(figures[last].id)


async def test_a_correction_under_way_leaves_the_approved_part(world: World) -> None:
    sharing = await Sharing.make(world)
    (other,) = sharing.contributors
    await sharing.accepted(other)
    figure = await other.approved("2024", value=30)
    await other.reopened(figure)
    correction = await other.corrected(figure, 31)
    await other.submit(correction)
    part = (await sharing.parts("2024"))[other.entity.code]
    assert (part["state"], part["figure"]["value"]) == ("approved", 30)
    await other.approve(await other.review(correction))
    part = (await sharing.parts("2024"))[other.entity.code]
    assert (part["figure"]["value"], part["figure"]["result_id"]) == (31, str(correction.id))
