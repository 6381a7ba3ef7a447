"""How many statements the requests of evidence cost; those of results without evidence cost what they did."""

from uuid import uuid4

from tests.core.test_statements import APPROVAL, READ, TRANSITION, app, counted  # noqa: F401  # app: the watched one
from tests.evidence.bringing import a_pdf, announced, announcement, put, required, submitted, taken, verified
from tests.factories.world import World
from tests.results.office import Office

REASON = {"reason": "صورة غير واضحة"}


async def test_a_read_takes_two_statements(world: World) -> None:
    office = await Office.make(world)
    figure = await office.draft()
    proof = await submitted(office.enterer, figure)
    for path in (
        proof.path,
        f"{proof.path}/content",
        f"/v1/evidence?subject_id={figure.id}",
        f"/v1/evidence?subject_id={figure.id}&kind=document&state=submitted",
        "/v1/inbox",
    ):
        await office.specialist.api.get(path)
        with counted(READ):
            assert (await office.specialist.api.get(path)).status_code == 200


async def test_a_step_takes_five_statements(world: World) -> None:
    office = await Office.make(world)
    figure = await office.draft()
    first, second, third = [await submitted(office.enterer, figure) for _ in range(3)]
    for person, proof, verb, body in (
        (office.specialist, first, "verify", None),
        (office.specialist, second, "reject", REASON),
        (office.enterer, third, "withdraw", None),
    ):
        etag = await person.api.etag(proof.path)
        with counted(TRANSITION):
            answer = await person.api.step(f"{proof.path}/{verb}", etag, body)
        assert answer.status_code == 200, answer.text
    fourth = await submitted(office.enterer, figure)
    etag = await office.enterer.api.etag(fourth.path)
    with counted(TRANSITION):
        answer = await office.enterer.api.patch(fourth.path, etag, {"note": "الجدول 5"})
    assert answer.status_code == 200


async def test_an_upload_asks_twice(world: World) -> None:
    """Rights and facts before the bytes; again after them, the hold on the file and the transition; rights and the
    answer. Two more where it supersedes."""
    office = await Office.make(world)
    figure = await office.draft()
    proof = await announced(office.enterer, figure)
    for most in (READ + TRANSITION + READ, READ + TRANSITION + READ + 2):
        etag = await office.enterer.api.etag(proof.path)
        with counted(most) as heard:
            assert (await put(office.enterer, proof, a_pdf(), etag=etag)).status_code == 200
        assert len(heard) == most
        proof = await taken(office.enterer, proof, "supersede", REASON)
    with counted(READ):
        assert (await put(office.enterer, proof, etag='"9.x"')).status_code == 412


async def test_what_is_made_and_set(world: World) -> None:
    office = await Office.make(world)
    figure = await office.draft()
    # Rights, the key three times, what it is about, its version, how many there are, the event, the row, the answer.
    with counted(11):
        answer = await office.enterer.api.create("/v1/evidence", announcement(figure.id))
    assert answer.status_code == 201
    path = f"/v1/indicators/{office.indicator}"
    etag = await office.manager.api.etag(path)
    with counted(7):
        body = {"items": [{"kind": "document", "minimum": 1}, {"minimum": 2}]}
        answer = await office.manager.api.step(f"{path}/require-evidence", etag, body)
    assert answer.status_code == 200


async def test_an_approval_freezes_its_evidence_at_no_further_cost(world: World) -> None:
    office = await Office.make(world)
    await required(office, {"kind": "document", "minimum": 2})
    figures = [await office.draft(str(year)) for year in (2021, 2022, 2023)]
    for figure in figures:
        for _ in range(2):
            await verified(office, figure)
        etag = await office.enterer.api.etag(figure.path)
        with counted(TRANSITION):
            assert (await office.enterer.api.step(f"{figure.path}/submit", etag)).status_code == 200
        await office.review(figure)
    etag = await office.manager.api.etag(figures[0].path)
    with counted(APPROVAL):
        answer = await office.manager.api.step(f"{figures[0].path}/approve", etag)
    assert len(answer.json()["evidence"]) == 2
    items = [
        {"id": str(f.id), "if_match": await office.manager.api.etag(f.path), "decision": "approve"}
        for f in figures[1:]
    ]
    with counted(8):
        answer = await office.manager.api.create("/v1/results/decisions", {"items": items}, key=uuid4().hex)
    assert [item["status"] for item in answer.json()["items"]] == [200, 200]
