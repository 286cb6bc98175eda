"""More crowds from a given one: other seeds, and each time a random half of its labels."""

from __future__ import annotations

import csv
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from imagehub.errors import Misconfigured
from ingestion.simulation.crowd import Crowd, Truth, read_crowd, read_truth

SCRIPT = "make_crowd.py"
UNSPOILT = frozenset({"good", "wrong_label"})


@dataclass(frozen=True)
class KnownCrowd:
    """A crowd and what is really so."""

    crowd: Crowd
    truth: dict[str, Truth]


@dataclass(frozen=True)
class Maker:
    """A crowd's own unspoilt photos, and the program that makes crowds of such photos."""

    script: Path
    given: Path

    def make(self, seed: int, folder: Path) -> KnownCrowd:
        """Make the crowd of a seed in a folder of its own; as large as its photos allow."""
        photos, labels = self._photos(), self._labels()
        chosen = random.Random(seed).sample(sorted(labels), max(2, len(labels) // 2))
        for category in chosen:
            place = folder / "pool" / category
            place.mkdir(parents=True)
            for file in photos[category]:
                (place / file.name).symlink_to(file.resolve())
        with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as labels_file:
            table = csv.writer(labels_file)
            table.writerow(["category", "mid", "label"])
            table.writerows([category, *labels[category]] for category in sorted(chosen))
        uploads = sum(len(photos[category]) for category in chosen)
        subprocess.run(
            [
                *(sys.executable, self.script),
                *(folder / "pool", folder / "labels.csv", folder / "crowd"),
                *("--seed", str(seed), "--uploads", str(uploads)),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return read_known(folder / "crowd")

    def _photos(self) -> dict[str, list[Path]]:
        photos = defaultdict(list)
        for row in self._truth():
            if row["kind"] in UNSPOILT:
                photos[row["source_category"]].append(
                    self.given / "photos" / f"{row['upload']}.jpg"
                )
        return photos

    def _labels(self) -> dict[str, tuple[str, str]]:
        """MID and name by category, of the categories that have photos."""
        mids = {upload.label: upload.mid for upload in read_crowd(self.given).uploads}
        return {
            row["source_category"]: (mids[row["true_label"]], row["true_label"])
            for row in self._truth()
            if row["kind"] in UNSPOILT and row["true_label"] in mids
        }

    def _truth(self) -> Sequence[dict[str, str]]:
        with (self.given / "truth.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


def maker_of(given: Path) -> Maker | None:
    """The maker beside a crowd; None where its parent folder has no program that makes crowds."""
    script = given.resolve().parent / SCRIPT
    return Maker(script, given) if script.is_file() else None


def read_known(folder: Path) -> KnownCrowd:
    """Read a crowd with its truth; raise Misconfigured if it does not tell the truth."""
    truth = read_truth(folder)
    if truth is None:
        raise Misconfigured(f"{folder} has no truth.csv: nothing can be measured on it.")
    return KnownCrowd(read_crowd(folder), truth)
