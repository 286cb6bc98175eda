"""Cases of every page, every form and every request of the web app."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import requests
from hypothesis import strategies as st

import webapp
from tests.access_world import World
from tests.fuzz import asker, odd_values
from tests.fuzz.drawing import draw
from webapp.http import access
from webapp.http.access import Route

API = "/api/v1/"
FORM = "application/x-www-form-urlencoded"
Odd = tuple[dict[str, str], dict[str, str], list[bytes], dict[str, str], str]
"""Fields of the query, fields of the form, raw pieces of both, headers, and a part of the path."""


def routes() -> list[Route]:
    """All that is none of the operations that the OpenAPI document describes."""
    return [line for line in access.table().routes.values() if not line.rule.startswith(API)]


def drawn(count: int, seed: int) -> list[Odd]:
    """What is odd about so many requests."""
    fields = st.dictionaries(st.sampled_from(_names()), odd_values.texts(), max_size=4)
    raw = st.one_of(st.just([]), st.lists(st.sampled_from(odd_values.BYTES), max_size=2))
    parts = (fields, fields, raw, odd_values.headers(), odd_values.texts())
    return draw(st.tuples(*parts), count, seed)


def requests_of(
    odd: list[Odd], route: Route, world: World, chance: random.Random
) -> Iterator[requests.PreparedRequest]:
    """The cases as requests of people; those that no client could send are left out."""
    for query, fields, raw, headers, text in odd:
        cell = asker.choose(route, chance)
        known, good = asker.well_meant(world, cell)
        request = requests.Request(route.method, world.web.url + "/", headers=known | headers)
        _fill(request, good, fields, raw, chance)
        try:
            prepared = request.prepare()
        except (requests.RequestException, ValueError):
            continue
        values = world.values(cell)
        prepared.url = world.web.url + _path(route, values, text, chance)
        if (query and route.method == "GET") or chance.random() < 0.1:
            query = asker.overlaid(good.get("query_string", {}), query, chance)
            prepared.url += "?" + "&".join([_packed(query), *map(_raw, raw)])
        yield prepared


@cache
def _names() -> tuple[str, ...]:
    """What fields are called in templates, and what the pages read of a query or form."""
    folder = Path(webapp.__file__).parent
    found = {"after", "before", "limit", "cluster", "format", "csrf_token", "password", "token"}
    for file in folder.rglob("*.html"):
        found |= set(re.findall(r'name="([a-z_]+)"', file.read_text("utf-8")))
    for file in folder.rglob("*.py"):
        code = file.read_text("utf-8")
        found |= set(re.findall(r'(?:args|form)\.get(?:list)?\("([a-z_]+)"', code))
        for line in re.findall(r"^FIELDS = \((.*)\)", code, re.MULTILINE):
            found |= set(re.findall(r'"([a-z_]+)"', line))
    return tuple(sorted(found))


def _fill(
    request: requests.Request,
    good: dict[str, Any],
    fields: dict[str, str],
    raw: list[bytes],
    chance: random.Random,
) -> None:
    if request.method == "GET":
        return
    if isinstance(good.get("data"), bytes):
        request.data = good["data"] if chance.random() < asker.ALLOWED_SHARE else b"".join(raw)
    elif "json" in good:
        request.json = asker.overlaid(good["json"], fields, chance)
    else:
        word = good.get("data", {}).get("csrf_token", "")
        body = asker.overlaid(good.get("data", {}), {"csrf_token": word, **fields}, chance)
        request.data = "&".join([_packed(body), *map(_raw, raw)]).encode("latin-1")
        request.headers.setdefault("Content-Type", FORM)


def _path(route: Route, values: dict[str, str], text: str, chance: random.Random) -> str:
    path = route.rule
    for name in re.findall("<([^>]+)>", path):
        is_odd = chance.random() > 0.9
        path = path.replace(f"<{name}>", values.get(name, "x") if not is_odd else _quoted(text))
    return path


def _packed(fields: dict[str, str]) -> str:
    return "&".join(
        f"{quote_plus(name)}={quote_plus(text, errors='surrogatepass')}"
        for name, text in fields.items()
    )


def _quoted(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass") or "%20"


def _raw(piece: bytes) -> str:
    return piece.decode("latin-1")
