"""Evidence of actions: its owner brings it while it is open, somebody of the office verifies it before it is confirmed."""

from uuid import UUID

import pytest

from app.enums import Role
from tests.evidence.bringing import Proof, announcement, put
from tests.factories.actions import OUTCOME, id_of, opened
from tests.factories.challenges import Bureau
from tests.factories.world import World


@pytest.fixture(scope="module")
async def bureau(world: World) -> Bureau:
    return await Bureau.make(world)


async def test_it_is_verified_before_the_action_is_confirmed(bureau: Bureau) -> None:
    second = await bureau.world.person(Role.SPECIALIST, bureau.entity)
    path = await opened(bureau)
    body = announcement(UUID(id_of(path)))
    assert (await bureau.manager.api.create("/v1/evidence", body)).status_code == 403, "the owner brings it"
    before = await bureau.enterer.api.etag(path)
    announced = await bureau.enterer.api.create("/v1/evidence", body)
    assert announced.status_code == 201, announced.text
    assert await bureau.enterer.api.etag(path) != before, "whoever decides saw its evidence"
    missing = await bureau.take(bureau.enterer, path, "report", outcome=OUTCOME)
    assert (missing.status_code, missing.json()["code"]) == (409, "evidence_missing")
    proof = Proof.of(announced)
    assert (await put(bureau.enterer, proof)).status_code == 200
    await bureau.done(bureau.enterer, path, "report", outcome=OUTCOME)
    unverified = await bureau.take(bureau.manager, path, "confirm")
    assert (unverified.status_code, unverified.json()["code"]) == (409, "evidence_unverified")
    assert "actions.confirm" not in (await bureau.manager.api.get(path)).json()["actions"]
    assert (await bureau.take(bureau.specialist, proof.path, "verify")).status_code == 403, "who opened it"
    assert (await bureau.take(second, proof.path, "verify")).status_code == 200
    assert (await bureau.done(bureau.manager, path, "confirm"))["state"] == "done"


async def test_what_nobody_decided_about_ends_with_it(bureau: Bureau) -> None:
    path = await opened(bureau)
    announced = await bureau.enterer.api.create("/v1/evidence", announcement(UUID(id_of(path))))
    await bureau.done(bureau.manager, path, "cancel", reason="انتفت الحاجة إلى الإجراء")
    seen = await bureau.enterer.api.get(f"/v1/evidence/{announced.json()['id']}")
    assert seen.json()["state"] == "withdrawn"
