"""Whether the service lives and is ready, and its metrics."""

import os
from typing import Annotated

from fastapi import APIRouter, Request, Response

from app import errors, metrics
from app.deps import database, public
from app.problems import declared
from app.schemas.service import Health

router = APIRouter(tags=["service"])


@router.get(
    "/health/live",
    status_code=200,
    response_model=Health,
    summary="Whether the process lives",
    response_description="It lives.",
)
async def read_liveness(_: Annotated[None, public()], request: Request) -> Response:
    """Answers as long as the process can answer at all."""
    return _ok(request)


@router.get(
    "/health/ready",
    status_code=200,
    response_model=Health,
    summary="Whether the service is ready",
    response_description="It is ready.",
    responses=declared(errors.Unavailable),
)
async def read_readiness(_: Annotated[None, public()], request: Request) -> Response:
    """Answers 503 while the database cannot be reached or has another schema than this release."""
    if not await database(request).is_ready():
        raise errors.Unavailable(headers={"Retry-After": "5"})
    return _ok(request)


@router.get("/metrics", include_in_schema=False)
async def read_metrics(_: Annotated[None, public()]) -> Response:
    """Prometheus' text format; for the monitoring inside the network, so it is no part of the contract."""
    body, media_type = metrics.exposition(os.environ.get("PROMETHEUS_MULTIPROC_DIR"))
    return Response(body, media_type=media_type)


def _ok(request: Request) -> Response:
    return Response(
        b'{"status":"ok"}',
        media_type="application/json",
        headers={"Content-Language": request.scope["language"]},
    )
