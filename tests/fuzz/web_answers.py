"""What the portal answered to all cases, and what it must not answer."""

from __future__ import annotations

import shlex
import time
from collections import Counter
from dataclasses import dataclass, field

import requests
from urllib3.exceptions import ReadTimeoutError

PATIENCE_SECONDS = 20.0
MOST_SHOWN_BYTES = 2000


@dataclass
class WebAnswers:
    """Sends the cases and counts the answers by route.

    `broken` are the answers of 500 and above, those that did not come in PATIENCE_SECONDS and the
    connections that broke, each with a command that sends the request again.
    """

    by_route: dict[str, Counter[int]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    errors: int = 0
    hangs: int = 0
    breaks: int = 0
    slowest: tuple[float, str] = (0.0, "")
    _session: requests.Session = field(default_factory=requests.Session)

    def ask(self, route: str, request: requests.PreparedRequest) -> int:
        """Send the request; its status, 0 where none came."""
        began_at = time.monotonic()
        status, what = 0, ""
        try:
            status = self._session.send(
                request, timeout=PATIENCE_SECONDS, allow_redirects=False
            ).status_code
        except requests.RequestException as error:
            is_hang = _is_timeout(error)
            self.hangs += is_hang
            self.breaks += not is_hang
            what = f"no end in {PATIENCE_SECONDS:.0f} s" if is_hang else f"broke off: {error}"
        if status >= 500:
            self.errors += 1
            what = str(status)
        seconds = time.monotonic() - began_at
        self.slowest = max(self.slowest, (seconds, route))
        self.by_route.setdefault(route, Counter())[status] += 1
        if what:
            self.broken.append(f"{route}: {what}\n  {curl(request)}")
        return status

    @property
    def cases(self) -> int:
        """How many were asked."""
        return sum(counts.total() for counts in self.by_route.values())

    def shares(self) -> dict[str, float]:
        """The share of each class of status, and of 429 apart."""
        total: Counter[str] = Counter()
        for counts in self.by_route.values():
            for status, count in counts.items():
                total["429" if status == 429 else f"{status // 100}xx"] += count
        return {kind: count / self.cases for kind, count in sorted(total.items())}

    def never_served(self) -> list[str]:
        """The routes whose every answer was a refusal."""
        return sorted(
            route
            for route, counts in self.by_route.items()
            if not any(200 <= status < 400 for status in counts)
        )


def _is_timeout(error: requests.RequestException) -> bool:
    """True also where the body's end did not come: requests calls that a connection error."""
    return isinstance(error, requests.Timeout) or any(
        isinstance(reason, ReadTimeoutError) for reason in error.args
    )


def curl(request: requests.PreparedRequest) -> str:
    """A command that sends the request again; of a large body the beginning."""
    words = ["curl", "-i", "-X", str(request.method)]
    for name, text in request.headers.items():
        if name not in ("Content-Length", "Connection", "Accept-Encoding"):
            words += ["-H", f"{_shown(name)}: {_shown(text)}"]
    if request.body:
        body = request.body.encode() if isinstance(request.body, str) else bytes(request.body)
        quoted = repr(body[:MOST_SHOWN_BYTES])[2:-1].replace("'", "\\'").replace('\\"', '"')
        return f"{shlex.join([*words, str(request.url)])} --data-binary $'{quoted}'"
    return shlex.join([*words, str(request.url)])


def _shown(text: str | bytes) -> str:
    return text.decode("latin-1") if isinstance(text, bytes) else text
