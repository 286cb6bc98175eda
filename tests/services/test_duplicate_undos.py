"""What people say against a duplicate is kept once, in either order, until they take it back."""

from __future__ import annotations

from imagehub.catalogue.database import Database
from imagehub.catalogue.duplicates import duplicate_undos
from tests import factories


def test_an_undo_is_kept_once_whoever_repeats_it_in_whatever_order(database: Database) -> None:
    with database.transaction() as cursor:
        first, second, third = sorted(factories.photo(cursor).image_id for _ in range(3))
        account, other = factories.account(cursor), factories.account(cursor)
        duplicate_undos.undo(cursor, second, first, account.id)
        duplicate_undos.undo(cursor, first, second, other.id)
        assert duplicate_undos.undone(cursor, [first]) == {(first, second)}
        assert duplicate_undos.undone(cursor, [third, second]) == {(first, second)}
        assert duplicate_undos.undone(cursor, [third]) == set()
        cursor.execute("select account_id from duplicate_undos")
        assert cursor.fetchone().account_id == account.id


def test_an_undo_that_is_taken_back_is_gone(database: Database) -> None:
    with database.transaction() as cursor:
        first, second = (factories.photo(cursor).image_id for _ in range(2))
        duplicate_undos.lift(cursor, first, second)
        duplicate_undos.undo(cursor, first, second, factories.account(cursor).id)
        duplicate_undos.lift(cursor, second, first)
        assert duplicate_undos.undone(cursor, [first, second]) == set()


def test_what_groups_do_not_hold_to_yet_is_what_changed_since(database: Database) -> None:
    with database.transaction() as cursor:
        first, second = sorted(factories.photo(cursor).image_id for _ in range(2))
        said = {(first, second)}
        duplicate_undos.undo(cursor, first, second, factories.account(cursor).id)
        assert duplicate_undos.unheeded(cursor) == said
        duplicate_undos.heed(cursor, parted=said, taken_back=set())
        duplicate_undos.heed(cursor, parted=said, taken_back=set())
        assert duplicate_undos.unheeded(cursor) == set()
        duplicate_undos.lift(cursor, first, second)
        assert duplicate_undos.unheeded(cursor) == said
        duplicate_undos.heed(cursor, parted=set(), taken_back=said)
        assert duplicate_undos.unheeded(cursor) == set()
