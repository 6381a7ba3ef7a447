"""A client that speaks as a person: token, Idempotency-Key and If-Match where the contract wants them."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx


@dataclass(frozen=True)
class Api:
    """Requests in the name of whoever `token` belongs to (nobody without one)."""

    http: httpx.AsyncClient
    token: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def as_(self, token: str | None) -> "Api":
        """The same client in another person's name."""
        return Api(self.http, token, self.headers)

    async def get(self, path: str, **params: Any) -> httpx.Response:
        """Read."""
        return await self.send("GET", path, params=params)

    async def create(self, path: str, body: Any = None, *, key: str | None = None) -> httpx.Response:
        """POST with an Idempotency-Key (a fresh one unless given)."""
        return await self.send("POST", path, json=body, headers={"Idempotency-Key": key or uuid4().hex})

    async def step(
        self, path: str, etag: str | None = None, body: Any = None, *, key: str | None = None
    ) -> httpx.Response:
        """POST a transition on what was seen under `etag`."""
        headers = {"If-Match": etag} if etag else {}
        if key:
            headers["Idempotency-Key"] = key
        return await self.send("POST", path, json=body, headers=headers)

    async def patch(self, path: str, etag: str | None, body: Any) -> httpx.Response:
        """A JSON merge patch on what was seen under `etag`."""
        headers = {"Content-Type": "application/merge-patch+json"}
        if etag:
            headers["If-Match"] = etag
        return await self.send("PATCH", path, json=body, headers=headers)

    async def etag(self, path: str) -> str:
        """The ETag of a resource as this person sees it."""
        response = await self.get(path)
        assert response.status_code == 200, response.text
        return response.headers["ETag"]

    async def send(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Any = None,
        headers: Any = None,
        **rest: Any,
    ) -> httpx.Response:
        """Any request."""
        said = {**self.headers, **(headers or {})}
        if self.token:
            said["Authorization"] = f"Bearer {self.token}"
        if json is not None:
            rest["json"] = json
        return await self.http.request(method, path, params=params or None, headers=said, **rest)
