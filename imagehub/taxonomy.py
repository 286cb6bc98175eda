"""Labels and how they hang together: is-a is a graph without cycles, part-of may have them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from imagehub.errors import Refused
from imagehub.openimages import (
    ROOT,
    Edge,
    Hierarchy,
    SourceFile,
    read_classes,
    read_hierarchy,
    read_trainable,
)
from imagehub.vocabulary import EdgeKind, Label

COLUMNS = ["mid", "name", "is_a", "part_of"]
ATTRIBUTION = (
    "# Facts about Open Images' boxable classes (MID, name, parents), (c) Google LLC, CC BY 4.0, "
    "https://storage.googleapis.com/openimages/web/index.html\n"
)


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Labels and edges that fit together; `trainable` are MIDs in order, None if not given."""

    labels: tuple[Label, ...]
    edges: frozenset[Edge]
    trainable: tuple[str, ...] | None = None


def read_taxonomy(
    classes: SourceFile, hierarchy: SourceFile, trainable: SourceFile | None = None
) -> Taxonomy:
    """Read Open Images' files together; Refused names the file and place that does not fit."""
    labels = read_classes(classes)
    tree = read_hierarchy(hierarchy)
    if all(label.mid != ROOT.mid for label in labels):
        labels = (*labels, ROOT)
    known = {label.mid for label in labels}
    for mid, path in tree.paths.items():
        if mid not in known:
            raise Refused(
                "label_file_broken",
                f"{hierarchy.name}, {path}: {mid} is not in {classes.name}. Give the two files "
                "of one publication. Nothing of it was imported.",
            )
    _refuse_cycle(hierarchy.name, tree)
    if trainable is None:
        return Taxonomy(labels, tree.edges)
    outputs = read_trainable(trainable)
    for mid, line in outputs.items():
        if mid not in known:
            raise Refused(
                "label_file_broken",
                f"{trainable.name}, line {line}: {mid} is not in {classes.name}. Nothing of it "
                "was imported.",
            )
    return Taxonomy(labels, tree.edges, tuple(outputs))


def boxable(taxonomy: Taxonomy) -> Taxonomy:
    """Keep the labels that have an edge: the classes of the hierarchy, and its root."""
    ends = {end for edge in taxonomy.edges for end in (edge.child, edge.parent)}
    labels = sorted((label for label in taxonomy.labels if label.mid in ends), key=_mid)
    return Taxonomy(tuple(labels), taxonomy.edges)


def write_compact(taxonomy: Taxonomy) -> str:
    """Write one CSV line a label with its parents; read_compact is the inverse."""
    text = io.StringIO()
    text.write(ATTRIBUTION)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for label in sorted(taxonomy.labels, key=_mid):
        parents = [
            " ".join(
                sorted(e.parent for e in taxonomy.edges if e.child == label.mid and e.kind == kind)
            )
            for kind in EdgeKind
        ]
        writer.writerow([label.mid, label.name, *parents])
    return text.getvalue()


def read_compact(text: str) -> Taxonomy:
    """Read what write_compact wrote; the file is our own, so that its form is not questioned."""
    lines = (line for line in io.StringIO(text) if not line.startswith("#"))
    labels, edges = [], set()
    for row in csv.DictReader(lines):
        labels.append(Label(row["mid"], row["name"]))
        for kind in EdgeKind:
            edges |= {Edge(row["mid"], parent, kind) for parent in row[kind.value].split()}
    return Taxonomy(tuple(labels), frozenset(edges))


def ancestors(edges: Iterable[Edge]) -> dict[str, dict[str, int]]:
    """Close the is-a edges: label -> ancestor -> length of the shortest way up, 1 or more.

    A label is its own ancestor only where the edges have a cycle.
    """
    parents: dict[str, set[str]] = {}
    for edge in edges:
        if edge.kind == EdgeKind.IS_A:
            parents.setdefault(edge.child, set()).add(edge.parent)
    return {mid: _above(mid, parents) for mid in parents}


def _above(mid: str, parents: dict[str, set[str]]) -> dict[str, int]:
    found: dict[str, int] = {}
    level, distance = parents[mid], 1
    while level:
        found |= dict.fromkeys(level, distance)
        level = {up for label in level for up in parents.get(label, ()) if up not in found}
        distance += 1
    return found


def _refuse_cycle(name: str, tree: Hierarchy) -> None:
    looped = {mid for mid, above in ancestors(tree.edges).items() if mid in above}
    if looped:
        first = min(looped, key=lambda mid: (len(tree.paths[mid]), tree.paths[mid]))
        raise Refused(
            "label_file_broken",
            f"{name}, {tree.paths[first]}: {first} is below itself by Subcategory edges, together "
            f"with {len(looped) - 1} more. Is-a must not go in a circle; remove one edge. Nothing "
            "of it was imported.",
        )


def _mid(label: Label) -> str:
    return label.mid
