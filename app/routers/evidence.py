"""Evidence over HTTP: described, uploaded, verified, read back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import errors
from app.answers import Change, Reading
from app.deps import changes, creates_about, creates_on, hands_out, reads
from app.enums import EvidenceKind, EvidenceState
from app.file_headers import IfRange, Range
from app.headers import IfNoneMatch, SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.routers.letters import letter
from app.routers.params import CursorParam, LimitParam
from app.schemas.decisions import StepTaken, StepWithReason
from app.schemas.evidence import (
    EvidenceCreate,
    EvidenceLink,
    EvidenceList,
    EvidencePatch,
    EvidenceRead,
    EvidenceRequirement,
    EvidenceSupersede,
)
from app.schemas.indicators import IndicatorRead
from app.services.evidence import commands, facts, links, queries, receiving, requirements, rules, sniffing
from app.services.evidence.queries import EvidenceFilter
from app.services.evidence.refusals import FileRefused
from app.services.indicators import queries as indicators
from app.streaming import Upload, files, receives, sent

router = APIRouter(prefix="/v1", tags=["evidence"], route_class=JsonRoute)

_OPEN = (errors.WrongState, rules.SubjectDecided)
_STEP = declared(*_OPEN, errors.FourEyes)
_BYTES = {"schema": {"type": "string", "format": "binary", "maxLength": 1_073_741_824}}
_FILE = dict.fromkeys(sorted(sniffing.ALLOWED), _BYTES)


@router.get(
    "/evidence",
    status_code=200,
    response_model=EvidenceList,
    summary="List the evidence about one thing",
    response_description="A page of evidence, the oldest first.",
)
async def list_evidence(
    reading: Annotated[Reading, reads("evidence.read")],
    subject_id: Annotated[UUID, Query(description="The result or the definition.")],
    kind: Annotated[EvidenceKind | None, Query(description="Only of this kind.")] = None,
    state: Annotated[EvidenceState | None, Query(description="Only in this state.")] = None,
    cursor: CursorParam = None,
    limit: LimitParam = None,
) -> Response:
    """What you may see of it: all of what you work on; as UNIT, what was verified of what is approved, unless it
    is restricted (Guide V-3)."""
    asked = EvidenceFilter(subject_id, kind, state)
    return reading.many(await queries.many(reading.lane, reading.actor, asked, cursor, limit, reading.now))


@router.post(
    "/evidence",
    status_code=201,
    response_model=EvidenceRead,
    summary="Announce evidence",
    response_description="The evidence, which waits for its file.",
    responses=declared(rules.SubjectDecided, rules.TooMuchEvidence),
)
async def create_evidence(
    change: Annotated[Change, creates_about("evidence.create", facts.one)], evidence: EvidenceCreate
) -> Response:
    """Says what a file will prove, and of what: a draft that you may edit (Guide V-1). The file follows at
    `/v1/evidence/{id}/content`. As with every change of evidence, the version of the draft rises.
    Whoever brings or describes evidence never reviews or approves what it is about."""
    columns = evidence.model_dump(exclude={"subject_id"})
    made = await commands.create(change.lane, change.actor, evidence.subject_id, columns, change.now)
    return await _answer(change, made, status=201)


@router.get(
    "/evidence/{id}",
    status_code=200,
    response_model=EvidenceRead,
    summary="Read evidence",
    response_description="The evidence.",
    responses=declared(errors.NotFound),
)
async def read_evidence(
    id: SubjectPath,
    reading: Annotated[Reading, reads("evidence.read")],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """What it is and where it stands. Its bytes are at `/v1/evidence/{id}/content`."""
    return reading.one(await queries.one(reading.lane, reading.actor, id, reading.now), if_none_match)


@router.patch(
    "/evidence/{id}",
    status_code=200,
    response_model=EvidenceRead,
    summary="Describe evidence otherwise",
    response_description="The evidence.",
    responses=declared(*_OPEN),
)
async def patch_evidence(
    change: Annotated[Change, changes(rules.EDIT, facts.one)], patch: EvidencePatch
) -> Response:
    """Changes the named fields while nobody has decided; null empties the note (RFC 7396)."""
    given = patch.model_dump(exclude_unset=True)
    await commands.edit(change.lane, change.actor, change.facts, change.entitlement, given, change.now)
    return await _answer(change, change.facts.id)


@router.put(
    "/evidence/{id}/content",
    status_code=200,
    response_model=EvidenceRead,
    summary="Upload the file of evidence",
    response_description="The evidence, which waits to be verified; `scanning` while nobody has looked for malware.",
    responses=declared(*_OPEN, receiving.EmptyFile, FileRefused),
    openapi_extra={
        "requestBody": {
            "description": "The bytes of the file as they are: no form, no base64.",
            "required": True,
            "content": {"application/octet-stream": {**_BYTES, "example": "%PDF-1.7"}},
        }
    },
)
async def put_evidence_content(
    upload: Annotated[Upload, receives(rules.UPLOAD, facts.one, rules.check_upload)],
) -> Response:
    """Takes the raw body, of whatever Content-Type: what the file is, its bytes tell (Guide V-1). Taken are PDF,
    Word, Excel and PowerPoint without macros, OpenDocument, images, CSV and plain text.

    Your right, the state and the version are asked before the first byte is read, and again once all are there. An
    Idempotency-Key has no meaning here: after an upload that succeeded the same If-Match is stale (412).
    """
    received = await receiving.receive(upload.files, upload.chunks(), upload.limit)
    async with upload.attaching() as change:
        await commands.attach(
            change.lane,
            change.actor,
            change.facts,
            change.entitlement,
            received,
            upload.file_name,
            change.now,
            files=upload.files,
            scans=upload.scans,
        )
    async with upload.attached() as reading:
        return reading.one(await queries.one(reading.lane, reading.actor, change.facts.id, reading.now))


@router.get(
    "/evidence/{id}/content",
    status_code=200,
    response_class=Response,
    summary="Read the file of evidence",
    response_description="The file, as an attachment.",
    responses={
        **declared(errors.NotFound, rules.NoFile, errors.OutsideTheFile),
        200: {"content": _FILE},
        206: {"content": _FILE, "description": "The part that was asked for."},
    },
)
async def read_evidence_content(
    id: SubjectPath,
    reading: Annotated[Reading, reads("evidence.read")],
    range_: Range = None,
    if_range: IfRange = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The bytes, or one part of them, under the media type that they have. The ETag is their SHA-256. A browser saves
    the file and never opens it as a page."""
    found = await queries.content(reading.lane, reading.actor, id, reading.now)
    return await sent(reading, found, range_, if_range, if_none_match)


@router.post(
    "/evidence/{id}/link",
    status_code=200,
    response_model=EvidenceLink,
    summary="Get a link to the file of evidence",
    response_description="The link.",
    responses=declared(rules.NoFile, errors.NoLinksHere),
)
async def link_evidence(change: Annotated[Change, hands_out("evidence.read", facts.one)]) -> Response:
    """An address in the bucket that files lie in, for what you may read, and for five minutes. Whoever has it reads the
    file, so treat it like a password; that you asked for it is recorded. Where files lie in a folder there are no links
    (`no_links_here`): read the content instead."""
    link = await links.give(change.lane, files(change.request), change.actor, change.facts, change.now)
    body = EvidenceLink(url=link.url, expires_at=link.expires_at).model_dump_json()
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.post(
    "/evidence/{id}/verify",
    status_code=200,
    response_model=EvidenceRead,
    summary="Verify evidence",
    response_description="The verified evidence.",
    responses=_STEP,
)
async def verify_evidence(
    change: Annotated[Change, changes(rules.VERIFY, facts.one)], step: StepTaken | None = None
) -> Response:
    """It proves what it was brought for (Guide V-2): decided by somebody who brought neither it nor the figure."""
    await commands.verify(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        step.reason if step else None,
        letter(step),
        change.now,
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/evidence/{id}/reject",
    status_code=200,
    response_model=EvidenceRead,
    summary="Reject evidence",
    response_description="The rejected evidence.",
    responses=_STEP,
)
async def reject_evidence(
    change: Annotated[Change, changes(rules.REJECT, facts.one)], step: StepWithReason
) -> Response:
    """It does not prove it, with the reason (Guide V-2). Other evidence may take its place."""
    await commands.reject(
        change.lane,
        change.actor,
        change.facts,
        change.entitlement,
        step.reason,
        letter(step),
        change.now,
    )
    return await _answer(change, change.facts.id)


@router.post(
    "/evidence/{id}/withdraw",
    status_code=200,
    response_model=EvidenceRead,
    summary="Withdraw evidence",
    response_description="The withdrawn evidence.",
    responses=declared(*_OPEN),
)
async def withdraw_evidence(change: Annotated[Change, changes(rules.WITHDRAW, facts.one)]) -> Response:
    """Takes it back while nobody has decided about it. It stays on record; its file is not shown any more."""
    await commands.withdraw(change.lane, change.actor, change.facts, change.entitlement, change.now)
    return await _answer(change, change.facts.id)


@router.post(
    "/evidence/{id}/supersede",
    status_code=201,
    response_model=EvidenceRead,
    summary="Bring other evidence in its place",
    response_description="The successor, which waits for its file.",
    responses=declared(*_OPEN, rules.Succeeded, rules.TooMuchEvidence, errors.AlreadyExists),
)
async def supersede_evidence(
    change: Annotated[Change, creates_on(rules.SUPERSEDE, facts.one, facts.one)], step: EvidenceSupersede
) -> Response:
    """Begins a successor, described like this one. This one stands until the file of the successor is there, and is
    superseded then; nothing is deleted."""
    made = await commands.supersede(change.lane, change.actor, change.facts, step.reason, change.now)
    return await _answer(change, made, status=201)


@router.post(
    "/indicators/{id}/require-evidence",
    status_code=200,
    response_model=IndicatorRead,
    summary="Say what evidence the results of an indicator must carry",
    response_description="The indicator.",
    responses=declared(errors.WrongState),
)
async def require_evidence(
    change: Annotated[Change, changes(rules.REQUIRE, indicators.entry_facts)], required: EvidenceRequirement
) -> Response:
    """Replaces what was asked for before. From now on a result without it is not submitted (`evidence_missing`), nor
    approved before it is verified (`evidence_unverified`)."""
    needed = [(item.kind, item.minimum) for item in required.items]
    await requirements.require(change.lane, change.actor, change.facts, needed, change.now)
    return await change.answer(await indicators.one(change.lane, change.actor, change.facts.id, change.now))


async def _answer(change: Change, evidence_id: UUID, status: int = 200) -> Response:
    document = await queries.one(change.lane, change.actor, evidence_id, change.now)
    return await change.answer(document, status, f"/v1/evidence/{evidence_id}" if status == 201 else None)
