"""The documentation page `/docs`, and the contract it shows, `/openapi.json`.

Nothing is loaded from anywhere else: Swagger UI's files come out of the PyPI package fastapi-swagger, and the
page has no inline script or style, so that a strict Content-Security-Policy holds (CSP Level 3).
"""

import hashlib
from collections.abc import Awaitable, Callable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app import contract

HTML = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mutabaa · متابعة</title>
<link rel="icon" type="image/png" href="docs/assets/favicon.png">
<link rel="stylesheet" href="docs/assets/swagger-ui.css">
<link rel="stylesheet" href="docs/assets/page.css">
</head>
<body>
<div id="docs">
<noscript>This page needs JavaScript; the contract is at <a href="openapi.json">openapi.json</a>.</noscript>
</div>
<script src="docs/assets/swagger-ui-bundle.js"></script>
<script src="docs/assets/page.js"></script>
</body>
</html>
"""

SCRIPT = """\
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
"""

# Arabic and English stand beside each other: each paragraph takes its direction from its own first letter.
STYLE = """\
body { margin: 0; background: #fafafa; }
.swagger-ui, .swagger-ui p, .swagger-ui li, .swagger-ui h4, .swagger-ui .btn, .swagger-ui .opblock-tag,
.swagger-ui .opblock .opblock-summary-description, .swagger-ui .info .title, .swagger-ui .parameter__name,
.swagger-ui table, .swagger-ui input, .swagger-ui textarea, .swagger-ui select,
.swagger-ui .info p, .swagger-ui .info li, .swagger-ui .opblock-description-wrapper p,
.swagger-ui .opblock .opblock-section-header h4, .swagger-ui table thead tr th {
  font-family: "IBM Plex Sans Arabic", "Noto Sans Arabic", "Noto Sans", "Segoe UI", Tahoma, sans-serif;
}
.swagger-ui .parameter__name { white-space: nowrap; }
.swagger-ui p, .swagger-ui li, .swagger-ui td, .swagger-ui textarea, .swagger-ui input,
.swagger-ui .opblock-summary-description, .swagger-ui .markdown p, .swagger-ui .opblock-tag small,
.swagger-ui .json-schema-2020-12__description {
  unicode-bidi: plaintext;
  text-align: start;
}
/* In JSON each word is a word of its own, or a figure behind Arabic text jumps in front of it. */
.swagger-ui .microlight code > span { unicode-bidi: plaintext; }
"""

# img-src data: are the icons inside Swagger UI's stylesheet; connect-src 'self': "Try it out" calls this
# service only.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)

Endpoint = Callable[[Request], Awaitable[Response]]


class _File(NamedTuple):
    content: bytes
    media_type: str


@cache
def _assets() -> dict[str, _File]:
    """The files under /docs/assets, by name: only these can be asked for, whatever the path says."""
    swagger = files("fastapi_swagger") / "resources"
    return {
        "swagger-ui.css": _File((swagger / "swagger-ui.css").read_bytes(), "text/css"),
        "swagger-ui-bundle.js": _File((swagger / "swagger-ui-bundle.js").read_bytes(), "text/javascript"),
        "favicon.png": _File((swagger / "favicon-32x32.png").read_bytes(), "image/png"),
        "page.css": _File(STYLE.encode(), "text/css"),
        "page.js": _File(SCRIPT.encode(), "text/javascript"),
    }


def _answer(request: Request, content: bytes, media_type: str) -> Response:
    """The bytes with an ETag, or 304 when the reader has them (RFC 9110, section 13.1.2)."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
    asked = {tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")}
    if asked & {etag, "*"}:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def mount(app: FastAPI) -> None:
    """Adds `/openapi.json`, `/docs` and `/docs/assets/...`; call it when all routers are included or before.

    They are public and outside the contract: plain routes, with no permission of ours.
    """
    built: list[bytes] = []

    async def openapi_json(request: Request) -> Response:
        # Built at the first request, when every route is there; it cannot change after that.
        if not built:
            built.append(contract.dumps(contract.build(app)).encode())
        return _answer(request, built[0], "application/json")

    async def page(request: Request) -> Response:
        answer = _answer(request, HTML.encode(), "text/html")
        answer.headers["Content-Security-Policy"] = POLICY
        answer.headers["Referrer-Policy"] = "no-referrer"
        return answer

    async def asset(request: Request) -> Response:
        found = _assets().get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        return _answer(request, *found)

    endpoints: dict[str, Endpoint] = {
        "/openapi.json": openapi_json,
        "/docs": page,
        "/docs/assets/{name}": asset,
    }
    for path, endpoint in endpoints.items():
        app.add_route(path, endpoint, include_in_schema=False)
