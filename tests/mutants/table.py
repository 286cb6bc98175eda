"""The planted defects: what is broken where, and the test that is to turn red."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLES = Path(__file__).parent / "planted"


class Stale(Exception):
    """A mutant whose old text does not stand exactly once where it should."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One defect: in `file`, `old` becomes `new`; then `test`, a file or a node id, must fail.

    `name` says what is broken. `file` may be a pattern such as `imagehub/**/*.sql`.
    """

    name: str
    file: str
    old: str
    new: str
    test: str

    def place(self, root: Path) -> Path:
        """The one file below `root` that holds the old text once; raise Stale if that is not so."""
        texts = {file: file.read_text(encoding="utf-8") for file in root.glob(self.file)}
        found = [file for file, text in texts.items() for _ in range(text.count(self.old))]
        if len(found) != 1:
            raise Stale(f"{self.old!r} stands {len(found)} times in {self.file}, not once.")
        return found[0]


def planted() -> list[Mutant]:
    """All mutants, in an order that keeps those with the same tests together."""
    found = [
        Mutant(name, **fields)
        for table in sorted(TABLES.glob("*.toml"))
        for name, fields in tomllib.loads(table.read_text(encoding="utf-8")).items()
    ]
    return sorted(found, key=lambda mutant: mutant.test)
