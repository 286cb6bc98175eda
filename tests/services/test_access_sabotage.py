"""The suites that guard access are not blind: each sabotage of a guard makes one of them red."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.moderation import photo_openings
from imagehub.vocabulary import Account
from tests import access_world
from tests.access_cells import cells
from tests.access_world import World
from tests.services import test_row_security
from tests.services.test_row_security import PRIVATE, as_web, people
from tests.web_server import Web
from webapp.http import access, guard
from webapp.http.access import AccessKind, Route

RULES = {
    "/api/v1/uploads/<upload_id>", "/api/v1/images/<image_id>", "/images/<image_id>/<kind>.jpg",
    "/api/v1/subsets/<name>/releases", "/api/v1/verification", "/review", "/accounts",
}  # fmt: skip
CELLS = [cell for cell in cells(access.table()) if cell.route.rule in RULES]
__all__ = ["as_web", "people"]


@pytest.fixture(scope="module")
def world(web: Web) -> Iterator[World]:
    made = access_world.world(web)
    yield made
    made.client.application.extensions["hub_resources"].database.close()


def red(world: World) -> set[str]:
    """The routes on which a cell is wrong."""
    return {cell.route.rule for cell in CELLS if world.complaint(cell)}


def test_without_a_sabotage_nothing_is_red(world: World) -> None:
    assert red(world) == set()


def test_without_the_door_of_the_routes_the_suite_is_red(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = world.client.application.before_request_funcs[None]
    monkeypatch.setitem(
        world.client.application.before_request_funcs,
        None,
        [check for check in asked if check is not guard.check],
    )
    assert {"/api/v1/verification", "/accounts"} <= red(world)


def test_without_the_predicate_of_owners_the_suite_is_red(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AccessKind, "is_for", lambda *_, **__: True)
    kept_back_by_postgres = {"/api/v1/uploads/<upload_id>"}
    expected = RULES - {"/api/v1/verification", "/review", "/accounts"} - kept_back_by_postgres
    assert expected <= red(world)


def test_without_roles_the_suite_is_red(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Route, "require_role", lambda *_: None)
    assert {"/api/v1/verification", "/review", "/accounts"} <= red(world)


def test_where_admins_need_open_nothing_the_suite_is_red(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_openings, "is_opened", lambda *_: True)
    assert {"/api/v1/images/<image_id>", "/images/<image_id>/<kind>.jpg"} <= red(world)


@pytest.mark.parametrize("table", PRIVATE)
def test_without_row_level_security_the_suite_is_red(
    database: Database, as_web: Database, people: dict[str, Account], table: str
) -> None:
    with database.transaction() as cursor:
        cursor.execute(f"alter table {table} disable row level security")
    with pytest.raises(AssertionError):
        test_row_security.test_one_reads_ones_own_rows_a_visitor_none_and_only_an_admin_the_log(
            as_web, people, table
        )
