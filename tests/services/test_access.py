"""`webapp/access.toml` holds: every role on every route, for things of one's own and of others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from imagehub.errors import Misconfigured
from imagehub.settings import Settings
from imagehub.vocabulary import Role
from tests import access_world
from tests.access_cells import VISITOR, Cell, cells
from tests.access_world import World
from tests.web_server import Web
from webapp.application import create_app
from webapp.http import access

WORD = re.compile(rb"[0-9a-f]{64}")
TABLE = access.table()
CELLS = list(cells(TABLE))
FORMS = [
    route
    for route in TABLE.routes.values()
    if route.needs_account and not route.takes_token and route.method != "GET"
]


@pytest.fixture(scope="module")
def world(web: Web) -> Iterator[World]:
    made = access_world.world(web)
    yield made
    made.client.application.extensions["hub_resources"].database.close()


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_each_role_hears_on_each_route_what_the_table_says(world: World, cell: Cell) -> None:
    assert world.complaint(cell) is None


@pytest.mark.parametrize(
    "cell",
    [cell for cell in CELLS if (cell.target, cell.must_hear) == ("others", 404)],
    ids=str,
)
def test_what_is_somebody_elses_and_what_is_absent_answer_alike(world: World, cell: Cell) -> None:
    hidden, absent = world.ask(cell), world.ask(replace(cell, target="absent"))
    told = [WORD.sub(b"", answer.data) for answer in (hidden, absent)]  # each has its own session
    assert (hidden.status_code, told[0]) == (absent.status_code, told[1])
    assert dict(hidden.headers) == dict(absent.headers)


@pytest.mark.parametrize("route", FORMS, ids=lambda route: route.rule)
def test_a_form_without_its_sessions_word_changes_nothing(
    world: World, route: access.Route
) -> None:
    for role in sorted(route.roles) or [Role.CONTRIBUTOR]:
        for word in ("", "0" * 64):
            assert world.ask(Cell(route, role, "own"), word).status_code == 403


def test_a_page_that_needs_an_account_leads_a_visitor_to_the_sign_in_and_back(
    world: World,
) -> None:
    answer = world.ask(Cell(TABLE.route("GET", "/review"), VISITOR, ""))
    assert answer.headers["Location"] == "/sign-in?next=%2Freview"


@pytest.mark.parametrize("change", ["a route without a line", "a line without a route"])
def test_the_application_does_not_start_while_table_and_routes_differ(
    monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    routes = dict(TABLE.routes)
    gone = routes.pop(("GET", "/review"))
    if change == "a line without a route":
        routes |= {("GET", "/review"): gone, ("GET", "/nowhere"): gone}
    monkeypatch.setattr(access, "table", lambda: replace(TABLE, routes=routes))
    with pytest.raises(Misconfigured, match=r"GET /(review|nowhere)"):
        create_app(Settings())


@pytest.mark.parametrize(
    "line",
    [
        '"GET /x" = {who = "operator"}', '"GET /x" = {}', '"GET /x" = {who = "anyone", role = "x"}',
        '"GET /x" = {who = "account", thing = "cake"}',
    ],
)  # fmt: skip
def test_a_line_with_unknown_words_is_refused(line: str) -> None:
    with pytest.raises(Misconfigured, match=r"GET /x"):
        access.read(f"[things]\n[routes]\n{line}\n")


@pytest.mark.parametrize("thing", ['{for = ["operator"], hear = 404}', '{for = "own", hear = 404}',
                                   '{for = ["own"], hear = 200}'])  # fmt: skip
def test_a_thing_with_unknown_words_is_refused(thing: str) -> None:
    with pytest.raises(Misconfigured, match="cake"):
        access.read(f"[things]\ncake = {thing}\n[routes]\n")
