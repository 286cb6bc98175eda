"""The benchmark's tables and its plot."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from deploy.curation.scoring import Bin
from deploy.demo.report import Promise
from tests.benchmarks.curation import floors
from tests.benchmarks.curation.same_pictures import SamePicture

LABEL_PEERS = ("", "cleanlab_", "cleanlab_margin_")
PAIR_PEERS = ("", "phash0_", "phash4_", "phash10_", "cosine93_", "cosine95_", "cleanvision_")
BESIDE: dict[str, tuple[str, ...]] = {
    "wrong_label_f1": LABEL_PEERS,
    "wrong_label_precision": LABEL_PEERS,
    "wrong_label_recall": LABEL_PEERS,
    "wrong_label_ap": LABEL_PEERS[:2],
    "duplicate_precision": PAIR_PEERS,
    "duplicate_recall": PAIR_PEERS,
    "near_duplicate_precision": PAIR_PEERS,
    "near_duplicate_recall": PAIR_PEERS,
    "blurred_f1": ("", "cleanvision_"),
    "dark_f1": ("", "cleanvision_"),
    "bright_f1": ("", "cleanvision_"),
    "tiny_f1": ("", "cleanvision_"),
}
"""Which figures stand beside which peers'; the empty prefix is ours."""

WIDTH = 160


def tell(figures: Mapping[str, float], promises: Sequence[Promise]) -> None:
    """Print our figures beside the peers', the figures that no peer has, and the promises."""
    console = Console(width=WIDTH)
    prefixes = dict.fromkeys(prefix for told in BESIDE.values() for prefix in told)
    table = Table("", *(prefix.rstrip("_") or "ours" for prefix in prefixes))
    compared = set()
    for name, told in BESIDE.items():
        table.add_row(
            name,
            *(_shown(figures.get(prefix + name)) if prefix in told else "" for prefix in prefixes),
        )
        compared |= {prefix + name for prefix in told}
    console.print(table)
    rest = Table(title="besides", title_justify="left", show_header=False)
    for name, figure in figures.items():
        if name not in compared and not name.endswith(floors.ENDS):
            rest.add_row(name, _shown(figure))
    console.print(rest)
    held = Table(title="What had to hold", title_justify="left", show_header=False)
    for promise in promises:
        mark = "[green]yes[/]" if promise.held else "[bold red]NO[/]"
        held.add_row(mark, promise.sentence, promise.detail)
    console.print(held)


def tell_joined(joined: Mapping[str, Sequence[SamePicture]], file: Path) -> None:
    """Print how many sources count as one picture, and write which to a CSV file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["crowd", "first", "second", "mirrored", "worst_cell_difference"])
        for crowd, pairs in joined.items():
            rows = [(pair.first, pair.second, pair.is_mirrored, pair.difference) for pair in pairs]
            table.writerows((crowd, *row[:3], f"{row[3]:.1f}") for row in rows)
    for crowd, pairs in joined.items():
        mirrored = sum(pair.is_mirrored for pair in pairs)
        Console(width=WIDTH).print(
            f"{crowd}: truth.csv does not know that {len(pairs)} pairs of source photos are one "
            f"picture each ({mirrored} mirrored): {file}"
        )


def plot(bins: Mapping[str, Sequence[Bin]], file: Path) -> None:
    """Draw the share that is right over the probability given, one line a crowd."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 5))
    axes = figure.add_subplot(xlabel="probability given", ylabel="share that is right")
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":")
    for name, found in bins.items():
        axes.plot(
            [bucket.given for bucket in found], [bucket.right for bucket in found], "o-", label=name
        )
    axes.legend()
    file.parent.mkdir(parents=True, exist_ok=True)
    FigureCanvasAgg(figure)
    figure.savefig(file)


def _shown(figure: float | None) -> str:
    return "–" if figure is None else f"{figure:.4f}"
