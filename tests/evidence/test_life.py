"""The life of evidence as people live it: announced, uploaded, verified, superseded, frozen."""

import hashlib

from app.schemas.evidence import EvidenceList, EvidenceRead
from app.schemas.results import ResultRead
from tests.evidence.bringing import (
    TITLE,
    a_pdf,
    announced,
    put,
    taken,
)
from tests.factories.world import World
from tests.results.office import Office


async def test_from_announcement_to_verification(world: World) -> None:
    office = await Office.make(world)
    figure = await office.draft()
    before = await office.enterer.api.etag(figure.path)
    proof = await announced(office.enterer, figure)

    seen = await office.enterer.api.get(proof.path)
    read = EvidenceRead.model_validate_json(seen.content)
    assert (read.state, read.title, read.file) == ("awaiting_file", TITLE, None)
    assert read.subject.id == figure.id
    assert read.actions == ["evidence.edit", "evidence.upload", "evidence.withdraw"]
    assert [wait.party for wait in read.awaiting] == ["division", "specialist"]
    assert before.split(".")[0] != (await office.enterer.api.etag(figure.path)).split(".")[0]

    [waiting] = [
        i for i in (await office.enterer.api.get("/v1/inbox")).json()["items"] if i["kind"] == "evidence"
    ]
    assert waiting["action"] == "evidence.upload"
    assert waiting["title"]["ar"] == f"{TITLE} · معدل التعمين في القطاع الخاص"
    assert waiting["period"] == "2024"

    content = a_pdf()
    answer = await put(office.enterer, proof, content, etag=seen.headers["ETag"])
    read = EvidenceRead.model_validate_json(answer.content)
    assert read.state == "submitted"
    assert read.file is not None
    assert read.file.name == "كشف الإنجاز.pdf"
    assert read.file.media_type == "application/pdf"
    assert (read.file.size, read.file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert [wait.party for wait in read.awaiting] == ["specialist"]

    inbox = (await office.specialist.api.get("/v1/inbox")).json()["items"]
    assert [(item["subject_id"], item["action"]) for item in inbox if item["kind"] == "evidence"] == [
        (str(proof.id), "evidence.verify")
    ]
    assert "evidence.verify" in (await office.specialist.api.get(proof.path)).json()["actions"]
    await taken(office.specialist, proof, "verify")
    read = EvidenceRead.model_validate_json((await office.enterer.api.get(proof.path)).content)
    assert read.state == "verified"
    assert read.decided is not None
    assert read.decided.by.id == office.specialist.id
    assert read.awaiting == []
    listed = await office.enterer.api.get("/v1/evidence", subject_id=str(figure.id))
    assert [item.id for item in EvidenceList.model_validate_json(listed.content).items] == [proof.id]

    await office.finished(figure)
    result = ResultRead.model_validate_json((await office.manager.api.get(figure.path)).content)
    assert result.evidence is not None
    [frozen] = result.evidence
    assert (
        (frozen.id, frozen.sha256, frozen.state) == (proof.id, read.file.sha256, "verified")
        if read.file
        else None
    )
