"""`python -m tests.benchmarks.curation --crowd DIR`: what `make bench-curation` runs."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from ingestion.crowd import read_crowd, read_truth
from tests.benchmarks.curation import ours
from tests.benchmarks.curation.hub import running_machine
from tests.benchmarks.curation.reading import read


@click.command()
@click.option("--crowd", "crowds", multiple=True, required=True, type=click.Path(path_type=Path))
def main(crowds: tuple[Path, ...]) -> None:
    """Measure verification on crowds with a known truth."""
    began = time.monotonic()
    with running_machine() as machine:
        for folder in crowds:
            crowd, truth = read_crowd(folder), read_truth(folder)
            with machine.hub("objects") as hub:
                hub.receive(crowd)
                seen = read(hub.database, crowd, truth)
            print(f"{time.monotonic() - began:.0f} s {folder}")
            for name, figure in ours.figures(seen).items():
                print(f"{name:32} {figure:.4f}")
    sys.exit(0)


if __name__ == "__main__":
    main()
