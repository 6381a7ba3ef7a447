"""Scenes of evidence: a PDF about monthly figures of the first ministry, brought and verified by its people."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from tests.contract.scenes.base import Scene
from tests.contract.scenes.results import Results
from tests.contract.service import ENTERER, MANAGER, SPECIALIST

_ANNOUNCED = {"kind": "document", "title": "كشف الإنجاز", "classification": "internal"}

_TUS = {"Tus-Resumable": "1.0.0"}


class Evidence(Results):
    """Announced, uploaded, decided about."""

    def _list_evidence(self) -> Scene:
        subject = self.service.read(ENTERER, self._brought())["subject"]["id"]
        return Scene(ENTERER, known={"subject_id": subject}, needed={"subject_id": subject})

    def _create_evidence(self) -> Scene:
        return Scene(ENTERER, known={"subject_id": self._draft()}, needed={"subject_id": self._draft()})

    def _read_evidence(self) -> Scene:
        return Scene(ENTERER, self._brought().rpartition("/")[2])

    _read_evidence_content = _read_evidence
    _link_evidence = _read_evidence

    def _begin_upload(self) -> Scene:
        return Scene(ENTERER, self._announced().rpartition("/")[2], headers={**_TUS, "Upload-Length": "1000"})

    def _read_upload(self) -> Scene:
        upload = self.service.begin_upload(ENTERER, self._announced(), 1000)
        return Scene(ENTERER, upload.rpartition("/")[2], headers=_TUS)

    _end_upload = _read_upload

    def _continue_upload(self) -> Scene:
        return replace(self._read_upload(), file="جدول".encode(), headers={**_TUS, "Upload-Offset": "0"})

    def _patch_evidence(self) -> Scene:
        return self._seen(ENTERER, self._announced())

    def _put_evidence_content(self) -> Scene:
        return replace(self._patch_evidence(), file=pdf())

    def _withdraw_evidence(self) -> Scene:
        return self._seen(ENTERER, self._brought())

    _supersede_evidence = _withdraw_evidence

    def _verify_evidence(self) -> Scene:
        return self._seen(SPECIALIST, self._brought(), unfit=("decision",))

    _reject_evidence = _verify_evidence

    def _require_evidence(self) -> Scene:
        return self._seen(MANAGER, f"/v1/indicators/{self._monthly()}")

    def _announced(self) -> str:
        said: dict[str, Any] = {**_ANNOUNCED, "subject_id": self._draft()}
        return f"/v1/evidence/{self.service.create(ENTERER, '/v1/evidence', said)['id']}"

    def _brought(self) -> str:
        path = self._announced()
        self.service.upload(ENTERER, f"{path}/content", pdf(), self.service.etag(ENTERER, path))
        return path


def pdf() -> bytes:
    """A document, each another one."""
    return b"%PDF-1.7\n%" + uuid4().hex.encode() + b"\n%%EOF\n"
