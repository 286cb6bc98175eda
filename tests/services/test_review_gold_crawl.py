"""Gold answers are shown to nobody: no page and no answer of the API depends on one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from imagehub.catalogue.database import Database
from tests import access_world, factories
from tests.access_cells import ALLOWED, Cell, cells
from tests.access_world import World
from tests.web_server import Web
from webapp.http import access

OF_A_SESSION = re.compile(rb"[0-9a-f]{64}")
TARGETS = ("", "public", "own", "others")
CELLS = [
    cell
    for cell in cells(access.table())
    if cell.route.method == "GET" and cell.target in TARGETS and cell.must_hear == ALLOWED
]


@pytest.fixture(scope="module")
def world(web: Web) -> Iterator[World]:
    made = access_world.world(web)
    yield made
    made.client.application.extensions["hub_resources"].database.close()


def told(world: World, cell: Cell) -> tuple[int, bytes]:
    answer = world.ask(cell)
    return answer.status_code, OF_A_SESSION.sub(b"", answer.data)


def turn_gold(database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute("update review_golds set is_right = not is_right")
        assert cursor.rowcount == 2


def test_no_answer_to_anybody_is_another_one_when_the_gold_answers_are(world: World) -> None:
    with world.web.database.transaction() as cursor:
        for photo in (world.public, world.other.photo):
            factories.review_gold(cursor, photo)
            for person in world.people.values():
                factories.review_question(cursor, person.account, photo)
    assert {cell.subject for cell in CELLS} == {"visitor", *world.people}
    before = {cell: told(world, cell) for cell in CELLS}
    turn_gold(world.web.database)
    changed = [cell for cell, heard in before.items() if told(world, cell) != heard]
    # What tells the time, or counts requests, differs anyway.
    assert [str(cell) for cell in changed if differs(world, cell)] == []


def differs(world: World, cell: Cell) -> bool:
    """True if turning the gold answers changes what is heard, each of four times, and only that."""
    for _ in range(4):
        before, again = told(world, cell), told(world, cell)
        turn_gold(world.web.database)
        if before != again or told(world, cell) == again:
            return False
    return True
