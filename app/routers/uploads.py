"""Resumable uploads of evidence over HTTP: tus 1.0.0 with creation, expiration, checksum and termination."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from app import errors
from app.answers import Reading
from app.deps import public, reads
from app.file_headers import (
    TusResumable,
    UploadChecksum,
    UploadDeferLength,
    UploadLength,
    UploadMetadata,
    UploadOffset,
)
from app.headers import SubjectPath
from app.problems import declared
from app.routers.json_body import JsonRoute
from app.sending import Sending, sends
from app.services.evidence import facts as evidence
from app.services.evidence.refusals import FileRefused
from app.services.evidence.rules import UPLOAD, SubjectDecided, check_subject
from app.services.uploads import commands, parts, queries, rules, sending

router = APIRouter(prefix="/v1", tags=["uploads"], route_class=JsonRoute)

_PROTOCOL = ("Tus-Resumable", "Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm")
_REFUSED = (errors.TusVersion, errors.WrongState, SubjectDecided)


def _says(status: int, *headers: str) -> dict[int | str, dict[str, Any]]:
    """The headers of an answer, for the contract."""
    named = {name: {"$ref": f"#/components/headers/{name}"} for name in (*headers, "Tus-Resumable")}
    return {status: {"headers": named}}


def _protocol(request: Request) -> Response:
    headers = {
        "Tus-Version": rules.VERSION,
        "Tus-Extension": rules.EXTENSIONS,
        "Tus-Max-Size": str(request.app.state.settings.max_file_bytes),
        "Tus-Checksum-Algorithm": ",".join(rules.ALGORITHMS),
    }
    return Response(status_code=204, headers=headers)


@router.options(
    "/evidence/{id}/uploads",
    status_code=204,
    summary="Learn how uploads are begun",
    response_description="What is spoken here of the tus protocol.",
    responses={**_says(204, *_PROTOCOL), **declared(errors.NotFound)},
)
async def describe_uploads(request: Request, id: SubjectPath, _: Annotated[None, public()]) -> Response:
    """The version, extensions and limits of the protocol, the same for everybody and everything."""
    return _protocol(request)


@router.post(
    "/evidence/{id}/uploads",
    status_code=201,
    response_class=Response,
    summary="Begin an upload",
    response_description="Where the bytes go.",
    responses={
        **_says(201, "Location", "Upload-Expires"),
        **declared(
            *_REFUSED, errors.TooManyUploads, errors.TooLarge, errors.UnsupportedMedia, errors.Invalid
        ),
    },
)
async def begin_upload(
    request: Request,
    stream: Annotated[Sending, sends(UPLOAD, evidence.one)],
    upload_length: UploadLength = None,
    upload_metadata: UploadMetadata = None,
    upload_defer_length: UploadDeferLength = None,
) -> Response:
    """Begins an upload of the file that the evidence awaits, in as many requests as the line needs. It is kept for a
    day after its last byte. Nothing is attached before all bytes are there; of several uploads, the first that is
    complete is. One person has at most five unfinished ones for the same evidence."""
    async with stream.after() as change:
        check_subject(UPLOAD, change.facts.row)
        most = request.app.state.settings.max_file_bytes
        length = rules.length(upload_length, upload_defer_length, most)
        rules.metadata(upload_metadata)
        made, expires_at = await commands.begin(
            change.lane, change.actor, change.facts, length, upload_metadata, change.now
        )
    headers = {"Location": f"/v1/uploads/{made}", "Upload-Expires": rules.http_date(expires_at)}
    return Response(status_code=201, headers=headers)


@router.options(
    "/uploads/{id}",
    status_code=204,
    summary="Learn how uploads go on",
    response_description="What is spoken here of the tus protocol.",
    responses={**_says(204, *_PROTOCOL), **declared(errors.NotFound)},
)
async def describe_upload(request: Request, id: SubjectPath, _: Annotated[None, public()]) -> Response:
    """The same as for all uploads."""
    return _protocol(request)


@router.head(
    "/uploads/{id}",
    status_code=200,
    response_class=Response,
    summary="Ask how far an upload has come",
    response_description="How many bytes were received.",
    responses={
        **_says(200, "Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Expires"),
        **declared(errors.NotFound, errors.TusVersion, errors.UploadExpired),
    },
)
async def read_upload(
    id: SubjectPath,
    reading: Annotated[Reading, reads(UPLOAD.action)],
    tus_resumable: TusResumable = None,
) -> Response:
    """Where to go on after the line broke. When all bytes were received the file is attached. Only who began an
    upload sees it."""
    upload = await queries.shown(reading.lane, reading.actor, id, reading.now)
    rules.require_version(tus_resumable)
    rules.require_standing(upload.expires_at, reading.now)
    headers = {
        "Upload-Offset": str(upload.received),
        "Upload-Length": str(upload.length),
        "Upload-Expires": rules.http_date(upload.expires_at),
        "Cache-Control": "no-store",
    }
    if upload.metadata:
        headers["Upload-Metadata"] = upload.metadata
    return Response(status_code=200, headers=headers)


@router.patch(
    "/uploads/{id}",
    status_code=204,
    summary="Send bytes of an upload",
    response_description="The bytes were received; with the last of them the file is attached.",
    responses={
        **_says(204, "Upload-Offset", "Upload-Expires"),
        **declared(
            *_REFUSED,
            errors.WrongOffset,
            errors.TooManyParts,
            errors.UploadExpired,
            errors.ChecksumMismatch,
            FileRefused,
        ),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "Bytes of the file, from the offset on.",
            "content": {
                rules.MEDIA_TYPE: {
                    "schema": {"type": "string", "format": "binary", "maxLength": 1_073_741_824},
                    "example": "المحافظة,المشاريع المنجزة",
                }
            },
        }
    },
)
async def continue_upload(
    stream: Annotated[Sending, sends(UPLOAD, queries.facts)],
    upload_offset: UploadOffset = None,
    upload_checksum: UploadChecksum = None,
) -> Response:
    """Sends the bytes that follow those that were received. What came before the line broke is kept, unless it has a
    checksum. The answer to the last bytes says whether the file was taken as evidence: its type is told from its
    bytes, and everything about rights and states is asked once more."""
    progress = await sending.proceed(stream, upload_offset, upload_checksum)
    if progress.attached is not None:
        await stream.scanned(progress.attached)
    headers = {
        "Upload-Offset": str(progress.received),
        "Upload-Expires": rules.http_date(progress.expires_at),
    }
    return Response(status_code=204, headers=headers)


@router.delete(
    "/uploads/{id}",
    status_code=204,
    summary="Give an upload up",
    response_description="It is gone, with the bytes that were received.",
    responses={**_says(204), **declared(errors.TusVersion)},
)
async def end_upload(stream: Annotated[Sending, sends(rules.ending(), queries.facts)]) -> Response:
    """Forgets the upload. A file that was attached stays with its evidence."""
    async with stream.after() as change:
        upload = change.facts.row["upload"]
        await commands.end(change.lane, upload)
    await parts.drop(stream.files, upload.id, upload.parts)
    return Response(status_code=204)
