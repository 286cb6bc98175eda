"""Odd requests to a running portal, in rounds, until so many cases were asked."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

import requests
from schemathesis.schemas import APIOperation

from tests import access_world
from tests.access_world import World
from tests.fuzz import api_cases, page_cases
from tests.fuzz.page_cases import Odd
from tests.fuzz.web_answers import WebAnswers
from tests.web_server import Web
from webapp.http.access import Route

DOCUMENT = "/api/v1/openapi.json"
POOL = 400
"""The pages of a round share so many odd requests."""

WORLD_LASTS = 300
"""After so many cases what it is about may be used up, deleted or suspended."""


@dataclass(frozen=True)
class WebPlan:
    """How many cases, of which seed, and how many of them each route gets in a round.

    With `coverage` the first round also has those of schemathesis' coverage phase.
    """

    cases: int
    seed: int = 1
    each: int = 50
    coverage: bool = True


class WebCampaign:
    """Asks the routes of a portal in rounds, each in another order."""

    def __init__(self, plan: WebPlan, web: Web) -> None:
        self.answers = WebAnswers()
        self._plan = plan
        self._web = web
        self._operations = api_cases.operations(web.get(DOCUMENT).json())
        self._world, self._made_at = access_world.world(web), 0

    def run(self) -> Iterator[WebAnswers]:
        """Ask; after each route, all answers until then."""
        for number in count():
            seed = self._plan.seed * 1000 + number
            odd = page_cases.drawn(min(POOL, 10 * self._plan.each), seed)
            routes: list[Route | APIOperation] = [*self._operations, *page_cases.routes()]
            random.Random(seed).shuffle(routes)
            for route in routes:
                chance = random.Random(f"{seed} {route}")
                if isinstance(route, Route):
                    self._ask_page(route, odd, chance)
                else:
                    self._ask_operation(route, self._plan.coverage and number == 0, chance)
                yield self.answers
                if self.answers.cases == self._plan.cases:
                    return

    def _ask_page(self, route: Route, odd: list[Odd], chance: random.Random) -> None:
        some = chance.sample(odd, min(len(odd), self._plan.each))
        self._ask(route, page_cases.requests_of(some, route, self._present_world(), chance))

    def _ask_operation(
        self, operation: APIOperation, has_coverage: bool, chance: random.Random
    ) -> None:
        route = api_cases.route_of(operation)
        cases = api_cases.coverage(operation) if has_coverage else []
        cases += api_cases.drawn(operation, self._plan.each, chance.randrange(2**32))
        self._ask(route, api_cases.requests_of(cases, route, self._present_world(), chance))

    def _ask(self, route: Route, cases: Iterator[requests.PreparedRequest]) -> None:
        for request in islice(cases, self._plan.cases - self.answers.cases):
            self.answers.ask(f"{route.method} {route.rule}", request)

    def _present_world(self) -> World:
        if self.answers.cases - self._made_at > WORLD_LASTS:
            self._world, self._made_at = access_world.world(self._web), self.answers.cases
        return self._world
