"""Somebody who uploads in pieces, and the evidence that it is for."""

import base64
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx

from tests.factories.world import Person, World
from tests.results.office import Figure, Office

NAME = "جدول الإنجاز للربع الثالث.csv"
TABLE = ("المحافظة,المشاريع المنجزة\n" + "مسقط,12\nظفار,7\nالوسطى,3\n" * 200).encode()
HASH = hashlib.sha256(TABLE).hexdigest()
TUS = {"Tus-Resumable": "1.0.0"}


def b64(said: str | bytes) -> str:
    """As a tus client writes it."""
    return base64.b64encode(said.encode() if isinstance(said, str) else said).decode()


@dataclass(frozen=True)
class Sender:
    """An office with the draft of a figure, and requests of whoever enters it."""

    office: Office
    figure: Figure

    @classmethod
    async def make(cls, world: World) -> "Sender":
        """An office of its own."""
        office = await Office.make(world)
        return cls(office, await office.draft())

    async def evidence(self, **more: Any) -> str:
        """The path of a piece of evidence that awaits its file."""
        said = {
            "subject_id": str(self.figure.id),
            "kind": "dataset",
            "title": "جدول إنجاز المشاريع",
            "classification": "internal",
            **more,
        }
        made = await self.office.enterer.api.create("/v1/evidence", said)
        assert made.status_code == 201, made.text
        return str(made.headers["Location"])

    async def begin(
        self,
        evidence: str | None = None,
        length: int = len(TABLE),
        *,
        by: Person | None = None,
        **headers: str,
    ) -> httpx.Response:
        """Ask for an upload."""
        path = evidence or await self.evidence()
        said = {
            **TUS,
            "Upload-Length": str(length),
            "Upload-Metadata": f"filename {b64(NAME)},filetype {b64('text/csv')}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        api = (by or self.office.enterer).api
        return await api.send("POST", f"{path}/uploads", headers={k: v for k, v in said.items() if v})

    async def begun(self, evidence: str | None = None, length: int = len(TABLE)) -> str:
        """The path of a new upload."""
        answer = await self.begin(evidence, length)
        assert answer.status_code == 201, answer.text
        return str(answer.headers["Location"])

    async def send(
        self,
        upload: str,
        content: bytes | AsyncIterator[bytes],
        offset: int | str = 0,
        *,
        by: Person | None = None,
        **headers: str,
    ) -> httpx.Response:
        """Send bytes of the file."""
        said = {
            **TUS,
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        api = (by or self.office.enterer).api
        return await api.send("PATCH", upload, content=content, headers={k: v for k, v in said.items() if v})

    async def received(self, upload: str) -> int:
        """How much of the file has arrived."""
        answer = await self.office.enterer.api.send("HEAD", upload, headers=TUS)
        assert answer.status_code == 200, answer.status_code
        return int(answer.headers["Upload-Offset"])

    async def state(self, evidence: str) -> str:
        """The state of a piece of evidence."""
        return str((await self.office.enterer.api.get(evidence)).json()["state"])

    async def leave(self, world: World) -> None:
        """Whoever enters loses every membership."""
        await world.owner.execute(
            "update memberships set ends_at = now() where user_id = $1", self.office.enterer.id
        )
