"""What a result must carry: refused without it, with the list of what is missing, and never offered before."""

from uuid import uuid4

from app.enums import IndicatorLevel, Role
from app.schemas.indicators import IndicatorRead
from tests.evidence.bringing import announced, put, required, submitted, taken, verified
from tests.factories.world import World
from tests.results.office import Office

DOCUMENT, LETTERS, ANY = (
    {"kind": "document", "minimum": 1},
    {"kind": "letter", "minimum": 2},
    {"minimum": 4},
)


async def test_a_result_is_submitted_and_approved_with_its_evidence(world: World) -> None:
    office = await Office.make(world)
    await required(office, DOCUMENT, LETTERS, ANY)
    indicator = (await office.enterer.api.get(f"/v1/indicators/{office.indicator}")).content
    needed = IndicatorRead.model_validate_json(indicator).required_evidence
    assert [(each.kind, each.minimum) for each in needed] == [("document", 1), ("letter", 2), (None, 4)]

    figure = await office.draft()
    document = await announced(office.enterer, figure)
    letter = await submitted(office.enterer, figure, kind="letter")
    etag = await office.enterer.api.etag(figure.path)
    refused = await office.enterer.api.step(f"{figure.path}/submit", etag)
    assert (refused.status_code, refused.json()["code"]) == (409, "evidence_missing")
    assert [(fault["code"], fault["detail"].rpartition(" ")[2]) for fault in refused.json()["errors"]] == [
        ("file_missing", "evidence."),
        ("missing", "1."),
        ("missing", "1."),
        ("missing", "3."),
    ]
    arabic = await office.enterer.api.send(
        "POST", f"{figure.path}/submit", headers={"If-Match": etag, "Accept-Language": "ar"}
    )
    assert "تنقص أدلة من نوع «خطاب»، وعددها: 1." in [fault["detail"] for fault in arabic.json()["errors"]]
    assert "results.submit" not in (await office.enterer.api.get(figure.path)).json()["actions"]

    await put(office.enterer, document)
    more = [await submitted(office.enterer, figure, kind=kind) for kind in ("letter", "photograph")]
    assert "results.submit" in (await office.enterer.api.get(figure.path)).json()["actions"]
    await office.review(await office.submit(figure))

    for proof in (document, letter, more[0]):
        await taken(office.specialist, proof, "verify")
    refused = await office.manager.api.step(
        f"{figure.path}/approve", await office.manager.api.etag(figure.path)
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "evidence_unverified")
    assert [fault["code"] for fault in refused.json()["errors"]] == ["undecided", "unverified"]
    preview = await office.manager.api.step(
        f"{figure.path}/preview-approval", await office.manager.api.etag(figure.path)
    )
    assert (preview.status_code, preview.json()["errors"]) == (409, refused.json()["errors"])
    seen = (await office.manager.api.get(figure.path)).json()
    assert "results.approve" not in seen["actions"]
    assert "results.return" in seen["actions"]
    await taken(office.specialist, more[1], "verify")
    assert "results.approve" in (await office.manager.api.get(figure.path)).json()["actions"]
    await office.approve(figure)


async def test_an_approver_whose_evidence_changed_is_told(world: World) -> None:
    """One approves exactly what one saw: the version of the result rises with its evidence."""
    office = await Office.make(world)
    figure = await office.draft()
    proof = await submitted(office.enterer, figure)
    await office.review(await office.submit(figure))
    seen = await office.manager.api.etag(figure.path)
    await taken(office.specialist, proof, "verify")
    stale = await office.manager.api.step(f"{figure.path}/approve", seen)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")


async def test_bulk_decisions_ask_for_evidence_too(world: World) -> None:
    office = await Office.make(world)
    bare, proved, open_ = [await office.draft(str(year)) for year in (2021, 2022, 2023)]
    await verified(office, proved)
    await submitted(office.enterer, open_)
    figures = [bare, proved, open_]
    for figure in figures:
        await office.review(await office.submit(figure))
    await required(office, DOCUMENT)
    items = [
        {"id": str(f.id), "if_match": await office.manager.api.etag(f.path), "decision": "approve"}
        for f in figures
    ]
    answer = await office.manager.api.create("/v1/results/decisions", {"items": items})
    assert [(item["status"], item["code"]) for item in answer.json()["items"]] == [
        (409, "evidence_unverified"),
        (200, None),
        (409, "evidence_unverified"),
    ]
    [kept] = (await office.manager.api.get(proved.path)).json()["evidence"]
    assert kept["kind"] == "document"


async def test_who_sets_the_schedule_says_what_must_be_carried(world: World) -> None:
    office = await Office.make(world, level=IndicatorLevel.VISION)
    editor = await world.person(Role.UNIT_EDITOR, await world.entity(is_unit=True))
    path = f"/v1/indicators/{office.indicator}"
    body = {"items": [DOCUMENT]}
    etag = await editor.api.etag(path)
    assert (await office.manager.api.step(f"{path}/require-evidence", etag, body)).status_code == 403
    done = await editor.api.step(f"{path}/require-evidence", etag, body, key=uuid4().hex)
    assert done.json()["required_evidence"] == [{"kind": "document", "minimum": 1}]
    same = await editor.api.step(f"{path}/require-evidence", done.headers["ETag"], body)
    assert same.json()["version"] == done.json()["version"]
    none = await editor.api.step(f"{path}/require-evidence", done.headers["ETag"], {"items": []})
    assert none.json()["required_evidence"] == []
    changes = await world.owner.fetch(
        "select changes from events where subject_id = $1 and action = 'indicators.require_evidence' order by id",
        office.indicator,
    )
    assert [row["changes"] for row in changes] == [
        '{"fields": {"document": [null, "1"]}}',
        '{"fields": {"document": ["1", null]}}',
    ]


async def test_a_kind_stands_once(world: World) -> None:
    office = await Office.make(world)
    path = f"/v1/indicators/{office.indicator}"
    for items in ([DOCUMENT, LETTERS, DOCUMENT], [ANY, LETTERS, {"kind": None, "minimum": 1}]):
        answer = await office.manager.api.step(
            f"{path}/require-evidence", await office.manager.api.etag(path), {"items": items}
        )
        assert answer.status_code == 422
        assert [fault["pointer"] for fault in answer.json()["errors"]] == ["#/items/2/kind"]
