"""How many statements the requests of contributions cost, and what a certification adds to an approval."""

import pytest

from tests.contributions.sharing import REASON, Sharing
from tests.core.test_statements import (  # noqa: F401  # app: the watched one
    APPROVAL,
    READ,
    TRANSITION,
    app,
    counted,
)
from tests.factories.world import World


async def test_a_read_takes_two_statements(world: World) -> None:
    sharing = await Sharing.make(world, 2)
    paths = [await sharing.accepted(other) for other in sharing.contributors]
    await sharing.contributors[0].approved("2025")
    for path in (
        *paths,
        "/v1/contributions",
        f"/v1/contributions?entity_id={sharing.owner.entity.id}&state=accepted",
        f"/v1/indicators/{sharing.owner.indicator}/contributions",
        f"/v1/indicators/{sharing.owner.indicator}/contributions?period=2024",
    ):
        await sharing.owner.manager.api.get(path)
        with counted(READ):
            assert (await sharing.owner.manager.api.get(path)).status_code == 200


async def test_what_each_step_takes(world: World) -> None:
    sharing = await Sharing.make(world, 2)
    first, second = sharing.contributors
    owner = sharing.owner.manager
    path, other = await sharing.invited(first), await sharing.invited(second)
    etag = await owner.api.etag(path)
    with counted(TRANSITION):
        assert (await owner.api.patch(path, etag, {"weight": 5})).status_code == 200
    steps = [
        (second.manager, other, "refuse", {"reason": REASON}, TRANSITION),
        # The lock, and the indicator that is to be the part.
        (first.manager, path, "accept", {"indicator_id": str(first.indicator)}, TRANSITION + 2),
        # How far the part has come, and what is said of it.
        (first.manager, path, "explain", {"period": "2024", "reason": REASON}, TRANSITION + 2),
        (first.manager, path, "leave", {"reason": REASON}, TRANSITION),
    ]
    for person, at, verb, body, most in steps:
        etag = await person.api.etag(at)
        with counted(most):
            assert (await person.api.step(f"{at}/{verb}", etag, body)).status_code == 200


@pytest.mark.parametrize("bulk", [False, True])
async def test_a_certification_takes_one_more_than_an_approval(world: World, bulk: bool) -> None:
    sharing = await Sharing.make(world, 2)
    for other in sharing.contributors:
        await sharing.accepted(other)
    heard = []
    for years in (["2018"], ["2020", "2021", "2022"]):
        for year in years:
            for other in sharing.contributors:
                await other.approved(year)
        figures = [await sharing.owner.reviewed(year) for year in years]
        manager = sharing.owner.manager.api
        if bulk:
            items = [{"id": str(f.id), "if_match": '"3.x"', "decision": "approve"} for f in figures]
            with counted(9) as statements:
                answer = await manager.create("/v1/results/decisions", {"items": items})
            assert {item["status"] for item in answer.json()["items"]} == {200}
            heard.append(len(statements))
        else:
            for figure in figures:
                with counted(APPROVAL + 1) as statements:
                    answer = await manager.step(f"{figure.path}/approve", '"3.x"')
                assert len(answer.json()["parts"]) == 2
                heard.append(len(statements))
    assert len(set(heard)) == 1
