"""What every refusal must be: a problem document, in the right language, with nothing written."""

import base64
import json
import re
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from app import paging
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


async def written(owner: "asyncpg.Connection[asyncpg.Record]") -> str:
    """A fingerprint of everything that a request could have changed."""
    return await owner.fetchval(
        """
        select md5(concat((select json_agg(r order by id) from results r),
                          (select json_agg(w order by id) from waits w),
                          (select json_agg(o order by id) from reopenings o),
                          (select json_agg(i order by id) from indicators i),
                          (select json_agg(d order by id) from definitions d),
                          (select json_agg(t order by definition_id, year) from targets t),
                          (select json_agg(c order by id) from contributions c),
                          (select json_agg(o order by id) from obligations o),
                          (select json_agg(h order by id) from holidays h),
                          (select json_agg(e order by id) from evidence e),
                          (select json_agg(p order by id) from path_templates p),
                          (select json_agg(q order by id) from evidence_rules q),
                          (select count(*) from schedules), (select count(*) from contribution_absences),
                          (select json_agg(u order by id) from uploads u),
                          (select count(*) from events), (select count(*) from subjects),
                          (select count(*) from decisions), (select count(*) from idempotency_keys)))
        """
    )
