"""A wire to a database that can be cut, frozen and mended."""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SAID = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
_STARTING = b"E" + (len(_SAID) + 4).to_bytes(4, "big") + _SAID
"""ErrorResponse of PostgreSQL's protocol."""


class Proxy:
    """Passes bytes on to a port of 127.0.0.1 until it is cut or frozen; mended, it is as before."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._frozen = threading.Event()
        self._starting = threading.Event()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        """Nobody listens any more, and every connection is gone."""
        # Shut down first: a listener that is waited on goes on accepting after it is closed.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in (end for pair in self._pairs for end in pair):
            end.close()
        self._pairs.clear()

    def freeze(self) -> None:
        """Connections are taken and stay, and no byte passes: a host that is gone without a word."""
        self._frozen.set()

    def pretend_to_start(self) -> None:
        """Every connection is gone, and a new one is told that the server is not ready for it yet."""
        self.cut()
        self._starting.set()
        self._listen()

    def mend(self) -> None:
        """All is as it was; connections that were cut stay so."""
        self._frozen.clear()
        self._starting.clear()
        if self._listener.fileno() == -1:
            self._listen()

    def _listen(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
                if self._starting.is_set():
                    near.recv(1024)
                    near.sendall(_STARTING)
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            self._pairs.append((near, far))
            threading.Thread(target=self._pass_on, args=(near, far), daemon=True).start()

    def _pass_on(self, near: socket.socket, far: socket.socket) -> None:
        try:
            while True:
                ready, _, _ = select.select([near, far], [], [], 0.05)
                for source in ready if not self._frozen.is_set() else ():
                    said = source.recv(65536)
                    if not said:
                        return
                    (far if source is near else near).sendall(said)
                if self._frozen.is_set():
                    self._frozen.wait(0.05)
        except (OSError, ValueError):  # closed under our hands
            pass
        finally:
            near.close()
            far.close()


@contextmanager
def between(target: int) -> Iterator[Proxy]:
    """A proxy to the port for as long as the block lasts."""
    proxy = Proxy(target)
    try:
        yield proxy
    finally:
        proxy.mend()
        proxy.cut()
