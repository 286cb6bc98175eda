"""Walk everything that a hub serves, as one person, and look for bytes that must not be there."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urldefrag

import requests

from webapp.http import access

LINK = re.compile(r"""(?:href|src|action)="(/[^"]*)"|(/images/[0-9a-f]{16}/[a-z]+\.jpg)""")
VARIES = re.compile(r"/[mtgjn]/[0-9a-z_]+|[0-9a-f]{8}[0-9a-f-]*|[a-z0-9-]+-[0-9]+|\?.*")
MOST_OF_A_SHAPE = 3
"""Of pages that differ only in the thing they show; those that matter are named as seeds."""
LEFT_ALONE = ("/sign-out", "/static/", "/app/")


@dataclass
class Crawl:
    """What one person finds, from the seeds on and every address without a part to fill in."""

    url: str
    session: str = ""
    token: str = ""
    seeds: tuple[str, ...] = ()
    seeds_only: bool = False
    asked: dict[str, int] = field(default_factory=dict)

    def finds(self, canaries: tuple[bytes, ...]) -> list[str]:
        """The addresses that answer with one of the canaries; raise if a server error is met."""
        found = []
        for path, answer in self._walk():
            assert answer.status_code < 500, (path, answer.text[:500])
            if any(canary in body for body in _bodies(answer) for canary in canaries):
                found.append(path)
        return found

    def _walk(self) -> Iterator[tuple[str, requests.Response]]:
        plain = [rule for method, rule in access.table().routes if method == "GET"]
        waiting = deque([*self.seeds, *(rule for rule in plain if "<" not in rule)])
        shapes: Counter[str] = Counter()
        while waiting:
            path = waiting.popleft()
            shape = VARIES.sub("*", path)
            shapes[shape] += 1
            is_enough = path not in self.seeds and shapes[shape] > MOST_OF_A_SHAPE
            if path in self.asked or path.startswith(LEFT_ALONE) or is_enough:
                continue
            answer = self._get(path)
            self.asked[path] = answer.status_code
            yield path, answer
            if not self.seeds_only:
                waiting.extend(sorted(_links(answer) - self.asked.keys()))

    def _get(self, path: str) -> requests.Response:
        headers = {}
        if path.startswith("/api/") and self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        elif self.session:
            headers["Cookie"] = f"session={self.session}"
        return requests.get(self.url + path, headers=headers, timeout=60, allow_redirects=False)


def _bodies(answer: requests.Response) -> Iterator[bytes]:
    """The answer's bytes, and what is packed in them."""
    yield answer.content
    if answer.content.startswith(b"PK\x03\x04"):
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        yield from (archive.read(name) for name in archive.namelist())


def _links(answer: requests.Response) -> set[str]:
    kind = answer.headers.get("Content-Type", "")
    if "json" in kind and "jsonl" not in kind and answer.ok:
        return {path for path in _strings(json.loads(answer.content)) if path.startswith("/")}
    if "html" not in kind:
        return set()
    found = {first or second for first, second in LINK.findall(html.unescape(answer.text))}
    return {urldefrag(path).url for path in found}


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
