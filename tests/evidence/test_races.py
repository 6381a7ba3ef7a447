"""Evidence and what it proves, decided about at the same moment: what is frozen is what was seen."""

import asyncio
from collections.abc import Awaitable

import httpx

from tests.evidence.bringing import announced, put, step, submitted
from tests.factories.world import World
from tests.results.office import Office

ROUNDS = 4
STALE, DECIDED, WRONG = (412, "stale"), (409, "subject_decided"), (409, "wrong_state")


async def _together(*requests: Awaitable[httpx.Response]) -> list[tuple[int, str | None]]:
    answers = await asyncio.gather(*requests)
    return [(answer.status_code, answer.json().get("code")) for answer in answers]


async def test_of_two_who_verify_one_does(world: World) -> None:
    office = await Office.make(world)
    for number in range(ROUNDS):
        proof = await submitted(office.enterer, await office.draft(str(2010 + number)))
        etag = await office.specialist.api.etag(proof.path)
        outcome = await _together(
            step(office.specialist, proof, "verify", etag=etag),
            step(office.specialist, proof, "reject", {"reason": "سبب"}, etag=etag),
        )
        assert sorted(outcome, key=str) == [(200, None), STALE]


async def test_the_verification_against_the_approval(world: World) -> None:
    """The approver saw the evidence undecided: the approval never passes, however the two fall."""
    office = await Office.make(world)
    for number in range(ROUNDS):
        figure = await office.draft(str(2010 + number))
        proof = await submitted(office.enterer, figure)
        await office.review(await office.submit(figure))
        seen = await office.manager.api.etag(figure.path)
        verified, approved = await _together(
            step(office.specialist, proof, "verify"),
            office.manager.api.step(f"{figure.path}/approve", seen),
        )
        assert verified == (200, None)
        assert approved in {STALE, (409, "evidence_unverified")}
        await office.approve(figure)
        [frozen] = (await office.manager.api.get(figure.path)).json()["evidence"]
        assert frozen["state"] == "verified"


async def test_an_upload_against_the_submission(world: World) -> None:
    """Either the file is there before the figure goes to the reviewers, or the figure waits for it."""
    office = await Office.make(world)
    for number in range(ROUNDS):
        figure = await office.draft(str(2010 + number))
        proof = await announced(office.enterer, figure)
        seen = await office.enterer.api.etag(figure.path)
        etag = await office.enterer.api.etag(proof.path)
        uploaded, sent = await _together(
            put(office.enterer, proof, etag=etag),
            office.second_enterer.api.step(f"{figure.path}/submit", seen),
        )
        assert uploaded == (200, None)
        assert sent in {STALE, (409, "evidence_missing")}


async def test_verifying_against_the_return_of_the_figure(world: World) -> None:
    """Both may be: verifying goes on whatever becomes of the figure, and each sees the other's version."""
    office = await Office.make(world)
    for number in range(ROUNDS):
        figure = await office.draft(str(2010 + number))
        proof = await submitted(office.enterer, figure)
        await office.submit(figure)
        seen = await office.reviewer.api.etag(figure.path)
        verified, returned = await _together(
            step(office.specialist, proof, "verify"),
            office.reviewer.api.step(f"{figure.path}/return", seen, {"reason": "سبب"}),
        )
        assert verified == (200, None)
        assert returned in {(200, None), STALE}


async def test_a_withdrawal_against_the_verification(world: World) -> None:
    office = await Office.make(world)
    for number in range(ROUNDS):
        proof = await submitted(office.enterer, await office.draft(str(2010 + number)))
        etag = await office.enterer.api.etag(proof.path)
        outcome = await _together(
            step(office.enterer, proof, "withdraw", etag=etag),
            step(office.specialist, proof, "verify", etag=etag),
        )
        assert sorted(outcome, key=str) == [(200, None), STALE]


async def test_a_discarded_draft_against_an_upload(world: World) -> None:
    office = await Office.make(world)
    for number in range(ROUNDS):
        figure = await office.draft(str(2010 + number))
        proof = await announced(office.enterer, figure)
        seen = await office.enterer.api.etag(figure.path)
        etag = await office.enterer.api.etag(proof.path)
        uploaded, discarded = await _together(
            put(office.enterer, proof, etag=etag),
            office.second_enterer.api.step(f"{figure.path}/discard", seen),
        )
        state = (await office.enterer.api.get(proof.path)).json()["state"]
        assert (uploaded, discarded, state) in [
            ((200, None), STALE, "submitted"),
            (STALE, (200, None), "withdrawn"),
            (DECIDED, (200, None), "withdrawn"),
            (WRONG, (200, None), "withdrawn"),
        ]


async def test_two_who_supersede_make_one_successor(world: World) -> None:
    office = await Office.make(world)
    for number in range(ROUNDS):
        proof = await submitted(office.enterer, await office.draft(str(2010 + number)))
        etag = await office.enterer.api.etag(proof.path)
        reason = {"reason": "صدرت نسخة مصححة"}
        outcome = await _together(
            step(office.enterer, proof, "supersede", reason, etag=etag),
            step(office.second_enterer, proof, "supersede", reason, etag=etag),
        )
        assert sorted(outcome, key=str) == [(201, None), STALE]
