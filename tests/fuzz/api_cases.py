"""Cases of every operation of the OpenAPI document, as schemathesis makes them, made to reach far.

What schemathesis generates is random text where the hub expects the id of something. So most cases
get real ids in their paths, and only some fields of a well-formed request are replaced.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache
from typing import Any

import requests
import schemathesis
from schemathesis import Case, GenerationMode
from schemathesis.config import GenerationConfig, SchemathesisConfig
from schemathesis.schemas import APIOperation, BaseSchema

from tests.access_world import World
from tests.fuzz import asker
from tests.fuzz.drawing import draw
from webapp.http import access
from webapp.http.access import Route

MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


def operations(document: dict[str, Any]) -> list[APIOperation]:
    """All operations of an OpenAPI document."""
    schema: BaseSchema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig())
    return [found.ok() for found in schema.get_all_operations()]


def coverage(operation: APIOperation) -> list[Case]:
    """The cases of schemathesis' coverage phase: each keyword of each schema, kept and broken."""
    return list(
        operation.schema.iter_coverage_cases(
            operation, generation_modes=MODES, generation_config=GenerationConfig(modes=MODES)
        )
    )


def drawn(operation: APIOperation, count: int, seed: int) -> list[Case]:
    """Random cases, half of them such as the document allows."""
    half = -(-count // 2)
    found = [draw(operation.as_strategy(generation_mode=mode), half, seed) for mode in MODES]
    return [case for cases in found for case in cases]


def requests_of(
    cases: list[Case], route: Route, world: World, chance: random.Random
) -> Iterator[requests.PreparedRequest]:
    """The cases as requests of people; those that no client could send are left out."""
    for case in cases:
        cell = asker.choose(route, chance)
        headers, good = asker.well_meant(world, cell)
        _reach(case, world.values(cell), good, chance)
        try:
            sent = case.as_transport_kwargs(base_url=world.web.url, headers=headers)
            if good.get("data") and chance.random() < asker.ALLOWED_SHARE:
                sent = {**_without_body(sent), "data": good["data"]}
            yield requests.Request(**_known(sent)).prepare()
        except (requests.RequestException, ValueError, TypeError):
            continue


def route_of(operation: APIOperation) -> Route:
    """The operation's line in the access table."""
    return _routes()[operation.method.upper(), operation.path]


@cache
def _routes() -> dict[tuple[str, str], Route]:
    lines = access.table().routes.values()
    return {
        (line.method, line.rule.replace("path:", "").replace("<", "{").replace(">", "}")): line
        for line in lines
    }


def _reach(case: Case, values: dict[str, str], good: dict[str, Any], chance: random.Random) -> None:
    """Put real things into the case."""
    for name in case.path_parameters or {}:
        known = values.get(name, values.get(f"path:{name}"))
        if known is not None and chance.random() < asker.ALLOWED_SHARE:
            case.path_parameters[name] = known
    if good.get("query_string"):
        case.query = asker.overlaid(good["query_string"], dict(case.query or {}), chance)
    if good.get("json") and isinstance(case.body, dict):
        case.body = asker.overlaid(good["json"], case.body, chance)


def _without_body(sent: dict[str, Any]) -> dict[str, Any]:
    return {name: what for name, what in sent.items() if name not in ("json", "data", "files")}


def _known(sent: dict[str, Any]) -> dict[str, Any]:
    names = ("method", "url", "headers", "files", "data", "json", "params", "cookies")
    return {name: sent[name] for name in names if name in sent}
