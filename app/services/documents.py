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


@dataclass(frozen=True, slots=True)
class File:
    """A file that is to be sent: its bytes by their SHA-256, and what it is called. `plain_name`: the same for a
    client that reads only ASCII."""

    sha256: str
    size: int
    media_type: str
    name: str
    plain_name: str

    @property
    def etag(self) -> str:
        """The hash of its bytes."""
        return f'"{self.sha256}"'


def with_actions(json_text: str, actions: Iterable[str]) -> bytes:
    """Add the member `actions` to a JSON object that PostgreSQL wrote."""
    return f'{json_text[:-1]},"actions":{json.dumps(list(actions))}}}'.encode()
