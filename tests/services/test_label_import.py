"""Importing labels into a real catalogue: repeatable, whole or not at all, quick."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.labels.labels import import_boxable, import_taxonomy
from imagehub.errors import Refused
from imagehub.openimages import Edge, SourceFile
from imagehub.taxonomy import Taxonomy, read_taxonomy
from imagehub.vocabulary import EdgeKind, Label

DOG = Label("/x/dog", "Dog")
PET = Label("/x/pet", "Pet")
TAIL = Label("/x/tail", "Tail")
DOG_IS_PET = Edge(DOG.mid, PET.mid, EdgeKind.IS_A)
TAIL_OF_DOG = Edge(TAIL.mid, DOG.mid, EdgeKind.PART_OF)
SMALL = Taxonomy((DOG, PET, TAIL), frozenset({DOG_IS_PET, TAIL_OF_DOG}), (PET.mid, DOG.mid))


def test_the_published_files_are_imported_within_three_seconds(
    database: Database, shared: Path
) -> None:
    names = ["class-descriptions.csv", "bbox_labels_600_hierarchy.json", "classes-trainable.txt"]
    with at_most(3, database):
        taxonomy = read_taxonomy(
            *(SourceFile(name, (shared / "openimages" / name).read_bytes()) for name in names)
        )
        done = import_taxonomy(database, taxonomy)
    assert (done.labels, done.is_a, done.part_of) == (19_996, 647, 38)
    with database.transaction() as cursor:
        cursor.execute("select count(*) as n, count(trainable_ordinal) as t from labels")
        row = cursor.fetchone()
        cursor.execute("select trainable_ordinal as n from labels where mid = '/m/010dmf'")
        position = cursor.fetchone()
    assert (row.n, row.t, position.n) == (19_996, 7_186, 1)


def test_a_second_import_changes_nothing(database: Database) -> None:
    import_taxonomy(database, SMALL)
    before = rows_of(database)
    again = import_taxonomy(database, SMALL)
    assert (again.added, again.renamed, again.edges_added, again.edges_removed) == (0, 0, 0, 0)
    assert rows_of(database) == before


def test_an_import_renames_replaces_edges_and_deletes_no_label(database: Database) -> None:
    import_taxonomy(database, SMALL)
    hound = Label(DOG.mid, "Hound")
    done = import_taxonomy(database, Taxonomy((hound, PET), frozenset()))
    assert (done.added, done.renamed, done.edges_removed) == (0, 1, 1)
    rows = rows_of(database)
    assert {(r[0], r[1]) for r in rows["labels"] if r[0].startswith("/x/")} == {
        (DOG.mid, "Hound"),
        (PET.mid, "Pet"),
        (TAIL.mid, "Tail"),
    }
    assert (TAIL.mid, DOG.mid, "part_of") in rows["label_edges"], "its child was not imported"
    assert (DOG.mid, PET.mid, 1) not in rows["label_ancestors"]


def test_part_of_edges_give_no_ancestors(database: Database) -> None:
    import_taxonomy(database, SMALL)
    ours = {row for row in rows_of(database)["label_ancestors"] if row[0].startswith("/x/")}
    assert ours == {
        (DOG.mid, DOG.mid, 0),
        (DOG.mid, PET.mid, 1),
        (PET.mid, PET.mid, 0),
        (TAIL.mid, TAIL.mid, 0),
    }


def test_an_edge_that_closes_a_circle_with_the_catalogue_changes_nothing(
    database: Database,
) -> None:
    import_taxonomy(database, SMALL)
    before = rows_of(database)
    with pytest.raises(Refused, match="below itself"):
        import_taxonomy(
            database,
            Taxonomy(
                (PET, Label("/x/new", "New")),
                frozenset(
                    {
                        Edge(PET.mid, "/x/new", EdgeKind.IS_A),
                        Edge("/x/new", DOG.mid, EdgeKind.IS_A),
                    }
                ),
            ),
        )
    assert rows_of(database) == before


def test_the_carried_classes_are_imported_in_a_blink(database: Database) -> None:
    with at_most(1, database):
        import_boxable(database)
    assert len(rows_of(database)["labels"]) == 602


@contextmanager
def at_most(seconds: float, database: Database) -> Iterator[None]:
    """The block takes no longer, of the processors' time: what else they do is not counted."""
    with database.transaction() as cursor:
        postgres = psutil.Process(cursor.connection.info.backend_pid)

    def spent() -> float:
        there = postgres.cpu_times()
        return time.process_time() + there.user + there.system

    began = spent()
    yield
    assert spent() - began < seconds


def rows_of(database: Database) -> dict[str, set[tuple[object, ...]]]:
    with database.transaction() as cursor:
        found = {}
        for table in ("labels", "label_edges", "label_ancestors"):
            cursor.execute(f"select * from {table}")
            found[table] = {tuple(row) for row in cursor.fetchall()}
    return found
