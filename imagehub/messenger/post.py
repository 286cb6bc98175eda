"""POST to a pinned address: no redirect, no proxy, no second look-up, little time, little read."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Mapping

from imagehub.errors import Unavailable
from imagehub.messenger.targets import Target

TOTAL_SECONDS = 10.0
USER_AGENT = "DeepImagesHub-Webhooks/1"


def post(
    target: Target,
    address: str,
    body: bytes,
    headers: Mapping[str, str],
    total_seconds: float = TOTAL_SECONDS,
) -> int:
    """Send a body and return the answer's status; its body is not read, a redirect not followed.

    Raises Unavailable if the whole takes longer than `total_seconds` or the connection fails.
    """
    connection = _Pinned(target, address, total_seconds)
    ended = threading.Timer(total_seconds, connection.cut)
    ended.daemon = True
    ended.start()
    try:
        sent = {"Content-Type": "application/json", "User-Agent": USER_AGENT, **headers}
        connection.request("POST", target.path, body, sent)
        status = connection.getresponse().status
        if connection.is_cut:  # what was cut off reads like an answer that ends
            raise TimeoutError
        return status
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = "it took too long" if connection.is_cut else type(error).__name__
        raise Unavailable(f"{target.host} did not answer: {reason}.") from error
    finally:
        ended.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to one IP address; names are only for TLS and the header Host."""

    def __init__(self, target: Target, address: str, total_seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=total_seconds)
        self.default_port = 443 if target.is_secure else 80  # which the header Host leaves out
        self._address = address
        self._tls = ssl.create_default_context() if target.is_secure else None
        self.is_cut = False

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self.is_cut:
            raise TimeoutError
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """End whatever the connection waits for; a peer that drips bytes gains no time."""
        self.is_cut = True
        found = self.sock
        if found is not None:
            with contextlib.suppress(OSError):
                found.shutdown(socket.SHUT_RDWR)
