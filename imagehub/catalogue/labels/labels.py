"""Write labels, their edges and the closure of is-a: one transaction, the same however often.

Labels are added and renamed, never deleted: images hang on them. The edges of every imported
label become those of the import.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources

from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.labels import own_labels
from imagehub.errors import Refused
from imagehub.openimages import Edge
from imagehub.taxonomy import Taxonomy, ancestors, read_compact
from imagehub.vocabulary import EdgeKind

LOCK = 0x1_A6E_1AB
"""Advisory lock that keeps two imports apart; the number only has to be ours."""


@dataclass(frozen=True, slots=True)
class LabelImport:
    """What one import read and what it changed."""

    labels: int
    is_a: int
    part_of: int
    added: int
    renamed: int
    edges_added: int
    edges_removed: int


def import_taxonomy(database: Database, taxonomy: Taxonomy) -> LabelImport:
    """Write a taxonomy; Refused if it closes a circle with edges that are there already."""
    foreign = next(
        (label.mid for label in taxonomy.labels if label.mid.startswith(own_labels.PREFIX)), None
    )
    if foreign:
        raise Refused(
            "label_file_broken",
            f"{foreign} is an id of this hub's own labels, which no file may bring. Nothing of it"
            " was imported.",
        )
    with database.transaction() as cursor:
        hold(cursor)
        _stage(cursor, taxonomy)
        renamed = _rename(cursor)
        added = _add(cursor)
        edges_removed = _remove_edges(cursor)
        edges_added = _add_edges(cursor)
        if taxonomy.trainable is not None:
            _number_trainable(cursor, taxonomy.trainable)
        close(cursor)
    kinds = [edge.kind for edge in taxonomy.edges]
    return LabelImport(
        labels=len(taxonomy.labels),
        is_a=kinds.count(EdgeKind.IS_A),
        part_of=kinds.count(EdgeKind.PART_OF),
        added=added,
        renamed=renamed,
        edges_added=edges_added,
        edges_removed=edges_removed,
    )


def import_boxable(database: Database) -> LabelImport:
    """Write the boxable classes that the project carries, so that a fresh hub has labels."""
    return import_taxonomy(database, boxable_taxonomy())


def boxable_taxonomy() -> Taxonomy:
    """Read the carried classes: Open Images' 601 of the published hierarchy and its root."""
    file = resources.files(__package__) / "boxable_labels.csv"
    return read_compact(file.read_text(encoding="utf-8"))


def _stage(cursor: Cursor, taxonomy: Taxonomy) -> None:
    cursor.execute(
        """
        create temporary table staged_labels (mid text primary key, name text not null)
            on commit drop;
        create temporary table staged_edges (child text, parent text, kind text)
            on commit drop
        """
    )
    _copy(cursor, "staged_labels", ((label.mid, label.name) for label in taxonomy.labels))
    _copy(cursor, "staged_edges", _edge_rows(taxonomy.edges))


def _rename(cursor: Cursor) -> int:
    cursor.execute(
        """
        update labels
        set name = staged.name, imported_at = now()
        from staged_labels staged
        where labels.mid = staged.mid and labels.name <> staged.name
        """
    )
    return int(cursor.rowcount)


def _add(cursor: Cursor) -> int:
    cursor.execute(
        """
        insert into labels (mid, name)
        select mid, name
        from staged_labels
        order by mid
        on conflict (mid) do nothing
        """
    )
    return int(cursor.rowcount)


def _remove_edges(cursor: Cursor) -> int:
    cursor.execute(
        """
        delete from label_edges
        where child in (select mid from staged_labels)
            and (child, parent, kind) not in (select child, parent, kind from staged_edges)
        """
    )
    return int(cursor.rowcount)


def _add_edges(cursor: Cursor) -> int:
    cursor.execute(
        """
        insert into label_edges (child, parent, kind)
        select child, parent, kind
        from staged_edges
        on conflict do nothing
        """
    )
    return int(cursor.rowcount)


def _number_trainable(cursor: Cursor, mids: Sequence[str]) -> None:
    cursor.execute(
        """
        update labels
        set trainable_ordinal = numbered.ordinal
        from (
            select mid, (line - 1)::integer as ordinal
            from labels
            left join unnest(%s::text[]) with ordinality as trainable (mid, line) using (mid)
        ) as numbered
        where labels.mid = numbered.mid
            and labels.trainable_ordinal is distinct from numbered.ordinal
        """,
        (list(mids),),
    )


def hold(cursor: Cursor) -> None:
    """Lock the labels until the transaction ends."""
    cursor.execute("select pg_advisory_xact_lock(%s)", (LOCK,))


def close(cursor: Cursor) -> None:
    """Make label_ancestors the closure of the is-a edges as they now are.

    Raises Refused (`label_cycle`) if a label would be below itself.
    """
    closure = ancestors(_is_a_edges(cursor))
    circle = sorted(mid for mid, above in closure.items() if mid in above)
    if circle:
        raise Refused(
            "label_cycle",
            f"With the edges that the catalogue has, {circle[0]} would be below itself by is-a "
            "edges. Import the whole hierarchy in one file. Nothing of it was imported.",
        )
    cursor.execute(
        """
        create temporary table staged_ancestors (
            mid text, ancestor text, distance smallint, primary key (mid, ancestor)
        ) on commit drop
        """
    )
    _copy(
        cursor,
        "staged_ancestors",
        ((mid, up, distance) for mid, above in closure.items() for up, distance in above.items()),
    )
    cursor.execute("insert into staged_ancestors select mid, mid, 0 from labels")
    cursor.execute(
        """
        delete from label_ancestors
        where (mid, ancestor, distance) not in (
            select mid, ancestor, distance
            from staged_ancestors
        )
        """
    )
    cursor.execute(
        """
        insert into label_ancestors
        select mid, ancestor, distance
        from staged_ancestors
        on conflict do nothing
        """
    )


def _is_a_edges(cursor: Cursor) -> list[Edge]:
    cursor.execute("select child, parent from label_edges where kind = 'is_a'")
    return [Edge(row.child, row.parent, EdgeKind.IS_A) for row in cursor.fetchall()]


def _edge_rows(edges: Iterable[Edge]) -> list[tuple[str, str, str]]:
    return sorted((edge.child, edge.parent, edge.kind.value) for edge in edges)


def _copy(cursor: Cursor, table: str, rows: Iterable[Sequence[object]]) -> None:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    text.seek(0)
    cursor.copy_expert(f"copy {table} from stdin (format csv)", text)
