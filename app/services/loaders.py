"""How one thing is loaded for who asks, as every area offers it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from app.db import Lane
from app.parties import Actor, Facts

Loader = Callable[[Lane, Actor, UUID, datetime], Awaitable[Facts | None]]
"""An area's function that loads the facts of a subject which the actor may see (None: not visible)."""
