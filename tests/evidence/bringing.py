"""Evidence as people bring it: announced, uploaded, verified, on results of a ministry."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx

from tests.evidence.samples import pdf
from tests.factories.world import Person
from tests.results.office import Figure, Office

TITLE = "كشف إنجاز المبادرة للربع الثالث"


@dataclass(frozen=True)
class Proof:
    """A piece of evidence, wherever it stands."""

    id: UUID
    path: str

    @classmethod
    def of(cls, answer: httpx.Response) -> "Proof":
        """The evidence that an answer shows."""
        assert answer.status_code in (200, 201), answer.text
        id_ = answer.json()["id"]
        return cls(UUID(id_), f"/v1/evidence/{id_}")


def announcement(subject_id: UUID, **said: Any) -> dict[str, Any]:
    """The body that announces evidence."""
    return {
        "subject_id": str(subject_id),
        "kind": "document",
        "title": TITLE,
        "classification": "internal",
        "note": "الجدول 4 في الصفحة 12",
    } | said


async def announced(person: Person, subject: Figure, **said: Any) -> Proof:
    """Evidence that waits for its file."""
    return Proof.of(await person.api.create("/v1/evidence", announcement(subject.id, **said)))


async def put(
    person: Person,
    proof: Proof,
    content: bytes | AsyncIterator[bytes] | None = None,
    *,
    name: str | None = "كشف الإنجاز.pdf",
    etag: str | None = None,
    **headers: str,
) -> httpx.Response:
    """The answer to an upload."""
    said = {"If-Match": etag or await person.api.etag(proof.path), **headers}
    if name is not None:
        said["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    body = a_pdf() if content is None else content
    return await person.api.send("PUT", f"{proof.path}/content", content=body, headers=said)


def a_pdf() -> bytes:
    """A PDF like no other."""
    return pdf(b"%" + uuid4().hex.encode() + b"\n")


async def submitted(person: Person, subject: Figure, **said: Any) -> Proof:
    """Evidence whose file is there."""
    proof = await announced(person, subject, **said)
    answer = await put(person, proof)
    assert answer.status_code == 200, answer.text
    return proof


async def verified(office: Office, subject: Figure, **said: Any) -> Proof:
    """Evidence that the specialist verified."""
    proof = await submitted(office.enterer, subject, **said)
    return await taken(office.specialist, proof, "verify")


async def taken(person: Person, proof: Proof, verb: str, body: Any = None) -> Proof:
    """A step that succeeds, on what the person sees now."""
    answer = await step(person, proof, verb, body)
    assert answer.status_code in (200, 201), answer.text
    return proof if verb != "supersede" else Proof.of(answer)


async def step(
    person: Person, proof: Proof, verb: str, body: Any = None, etag: str | None = None
) -> httpx.Response:
    """The answer to a step."""
    seen = etag or await person.api.etag(proof.path)
    return await person.api.step(f"{proof.path}/{verb}", seen, body, key=uuid4().hex)


async def required(office: Office, *items: dict[str, Any]) -> None:
    """What the results of the office's indicator must carry."""
    path = f"/v1/indicators/{office.indicator}"
    answer = await office.manager.api.step(
        f"{path}/require-evidence", await office.manager.api.etag(path), {"items": list(items)}
    )
    assert answer.status_code == 200, answer.text
