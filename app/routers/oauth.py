"""What OAuth 2.0 (RFC 6749) asks of the wire at the token endpoint: the form, HTTP Basic, its errors."""

import base64
import binascii
import json
from urllib.parse import parse_qsl, unquote_plus

from fastapi import Request, Response

from app import problems
from app.errors import AppError, Text
from app.services.auth import rules

FORM = "application/x-www-form-urlencoded"
CLIENT_CREDENTIALS = "client_credentials"
REFUSALS = (rules.InvalidClient, rules.InvalidTokenRequest, rules.UnsupportedGrantType)
_LONGEST_FORM = 8192
_MOST_FIELDS = 20


async def client(request: Request) -> tuple[str, str]:
    """Id and secret of a token request, from the form or from HTTP Basic (RFC 6749, 2.3.1).

    Read here and not by FastAPI: a fault must be answered 400 with OAuth's own error, a parameter sent twice is
    an error, and unknown ones are ignored (3.2). Raises REFUSALS.
    """
    form = await _form(request)
    if "grant_type" not in form:
        raise rules.InvalidTokenRequest(Text("grant_type is missing.", "الحقل grant_type مفقود."))
    if form["grant_type"] != CLIENT_CREDENTIALS:
        raise rules.UnsupportedGrantType()
    basic = _basic(request.headers.get("authorization"))
    if basic is None:
        return form.get("client_id", ""), form.get("client_secret", "")
    if "client_secret" in form or form.get("client_id", basic[0]) != basic[0]:
        raise rules.InvalidTokenRequest(
            Text(
                "Say who the client is in one way only: HTTP Basic or the form.",
                "عرّف العميل بطريقة واحدة فقط: HTTP Basic أو النموذج.",
            )
        )
    return basic


def problem(refusal: AppError, request: Request) -> Response:
    """The refusal as problem details with OAuth's member `error` beside `code` (RFC 6749, 5.2)."""
    said = problems.response(refusal, request.scope)
    body = json.dumps({**json.loads(bytes(said.body)), "error": refusal.code}, ensure_ascii=False)
    headers = {name: value for name, value in said.headers.items() if name != "content-length"}
    return Response(body.encode(), refusal.status, {**headers, "cache-control": "no-store"})


async def _form(request: Request) -> dict[str, str]:
    body = await request.body()
    if len(body) > _LONGEST_FORM:
        raise rules.InvalidTokenRequest()
    try:
        pairs = parse_qsl(body.decode("ascii"), True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:  # not a form, not UTF-8, or far too many fields
        raise rules.InvalidTokenRequest() from None
    form = dict(pairs)
    if len(form) < len(pairs):
        raise rules.InvalidTokenRequest(Text("A parameter was sent twice.", "أُرسل أحد المعاملات مرتين."))
    return form


def _basic(authorization: str | None) -> tuple[str, str] | None:
    """Id and secret of HTTP Basic, each form-encoded first; None when the client does not use it."""
    scheme, _, said = (authorization or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(said.strip(), validate=True).decode().partition(":")
        return unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError):
        raise rules.InvalidClient() from None
