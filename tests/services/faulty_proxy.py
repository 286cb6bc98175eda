"""An HTTP proxy that spoils chosen answers of a real server, to see what its clients do."""

from __future__ import annotations

import http.client
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PASS = "pass"
RESET = "reset"
"""Hang up before the server hears of the request."""
LOSE_ANSWER = "lose the answer"
"""Let the server do it, then hang up."""
CUT_ANSWER = "cut the answer"
"""Hang up in the middle of the body."""
FLIP_BIT = "flip a bit"
"""Change one bit in the middle of the body."""


@dataclass
class FaultyProxy:
    """`faults` are what the next requests meet, in turn: one of the above, or a status code."""

    upstream_port: int
    port: int = 0
    faults: deque[str | int] = field(default_factory=deque)
    requests: int = 0

    def next_fault(self) -> str | int:
        self.requests += 1
        return self.faults.popleft() if self.faults else PASS


@contextmanager
def faulty_proxy(upstream_port: int) -> Iterator[FaultyProxy]:
    """Run a proxy in front of a server of this machine."""
    proxy = FaultyProxy(upstream_port)
    handler = type("Handler", (_Handler,), {"proxy": proxy})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    proxy.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    proxy: FaultyProxy
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        fault = self.proxy.next_fault()
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.close_connection = True
        if fault == RESET:
            return
        if isinstance(fault, int):
            self.send_response(fault)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        status, headers, body = self._ask_upstream(sent)
        if fault == LOSE_ANSWER:
            return
        middle = len(body) // 2
        if fault == FLIP_BIT:
            body = body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in ("transfer-encoding", "connection", "date", "server"):
                self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body[:middle] if fault == CUT_ANSWER else body)

    def _ask_upstream(self, sent: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        upstream = http.client.HTTPConnection("127.0.0.1", self.proxy.upstream_port, timeout=20)
        headers = {k: v for k, v in self.headers.items() if k.lower() != "expect"}
        upstream.request(self.command, self.path, body=sent, headers=headers)
        answer = upstream.getresponse()
        body = answer.read()
        upstream.close()
        return answer.status, answer.getheaders(), body

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = _serve  # noqa: N815 - the names are http.server's

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""
