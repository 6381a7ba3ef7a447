"""What every refusal must be: a problem document, in the right language, with nothing written."""

import base64
import json
import re
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from app import paging
from app.models import Base
from app.schemas.problems import Problem
from tests.api import Api

PROBLEM_JSON = "application/problem+json"
_ARABIC = re.compile(r"[\u0600-\u06ff]")
LANGUAGES = (({}, "ar"), ({"Accept-Language": "ar"}, "ar"), ({"Accept-Language": "en"}, "en"))


def check(answer: httpx.Response, status: int, code: str, language: str) -> Problem:
    """Status, code, media type, language, and the form of the whole."""
    assert answer.status_code == status, (answer.status_code, answer.text[:500])
    assert answer.headers["Content-Type"].partition(";")[0] == PROBLEM_JSON
    assert answer.headers["Content-Language"] == language
    problem = Problem.model_validate_json(answer.content)
    assert set(answer.json()) <= set(Problem.model_fields), "surplus members"
    assert (problem.status, problem.code) == (status, code), answer.text[:500]
    assert problem.type == f"/problems/{code}"
    assert problem.request_id == answer.headers["X-Request-Id"]
    said = [problem.title, problem.detail, *[item.detail for item in problem.errors or ()]]
    for words in said:
        assert words is None or bool(_ARABIC.search(words)) is (language == "ar"), words
    if status == 401:
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    return problem


def client_of(api: Api, **headers: str) -> httpx.AsyncClient:
    """The transport of the application with a person's token and a fresh Idempotency-Key."""
    http = httpx.AsyncClient(transport=api.http._transport, base_url=api.http.base_url)
    if api.token:
        http.headers["Authorization"] = f"Bearer {api.token}"
    http.headers.update({"Idempotency-Key": uuid4().hex, **headers})
    return http


def forged_cursor(filters: dict[str, Any], *position: Any) -> str:
    """A cursor as one would forge it: well bound to its filters, with any position."""
    raw = json.dumps([paging._bound_to(filters), *position]).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


async def refused(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    status: int,
    code: str,
    *,
    headers: dict[str, str] | None = None,
    **rest: Any,
) -> Problem:
    """Send it without a language, in Arabic and in English: the same refusal each time."""
    found = []
    for said, language in LANGUAGES:
        answer = await client.request(method, path, headers={**(headers or {}), **said}, **rest)
        found.append(check(answer, status, code, language))
    faults = [
        [(item.pointer, item.parameter, item.code) for item in problem.errors or ()] for problem in found
    ]
    assert faults[0] == faults[1] == faults[2]
    return found[-1]


_REFUSED_SIGN_INS = {"sign_in_brakes"}
"""What a refusal does write: how often a sign-in failed."""
_WRITTEN = "select " + ", ".join(
    f"(select count(*) || '/' || coalesce(sum(hashtextextended(t::text, 0)), 0) from {name} t) as {name}"
    for name in sorted(Base.metadata.tables.keys() - _REFUSED_SIGN_INS)
)


async def written(owner: "asyncpg.Connection[asyncpg.Record]") -> dict[str, str]:
    """A fingerprint of everything that a request can write: of each table how many rows it has, and what they say."""
    row = await owner.fetchrow(_WRITTEN)
    assert row is not None
    return dict(row)
