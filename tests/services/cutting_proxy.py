"""A TCP proxy that hangs up after so many bytes of each answer, so many times."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class CuttingProxy:
    """The next `cuts` connections end after `after_bytes` of the server's answer."""

    upstream_port: int
    after_bytes: int
    port: int = 0
    cuts: int = 0
    made: int = 0
    counting: threading.Lock = field(default_factory=threading.Lock)

    def allowed_bytes(self) -> int | None:
        """How much of the next answer passes; None: all."""
        with self.counting:
            return self.after_bytes if self.made < self.cuts else None

    def note_cut(self) -> None:
        """Count a connection that was cut."""
        with self.counting:
            self.made += 1


@contextmanager
def cutting_proxy(upstream_port: int, after_bytes: int) -> Iterator[CuttingProxy]:
    """Run a proxy in front of a server of this machine."""
    proxy = CuttingProxy(upstream_port, after_bytes)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy.port = listener.getsockname()[1]
        thread = threading.Thread(target=_accept, args=(listener, proxy), daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def _accept(listener: socket.socket, proxy: CuttingProxy) -> None:
    with contextlib.suppress(OSError):
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_serve, args=(client, proxy), daemon=True).start()


def _serve(client: socket.socket, proxy: CuttingProxy) -> None:
    with client, socket.create_connection(("127.0.0.1", proxy.upstream_port)) as server:
        threading.Thread(target=_pass_on, args=(client, server), daemon=True).start()
        left = proxy.allowed_bytes()
        with contextlib.suppress(OSError):
            while data := server.recv(64 * 1024):
                if left is not None and len(data) >= left:
                    client.sendall(data[:left])
                    proxy.note_cut()
                    _hang_up(client)
                    return
                client.sendall(data)
                left = None if left is None else left - len(data)
        _hang_up(client)


def _pass_on(client: socket.socket, server: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := client.recv(64 * 1024):
            server.sendall(data)
    with contextlib.suppress(OSError):
        server.shutdown(socket.SHUT_WR)


def _hang_up(client: socket.socket) -> None:
    """Closing alone would wait for the thread that reads from the client."""
    with contextlib.suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)
