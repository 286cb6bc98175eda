"""The ranges behind the checks' thresholds: `python -m tests.benchmarks.curation.thresholds`.

Takes the good photos of crowds with a known truth, spoils each in several ways, lands the results
as ingestion does, and prints for each way the range of what the checks measure and how many are
found. A threshold is chosen on one half of the labels and told on the other.
"""

from __future__ import annotations

import hashlib
import io
import math
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click
import numpy as np
from PIL import Image, ImageEnhance, ImageFilter
from rich.console import Console
from rich.table import Table

from imagehub.errors import Refused
from imagehub.photo import land, read_view
from spark_jobs.verify.checks import blurred
from spark_jobs.verify.checks.all_checks import findings
from spark_jobs.verify.checks.view import View
from tests.benchmarks.curation.crowds import read_known

Picture = Image.Image
QUALITY = 88
SMALL_PIXELS = 80
QUANTILES = (0.0, 0.01, 0.5, 0.99, 1.0)
MEASURES: dict[str, Callable[[View], float]] = {
    "sharpest": lambda view: blurred.measure(view) or math.nan,
    "darkest": lambda view: view.darkest,
    "lightest": lambda view: view.lightest,
    "contrast": lambda view: view.contrast,
    "short side": lambda view: min(view.width, view.height),
    "aspect": lambda view: max(view.width, view.height) / min(view.width, view.height),
}


@dataclass(frozen=True)
class Measured:
    """What the checks see of one photo after one treatment, and which findings they make."""

    treatment: str
    measures: tuple[float, ...]
    codes: tuple[str, ...]


def blur(share: float, picture: Picture) -> Picture:
    """Blur by a Gaussian; its deviation is a share of the short side."""
    return picture.filter(ImageFilter.GaussianBlur(min(picture.size) * share))


def shake(share: float, picture: Picture) -> Picture:
    """Blur along a line of some direction, whose length is a share of the short side."""
    pixels = np.asarray(picture, np.float32)
    angle = random.Random(picture.width * picture.height).choice([0, 45, 90, 135])
    length = max(2, round(min(picture.size) * share))
    total = np.zeros_like(pixels)
    for step in np.linspace(-length / 2, length / 2, length):
        along = (step * math.sin(math.radians(angle)), step * math.cos(math.radians(angle)))
        total += np.roll(pixels, tuple(map(round, along)), (0, 1))
    return Image.fromarray((total / length).astype(np.uint8))


def darken(factor: float, picture: Picture) -> Picture:
    """Multiply the brightness."""
    return ImageEnhance.Brightness(picture).enhance(factor)


def bleach(factor: float, lift: float, picture: Picture) -> Picture:
    """Take most of the contrast, and lift the rest to white."""
    return picture.point(lambda level: min(255.0, level * factor + lift))


def shrink(short_side_pixels: int, picture: Picture) -> Picture:
    """Scale down; a smaller photo stays."""
    scale = min(1.0, short_side_pixels / min(picture.size))
    return picture.resize((round(picture.width * scale), round(picture.height * scale)))


def small_and_blurred(picture: Picture) -> Picture:
    """Scale down and blur."""
    return blur(1 / 30, shrink(SMALL_PIXELS, picture))


TREATMENTS: dict[str, Callable[[Picture], Picture]] = {
    "good": lambda picture: picture,
    "blurred by 1/18": partial(blur, 1 / 18),
    "blurred by 1/30": partial(blur, 1 / 30),
    "blurred by 1/45": partial(blur, 1 / 45),
    "shaken by 1/8": partial(shake, 1 / 8),
    "shaken by 1/15": partial(shake, 1 / 15),
    "small": partial(shrink, SMALL_PIXELS),
    "small, blurred by 1/30": small_and_blurred,
    "dark, x 0.06": partial(darken, 0.06),
    "dark, x 0.02": partial(darken, 0.02),
    "half as bright": partial(darken, 0.5),
    "bleached, x 0.15 + 235": partial(bleach, 0.15, 235.0),
    "pale, x 0.5 + 127": partial(bleach, 0.5, 127.0),
}


@click.command()
@click.option(
    "--crowd",
    "crowds",
    multiple=True,
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
@click.option("--half", type=click.Choice(["first", "second"]), required=True, help="Of the labels")
def main(crowds: tuple[Path, ...], half: str) -> None:
    """Print what the checks measure on good photos of half of the labels, and on spoiled ones."""
    files = [file for crowd in crowds for file in _good_photos(crowd, half == "first")]
    with ProcessPoolExecutor() as pool:
        measured = [photo for some in pool.map(_measure, files, chunksize=16) for photo in some]
    console = Console(width=160)
    for treatment in TREATMENTS:
        rows = [photo for photo in measured if photo.treatment == treatment]
        if rows:
            console.print(_table(treatment, rows))


def _good_photos(folder: Path, first: bool) -> Iterator[Path]:
    known = read_known(folder)
    for upload in known.crowd.uploads:
        fact = known.truth[upload.name]
        drawn = hashlib.sha256(fact.true_label.encode()).digest()[0] % 2 == 0
        if fact.kind == "good" and drawn == first:
            yield upload.file


def _measure(file: Path) -> list[Measured]:
    picture = Image.open(file).convert("RGB")
    found = []
    for name, treat in TREATMENTS.items():
        data = io.BytesIO()
        treat(picture).save(data, "JPEG", quality=QUALITY)
        try:
            landed = land(file.read_bytes() if name == "good" else data.getvalue())
        except Refused:
            continue
        view = View.of(
            read_view(landed.view.data), (landed.width, landed.height), frozenset(landed.flags)
        )
        codes = tuple(finding.code for finding in findings(view))
        found.append(Measured(name, tuple(take(view) for take in MEASURES.values()), codes))
    return found


def _table(treatment: str, rows: list[Measured]) -> Table:
    codes = {
        code: sum(code in photo.codes for photo in rows) for photo in rows for code in photo.codes
    }
    told = ", ".join(f"{code} {count}" for code, count in sorted(codes.items())) or "none"
    table = Table(title=f"{treatment}: {len(rows)} photos; findings: {told}", title_justify="left")
    for head in ("", *(f"{quantile:.0%}" for quantile in QUANTILES)):
        table.add_column(head, justify="right")
    values = np.array([photo.measures for photo in rows])
    for column, name in enumerate(MEASURES):
        known = values[~np.isnan(values[:, column]), column]
        if len(known):
            table.add_row(name, *(f"{value:.3f}" for value in np.quantile(known, QUANTILES)))
    return table


if __name__ == "__main__":
    main()
