"""Reading label files: what is right comes back whole, what is broken is refused by its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagehub.catalogue.labels.labels import boxable_taxonomy
from imagehub.errors import Refused
from imagehub.openimages import ROOT, Edge, SourceFile, read_classes, read_hierarchy
from imagehub.taxonomy import (
    Taxonomy,
    ancestors,
    boxable,
    read_compact,
    read_taxonomy,
    write_compact,
)
from imagehub.vocabulary import EdgeKind, Label

MIDS = st.from_regex(r"/[a-z]/[a-z0-9_]{2,20}", fullmatch=True)
NAMES = (
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)
    .map(
        lambda text: read_classes(SourceFile("x", f'/m/aa,"{text.replace(chr(34), "")}x"'.encode()))
    )
    .map(lambda labels: labels[0].name)
)
CLASSES = b"/m/aa,Animal\n/m/bb,Dog\n/m/cc,Paw\n"


@st.composite
def taxonomies(draw: st.DrawFn) -> Taxonomy:
    """Draw labels with edges: is-a only towards an earlier label, part-of either way."""
    mids = draw(st.lists(MIDS, min_size=2, max_size=8, unique=True))
    labels = tuple(Label(mid, draw(NAMES)) for mid in mids)
    pairs = [(child, parent) for i, child in enumerate(mids) for parent in mids[:i]]
    is_a = {Edge(child, parent, EdgeKind.IS_A) for child, parent in pairs if draw(st.booleans())}
    part_of = {
        Edge(*sorted(pair, reverse=draw(st.booleans())), EdgeKind.PART_OF)
        for pair in pairs
        if draw(st.booleans())
    }
    return Taxonomy(labels, frozenset(is_a | part_of))


@given(taxonomies())
def test_the_compact_form_gives_back_what_was_written(taxonomy: Taxonomy) -> None:
    back = read_compact(write_compact(taxonomy))
    assert set(back.labels) == set(taxonomy.labels)
    assert back.edges == taxonomy.edges


@given(taxonomies())
def test_ancestors_are_exactly_what_is_a_edges_reach(taxonomy: Taxonomy) -> None:
    closure = ancestors(taxonomy.edges)
    steps = {(e.child, e.parent) for e in taxonomy.edges if e.kind == EdgeKind.IS_A}
    reach = set(steps)
    while len(grown := reach | {(a, d) for a, b in reach for c, d in steps if b == c}) > len(reach):
        reach = grown
    assert {(mid, up) for mid, above in closure.items() for up in above} == reach
    assert all(
        (mid, up) in steps for mid, above in closure.items() for up in above if above[up] == 1
    )


@given(taxonomies())
def test_a_published_hierarchy_gives_back_its_edges(taxonomy: Taxonomy) -> None:
    nodes = [
        {"LabelName": parent.mid}
        | {
            key: [
                {"LabelName": e.child}
                for e in taxonomy.edges
                if (e.parent, e.kind) == (parent.mid, kind)
            ]
            for key, kind in (("Subcategory", EdgeKind.IS_A), ("Part", EdgeKind.PART_OF))
        }
        for parent in taxonomy.labels
    ]
    text = json.dumps({"LabelName": "/m/root_of_all", "Subcategory": nodes})
    read = read_hierarchy(SourceFile("h.json", text.encode()))
    assert {e for e in read.edges if e.parent != "/m/root_of_all"} == taxonomy.edges


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_by_name(data: bytes) -> None:
    for read in (read_classes, read_hierarchy):
        sentence = refusal_of(read, data)
        assert sentence is None or sentence.startswith("some.file, ")


def test_a_header_a_byte_order_mark_and_quoted_commas_are_understood() -> None:
    file = SourceFile("c.csv", '\ufeffLabelName,DisplayName\r\n/m/aa,"Bow, the"\r\n'.encode())
    assert read_classes(file) == (Label("/m/aa", "Bow, the"),)


def test_names_are_trimmed_and_composed() -> None:
    assert read_classes(SourceFile("c.csv", "/m/aa, Cafe\u0301 \n".encode())) == (
        Label("/m/aa", "Caf\u00e9"),
    )


BROKEN_CLASSES = [
    (b"", "line 1"),
    (b"LabelName,DisplayName\n", "line 1"),
    (b"/m/aa,Animal\n/m/bb\n", "line 2"),
    (b"/m/aa,Animal\n/m/bb,Dog,extra\n", "line 2"),
    (b"/m/aa,Animal\nDog,/m/bb\n", "line 2"),
    (b"/m/aa,Animal\n/m/aa,Animal\n", "line 2"),
    (b"/m/aa,Animal\n/m/bb,  \n", "line 2"),
    (b"/m/aa,Animal\n/m/bb,\x00\n", "line 2"),
    (b"/m/aa,Animal\n/m/bb,Do\x1bg\n", "line 2"),
    ("/m/aa,Animal\n/m/bb,Do\u2028g\n".encode(), "line 2"),
    (b"/m/aa,Animal\n/m/bb,\xff\n", "line 2"),
    (b'/m/aa,Animal\n/m/bb,"Dog\n/m/cc,Paw\n', "line 2"),
    (b'/m/aa,"Ani\nmal"\n', "line 1"),
    (b"/m/aa,Animal\n/m/bb," + b"x" * 201, "line 2"),
    (b"/m/aa,Animal\n\n/m/BB,Dog\n", "line 3"),
    (b"/m/aa,Animal\nLabelName,DisplayName\n", "line 2"),
]


@pytest.mark.parametrize(("data", "place"), BROKEN_CLASSES)
def test_a_broken_class_file_is_refused_by_its_line(data: bytes, place: str) -> None:
    with pytest.raises(Refused, match=rf"^c\.csv, {place}: ") as refusal:
        read_classes(SourceFile("c.csv", data))
    assert refusal.value.code == "label_file_broken"


BROKEN_HIERARCHIES = [
    (b"", r"line 1, column 1"),
    (b'{"LabelName": "/m/aa",\n "Part": [}', r"line 2, column 11"),
    (b"[]", r"\$"),
    (b"7", r"\$"),
    (b"1" * 5000, r"\$"),
    (b"[" * 100_000, r"\$"),
    (b'{"Subcategory": []}', r"\$\.LabelName"),
    (b'{"LabelName": 7}', r"\$\.LabelName"),
    (b'{"LabelName": "/m/aa", "Subcategory": {}}', r"\$\.Subcategory"),
    (b'{"LabelName": "/m/aa", "Parts": []}', r"\$"),
    (b'{"LabelName": "/m/aa", "Part": [], "Part": []}', r"\$"),
    (b'{"LabelName": "/m/aa", "Subcategory": [{"LabelName": "/m/aa"}]}', r"\$\.Subcategory\[0\]"),
    (
        b'{"LabelName": "/m/aa", "Part": [{"LabelName": "/m/bb"}, {"LabelName": "Dog"}]}',
        r"\$\.Part\[1\]\.LabelName",
    ),
    (  # not in the class file
        b'{"LabelName": "/m/aa", "Subcategory": [{"LabelName": "/m/zz"}]}',
        r"\$\.Subcategory\[0\]",
    ),
    (  # a circle of is-a
        b'{"LabelName": "/m/aa", "Subcategory": [{"LabelName": "/m/bb",'
        b' "Subcategory": [{"LabelName": "/m/aa"}]}]}',
        r"\$",
    ),
]


@pytest.mark.parametrize(("data", "place"), BROKEN_HIERARCHIES)
def test_a_broken_hierarchy_is_refused_by_its_path(data: bytes, place: str) -> None:
    with pytest.raises(Refused, match=rf"^h\.json, {place}: "):
        read_taxonomy(SourceFile("c.csv", CLASSES), SourceFile("h.json", data))


def test_parts_may_go_in_a_circle() -> None:
    tree = (
        b'{"LabelName": "/m/aa", "Part": [{"LabelName": "/m/bb",'
        b' "Part": [{"LabelName": "/m/aa"}]}]}'
    )
    taxonomy = read_taxonomy(SourceFile("c.csv", CLASSES), SourceFile("h.json", tree))
    assert {(e.child, e.parent) for e in taxonomy.edges} == {
        ("/m/aa", "/m/bb"),
        ("/m/bb", "/m/aa"),
    }
    assert ROOT in taxonomy.labels


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ("/m/bb\n/m/bb\n", "line 2"),
        ("/m/bb\n\n/m/zz", "line 3"),
        ("Dog", "line 1"),
        ("a,b", "line 1"),
    ],
)
def test_a_broken_list_of_trainable_classes_is_refused_by_its_line(lines: str, place: str) -> None:
    with pytest.raises(Refused, match=rf"^t\.txt, {place}: "):
        read_taxonomy(
            SourceFile("c.csv", CLASSES),
            SourceFile("h.json", b'{"LabelName": "/m/aa"}'),
            SourceFile("t.txt", lines.encode()),
        )


def test_the_project_carries_the_boxable_classes_and_their_root() -> None:
    carried = boxable_taxonomy()
    assert len(carried.labels) == 602
    assert ROOT in carried.labels
    above = ancestors(carried.edges)
    assert "/m/0jbk" in above["/m/0bt9lr"], "a dog is an animal"


def test_the_carried_classes_are_those_of_the_published_files(shared: Path) -> None:
    published = published_taxonomy(shared)
    assert len(published.labels) == 19_996
    assert write_compact(boxable(published)) == write_compact(boxable_taxonomy())


def published_taxonomy(shared: Path) -> Taxonomy:
    names = ["class-descriptions.csv", "bbox_labels_600_hierarchy.json", "classes-trainable.txt"]
    return read_taxonomy(
        *(SourceFile(name, (shared / "openimages" / name).read_bytes()) for name in names)
    )


def refusal_of(read: Callable[[SourceFile], object], data: bytes) -> str | None:
    try:
        read(SourceFile("some.file", data))
    except Refused as refusal:
        return refusal.sentence
    return None
