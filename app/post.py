"""Mail goes out here: SMTP by the standard library, which blocks, in threads of the process."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal

import anyio
import anyio.to_thread

SECONDS = 20
"""How long the server may be silent."""

SECONDS_IN_ALL = 45
"""How long a message may take. It is far below what a transaction may be idle (`db`): one is open meanwhile."""


@dataclass(frozen=True, slots=True)
class Sender:
    """From which address mails come, and at which address people open what they are told of (empty: nowhere)."""

    address: str
    link: str


@dataclass(frozen=True, slots=True)
class Post:
    """The server that takes mail. `tls`: from the first byte on, by STARTTLS, or not (a server on the same machine)."""

    host: str
    port: int
    tls: Literal["none", "starttls", "tls"]
    user: str
    password: str

    async def send(self, message: EmailMessage) -> None:
        """Hand one message to the server. Returns when it has taken it; raises smtplib.SMTPException or OSError,
        which TimeoutError is."""
        with anyio.fail_after(SECONDS_IN_ALL):
            await anyio.to_thread.run_sync(self._send, message, abandon_on_cancel=True)

    def _send(self, message: EmailMessage) -> None:
        with self._connected() as server:
            if self.tls == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user:
                server.login(self.user, self.password)
            server.send_message(message)

    def _connected(self) -> smtplib.SMTP:
        if self.tls == "tls":
            return smtplib.SMTP_SSL(
                self.host, self.port, timeout=SECONDS, context=ssl.create_default_context()
            )
        return smtplib.SMTP(self.host, self.port, timeout=SECONDS)
