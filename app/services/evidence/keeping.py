"""One hold on the bytes of a file, for whoever refers to them and for whoever collects what nobody refers to.

The bytes are in the store before a row refers to them, so a file without a row is either an orphan or about to
be attached. Whoever attaches takes the hold and then sees whether the file is there; the collector takes it
and then sees whether a row is there. Neither can come between the other's look and deed.
"""

import asyncio

from sqlalchemy import text

from app import errors
from app.db import Writer
from app.files import FileStore, StoredFile

HOLD = "select pg_advisory_xact_lock(hashtextextended('file:' || cast({} as text), 0))"
"""The statement that takes the hold on a SHA-256, to the end of the transaction."""

_SECONDS = 5
"""How long the store may take to say whether a file is there."""
_HOLD = text(HOLD.format(":sha256"))


async def hold(writer: Writer, files: FileStore, stored: StoredFile) -> None:
    """Keep the collector from the file until this transaction ends.

    Raises Unavailable in the rare case that it was collected the moment before, being an old orphan with
    the same bytes: sent again, they are kept anew; and when the store does not say in time, since the transaction
    does not wait for it.
    """
    await writer.execute(_HOLD, {"sha256": stored.sha256})
    try:
        async with asyncio.timeout(_SECONDS):
            there = await files.exists(stored.key)
    except TimeoutError:
        there = False
    if not there:
        raise errors.Unavailable(headers={"Retry-After": "1"})
