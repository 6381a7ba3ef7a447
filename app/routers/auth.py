"""Sign-in, tokens and passwords over HTTP."""

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from app import clock, errors, permissions, problems
from app.deps import database, public, reads
from app.errors import Refusal, Text
from app.middleware import client_address
from app.parties import Actor
from app.problems import declared
from app.routers import oauth
from app.routers.json_body import JsonRoute
from app.schemas.auth import (
    InvitationAcceptance,
    PasswordChange,
    PublicKeys,
    Refresh,
    ServiceTokens,
    SessionTokens,
    SignIn,
    TokenForm,
)
from app.services.auth import commands, rules
from app.services.auth.commands import Issuer, Tokens

router = APIRouter(tags=["auth"], route_class=JsonRoute)

OWN = "me.edit"
"""The permission of whoever ends their own sessions or changes their own password."""

_reading = asynccontextmanager(reads(OWN).dependency)


async def signed_in(request: Request) -> Actor:
    """The person of the session. The connection is given back: what follows may take long."""
    async with _reading(request) as reading:
        actor: Actor = reading.actor
        return actor


async def public_without_key(request: Request) -> None:
    """No sign-in needed; an Idempotency-Key is refused, since an answer with a secret is never kept."""
    if "idempotency-key" in request.headers:
        raise errors.Malformed(
            Text(
                "No Idempotency-Key here: the answer holds a secret and is never kept.",
                "لا يُقبل مفتاح التكرار هنا، فالجواب يتضمن سرًّا ولا يُحفظ.",
            )
        )


signed_in.permission = OWN  # type: ignore[attr-defined]  # read by the contract and a test
public_without_key.permission = permissions.PUBLIC  # type: ignore[attr-defined]

SignedIn = Annotated[Actor, Depends(signed_in)]
_PUBLIC_SECRET = [Depends(public_without_key)]


@router.post(
    "/v1/auth/sign-in",
    status_code=200,
    response_model=SessionTokens,
    dependencies=_PUBLIC_SECRET,
    summary="Sign in",
    response_description="An access token and a refresh token.",
    responses=declared(rules.SignInRefused),
)
async def sign_in(request: Request, body: SignIn) -> Response:
    """Sign in with e-mail and password. Nothing in the answer tells whether the e-mail is known; after
    several failures a name, known or not, has to wait ever longer."""
    outcome = await commands.sign_in(
        database(request), _issuer(request), body.email, body.password, client_address(request), clock.now()
    )
    return _session_tokens(request, outcome)


@router.post(
    "/v1/auth/refresh",
    status_code=200,
    response_model=SessionTokens,
    dependencies=_PUBLIC_SECRET,
    summary="Exchange a refresh token",
    response_description="New tokens; the refresh token that was sent is spent.",
    responses=declared(rules.RefreshRefused),
)
async def refresh_session(request: Request, body: Refresh) -> Response:
    """Exchange a refresh token for new tokens. Each is good once: when a spent one comes again, or one is sent
    twice at once, somebody else may have it, so the whole session ends."""
    outcome = await commands.refresh(database(request), _issuer(request), body.refresh_token, clock.now())
    return _session_tokens(request, outcome)


@router.post(
    "/v1/auth/sign-out",
    status_code=204,
    summary="Sign out",
    response_description="The session has ended.",
)
async def sign_out(request: Request, actor: SignedIn) -> Response:
    """End this session. Its tokens are refused from the next request on."""
    await commands.sign_out(database(request), actor, clock.now())
    return Response(status_code=204)


@router.post(
    "/v1/auth/sign-out-everywhere",
    status_code=204,
    summary="Sign out everywhere",
    response_description="All sessions of the person have ended.",
)
async def sign_out_everywhere(request: Request, actor: SignedIn) -> Response:
    """End every session of the person, on every device, this one and those of their service accounts included."""
    await commands.sign_out_everywhere(database(request), actor, clock.now())
    return Response(status_code=204)


@router.post(
    "/v1/auth/password",
    status_code=204,
    summary="Change the password",
    response_description="The password is changed; all other sessions have ended.",
    responses=declared(errors.Conflict),
)
async def change_password(request: Request, actor: SignedIn, body: PasswordChange) -> Response:
    """Set a new password. All other sessions of the person end. A wrong present password counts as a failed
    sign-in."""
    refused = await commands.change_password(
        database(request),
        _issuer(request),
        actor,
        body.current_password,
        body.new_password,
        client_address(request),
        clock.now(),
    )
    return _refusal(request, refused) if refused else Response(status_code=204)


@router.post(
    "/v1/auth/accept-invitation",
    status_code=204,
    dependencies=[public()],
    summary="Accept an invitation",
    response_description="The password is set; sign in with it.",
    responses=declared(errors.Conflict),
)
async def accept_invitation(request: Request, body: InvitationAcceptance) -> Response:
    """Set a first or a new password with the one-time token of an invitation. Earlier sessions end."""
    await commands.accept_invitation(
        database(request), _issuer(request), body.token, body.password, clock.now()
    )
    return Response(status_code=204)


@router.post(
    "/v1/auth/token",
    status_code=200,
    response_model=ServiceTokens,
    dependencies=[public()],
    summary="Get a token for a service account",
    response_description="An access token.",
    responses=declared(rules.InvalidClient, rules.InvalidTokenRequest, rules.UnsupportedGrantType),
    openapi_extra={
        "requestBody": {"required": True, "content": {oauth.FORM: {"schema": TokenForm.model_json_schema()}}}
    },
)
async def issue_service_token(request: Request) -> Response:
    """OAuth 2.0 client credentials (RFC 6749, section 4.4). The client says who it is in the form or by HTTP
    Basic, not both. Errors are problem details that also carry OAuth's member `error`."""
    try:
        client_id, client_secret = await oauth.client(request)
        token = await commands.service_token(
            database(request), _issuer(request), client_id, client_secret, clock.now()
        )
    except oauth.REFUSALS as refusal:
        return oauth.problem(refusal, request)
    return _secret(
        request,
        ServiceTokens(
            access_token=token.access_token,
            token_type="Bearer",  # noqa: S106
            expires_in=token.expires_in,
            scope=" ".join(token.permissions),
        ),
    )


@router.get(
    "/.well-known/jwks.json",
    status_code=200,
    response_model=PublicKeys,
    dependencies=[public()],
    summary="Read the public keys",
    response_description="The keys as a JWK set.",
)
async def read_public_keys(request: Request) -> Response:
    """The public keys that verify access tokens (RFC 7517), for other services that are handed one."""
    return Response(
        request.app.state.keys.jwks(),
        media_type="application/json",
        headers={"Cache-Control": "public, max-age=300", "Content-Language": request.scope["language"]},
    )


def _issuer(request: Request) -> Issuer:
    state: Any = request.app.state
    lasts = timedelta(days=state.settings.refresh_token_days)
    return Issuer(state.keys, state.settings.access_token_seconds, lasts)


def _session_tokens(request: Request, outcome: Tokens | Refusal) -> Response:
    if isinstance(outcome, Refusal):
        return _refusal(request, outcome)
    return _secret(
        request,
        SessionTokens(
            access_token=outcome.access_token,
            token_type="Bearer",  # noqa: S106
            expires_in=outcome.expires_in,
            refresh_token=outcome.refresh_token,
            refresh_expires_at=outcome.refresh_expires_at,
        ),
    )


def _refusal(request: Request, refused: Refusal) -> Response:
    """The answer to what was refused and recorded: its transaction is committed already."""
    return problems.response(refused.error, request.scope)


def _secret(request: Request, body: BaseModel) -> Response:
    """An answer that no cache may keep (RFC 6749, section 5.1)."""
    return Response(
        body.model_dump_json(),
        media_type="application/json",
        headers={"Cache-Control": "no-store", "Content-Language": request.scope["language"]},
    )
