"""One representation of a thing, as the bytes that are sent."""

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Document:
    """JSON bytes and the version of what they show."""

    body: bytes
    version: int

    @property
    def etag(self) -> str:
        """`"<version>.<hash of the body>"`: If-Match compares the version, If-None-Match the whole."""
        digest = base64.urlsafe_b64encode(hashlib.sha256(self.body).digest()[:12]).decode()
        return f'"{self.version}.{digest}"'


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer as it was sent, kept for a retry."""

    status: int
    headers: dict[str, str]
    body: bytes


def with_actions(json_text: str, actions: Iterable[str]) -> bytes:
    """Add the member `actions` to a JSON object that PostgreSQL wrote."""
    return f'{json_text[:-1]},"actions":{json.dumps(list(actions))}}}'.encode()
