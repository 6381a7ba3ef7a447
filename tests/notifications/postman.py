"""A real SMTP server on this machine, and what it was given."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP

from app.post import Post, Sender

SENDER = Sender("mutabaa@test.mutabaa.example", "https://mutabaa.test/things")


@dataclass
class Postman:
    """Takes every message, in so many seconds, save that it has no room for the next `refusing`.
    `begun`: how many it was given, those included whose sender was gone before it could say that it took them."""

    taken: list[EmailMessage] = field(default_factory=list)
    refusing: int = 0
    seconds: float = 0
    begun: int = 0
    host: str = ""
    port: int = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """One message."""
        self.begun += 1
        await asyncio.sleep(self.seconds)
        if self.refusing:
            self.refusing -= 1
            return "452 4.3.1 Insufficient system storage"
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        return "250 OK"

    @property
    def post(self) -> Post:
        """The way to it."""
        return Post(self.host, self.port, "none", "", "")

    @property
    def env(self) -> dict[str, str]:
        """The same as settings of the worker."""
        return {
            "MUTABAA_SMTP_HOST": self.host,
            "MUTABAA_SMTP_PORT": str(self.port),
            "MUTABAA_SMTP_TLS": "none",
            "MUTABAA_MAIL_FROM": SENDER.address,
            "MUTABAA_MAIL_LINK": SENDER.link,
        }

    def to(self, email: str) -> list[EmailMessage]:
        """What one person was sent."""
        return [message for message in self.taken if message["To"] == email]


@asynccontextmanager
async def running() -> AsyncIterator[Postman]:
    """The server for as long as the block lasts."""
    postman = Postman()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(postman, loop=loop), "127.0.0.1", 0)
    try:
        postman.host, postman.port = server.sockets[0].getsockname()[:2]
        yield postman
    finally:
        server.close()
