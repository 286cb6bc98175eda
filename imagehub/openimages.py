"""Read Open Images' published label files. Pure: bytes in, a taxonomy or a refusal out.

Formats, as published on storage.googleapis.com/openimages:

- classes: CSV of MID and display name, with or without the header `LabelName,DisplayName`;
- hierarchy: nested JSON objects of `LabelName`, `Subcategory` (is a) and `Part` (part of); one
  class may hang below several parents;
- trainable classes: one MID a line; the order numbers them.

A broken file is refused whole; the sentence names the file, the line (or the JSON path) and what
to do.
"""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from imagehub.characters import FILLERS, find_hidden
from imagehub.errors import Refused
from imagehub.vocabulary import EdgeKind, Label

MID = re.compile(r"/[a-z]/[a-z0-9_]{2,20}")
ROOT = Label("/m/0bl9f", "Entity")
"""The hierarchy's root, the only class that has no line in the published class file."""

HEADERS = {("labelname", "displayname"), ("mid", "name")}
MAX_NAME_CHARACTERS = 200
CHILDREN = {"Subcategory": EdgeKind.IS_A, "Part": EdgeKind.PART_OF}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file as read: its name for messages, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """`child` is a kind of, or a part of, `parent`; both are MIDs."""

    child: str
    parent: str
    kind: EdgeKind


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """The edges, and every MID with the JSON path at which it stands first."""

    paths: dict[str, str]
    edges: frozenset[Edge]


def read_classes(file: SourceFile) -> tuple[Label, ...]:
    """Read MIDs and names, in the file's order; names are trimmed and NFC."""
    labels: dict[str, tuple[Label, int]] = {}
    for line, row in _rows(file):
        if line == 1 and tuple(cell.strip().lower() for cell in row) in HEADERS:
            continue
        if len(row) != 2:
            _refuse(file, f"line {line}", f"has {len(row)} columns; a class is MID,name")
        label = Label(_mid(file, f"line {line}", row[0]), _name(file, line, row[1]))
        if label.mid in labels:
            _refuse(
                file,
                f"line {line}",
                f"names {label.mid} again, after line {labels[label.mid][1]}; keep one of the two",
            )
        labels[label.mid] = (label, line)
    if not labels:
        _refuse(file, "line 1", "names no class; give the published class file")
    return tuple(label for label, _ in labels.values())


def read_hierarchy(file: SourceFile) -> Hierarchy:
    """Read the nested objects; is-a and part-of edges are kept apart."""
    try:
        root = json.loads(_text(file), object_pairs_hook=_unique_keys)
    except json.JSONDecodeError as error:
        _refuse(
            file, f"line {error.lineno}, column {error.colno}", f"is no JSON: {error.msg.lower()}"
        )
    except RecursionError:
        _refuse(file, "$", "is nested too deep to be read; give the published file")
    except ValueError as error:
        _refuse(file, "$", f"cannot be read: {error}")
    paths: dict[str, str] = {}
    edges: set[Edge] = set()
    waiting: list[tuple[Any, str, Edge | None]] = [(root, "$", None)]
    while waiting:
        node, path, edge = waiting.pop()
        mid = _node_mid(file, path, node)
        if edge is not None:
            if edge.parent == mid:
                _refuse(file, path, f"puts {mid} below itself; remove it there")
            edges.add(Edge(mid, edge.parent, edge.kind))
        paths.setdefault(mid, path)
        for key, kind in CHILDREN.items():
            children = node.get(key, [])
            if not isinstance(children, list):
                _refuse(file, f"{path}.{key}", "is no list of objects")
            waiting += [
                (child, f"{path}.{key}[{number}]", Edge("", mid, kind))
                for number, child in reversed(list(enumerate(children)))
            ]
    return Hierarchy(paths, frozenset(edges))


def read_trainable(file: SourceFile) -> dict[str, int]:
    """Read the MIDs in the file's order, each with the line it stands on."""
    lines: dict[str, int] = {}
    for line, row in _rows(file):
        if len(row) != 1:
            _refuse(file, f"line {line}", f"has {len(row)} columns; it holds one MID")
        mid = _mid(file, f"line {line}", row[0])
        if mid in lines:
            _refuse(file, f"line {line}", f"names {mid} again, after line {lines[mid]}")
        lines[mid] = line
    return lines


def _rows(file: SourceFile) -> Iterator[tuple[int, list[str]]]:
    """Give each CSV record that is not empty with the number of its first line."""
    reader = csv.reader(io.StringIO(_text(file), newline=""), strict=True)
    line = 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            _refuse(file, f"line {line}", f"is no CSV: {error}")
        if row is None:
            return
        if row:
            yield line, row
        line = reader.line_num + 1


def _text(file: SourceFile) -> str:
    try:
        return file.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.data.count(b"\n", 0, error.start) + 1
        _refuse(file, f"line {line}", "is no UTF-8; save the file as UTF-8")


def _mid(file: SourceFile, where: str, text: object) -> str:
    mid = text.strip() if isinstance(text, str) else ""
    if not MID.fullmatch(mid):
        _refuse(file, where, f"has {str(text)[:40]!r} where a MID such as /m/01yrx belongs")
    return mid


def _name(file: SourceFile, line: int, text: str) -> str:
    name = unicodedata.normalize("NFC", text).strip()
    if not name or len(name) > MAX_NAME_CHARACTERS:
        _refuse(file, f"line {line}", f"needs a name of 1 to {MAX_NAME_CHARACTERS} characters")
    hidden = find_hidden(name, but=FILLERS)
    if hidden:
        _refuse(file, f"line {line}", f"has {hidden} in the name, which nobody sees; remove it")
    return name


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    node = dict(pairs)
    if len(node) < len(pairs):
        raise ValueError(f"an object with the LabelName {node.get('LabelName')} has a key twice")
    return node


def _node_mid(file: SourceFile, path: str, node: object) -> str:
    if not isinstance(node, dict):
        _refuse(file, path, "is no object with a LabelName")
    unknown = sorted(node.keys() - CHILDREN.keys() - {"LabelName"})
    if unknown:
        known = ", ".join(["LabelName", *CHILDREN])
        _refuse(file, path, f"has the unknown key {unknown[0][:40]!r}; known are {known}")
    return _mid(file, f"{path}.LabelName", node.get("LabelName"))


def _refuse(file: SourceFile, where: str, what: str) -> NoReturn:
    raise Refused("label_file_broken", f"{file.name}, {where}: {what}. Nothing of it was imported.")
