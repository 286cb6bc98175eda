"""Rules of the house that a reader relies on."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("imagehub", "ingestion", "spark_jobs", "webapp", "training", "deploy")


def public_classes(file: Path) -> list[str]:
    tree = ast.parse(file.read_text())
    names = [node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    return [name for name in names if not name.startswith("_")]


def test_a_class_name_means_one_thing() -> None:
    places = defaultdict(list)
    for package in PRODUCT:
        for file in sorted((ROOT / package).rglob("*.py")):
            for name in public_classes(file):
                places[name].append(str(file.relative_to(ROOT)))
    assert "Answer" in places
    assert {name: files for name, files in places.items() if len(files) > 1} == {}
