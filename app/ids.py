"""Identifiers."""

import uuid

from uuid_utils.compat import uuid7


def new() -> uuid.UUID:
    """A new UUIDv7 (RFC 9562): sorts by the time of its making, so that indexes grow at one end."""
    return uuid7()
