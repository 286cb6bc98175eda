"""`python -m tests.benchmarks.curation --crowd DIR`: what `make bench-curation` runs."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from deploy.curation import measures
from deploy.curation.measures import Figures
from deploy.curation.scoring import Bin
from deploy.curation.seen import Seen, read
from deploy.figures import FOLDER, add_figures
from imagehub.errors import HubError
from imagehub.vision.registry import choose
from ingestion.simulation.crowd import UNDECODABLE
from tests.benchmarks import parts
from tests.benchmarks.curation import floors, report
from tests.benchmarks.curation.colluders import LIE_SHARES, PLOTS, Plot, collude
from tests.benchmarks.curation.crowds import KnownCrowd, maker_of, read_known
from tests.benchmarks.curation.hub import Hub, Machine, running_machine
from tests.benchmarks.curation.same_pictures import (
    SamePicture,
    completed,
    same_pictures,
    sources,
)

FIRST_SEED = 1001
COLLUDERS_SEED = 2001
COLLUDERS_BATCHES = 2
CLEANLAB = "cleanlab_wrong_label_f1"


@dataclass(frozen=True)
class CurationSizes:
    """Batches in which a crowd arrives; plots of colluders, each with each share of lies."""

    batches: int
    plots: tuple[Plot, ...]
    lie_shares: tuple[float, ...]


FULL = CurationSizes(batches=4, plots=PLOTS, lie_shares=LIE_SHARES)
TOY = CurationSizes(batches=2, plots=PLOTS[:1], lie_shares=LIE_SHARES[:1])


@dataclass
class Bench:
    """What has been measured so far."""

    machine: Machine
    sizes: CurationSizes
    with_peers: bool
    bins: dict[str, list[Bin]] = field(default_factory=dict)
    joined: dict[str, list[SamePicture]] = field(default_factory=dict)
    began_at: float = field(default_factory=time.monotonic)

    def say(self, words: str) -> None:
        """Tell how far the benchmark is."""
        click.echo(f"{time.monotonic() - self.began_at:5.0f} s  {words}", err=True)

    def measure(self, name: str, known: KnownCrowd, with_colluders: bool = False) -> Figures:
        """All figures of one crowd, in a hub of its own."""
        uploads = len(known.crowd.uploads)
        originals = sources(known)
        self.say(f"{name}: laying {len(originals)} sources over each other where they are alike")
        self.joined[name] = same_pictures(originals)
        self.say(f"{name}: {len(self.joined[name])} pairs of sources are one picture each")
        whole = completed(known.truth, self.joined[name])
        with self.machine.hub() as hub:
            self.say(f"{name}: landing and verifying {uploads} uploads")
            hub.receive(known.crowd, self.sizes.batches)
            seen = read(hub.database, known.crowd, whole)
            figures = measures.figures(seen) | _by_truth_csv(seen, known)
            self.bins[name] = measures.calibration_bins(seen)
            if self.with_peers:
                self.say(f"{name}: what the peers find")
                figures |= _peers(hub, known, seen)
            if with_colluders:
                figures |= self._colluders(name, hub, known)
        return figures

    def _colluders(self, name: str, hub: Hub, known: KnownCrowd) -> Figures:
        found: Figures = {}
        claimed: Figures = {}
        for number, plot in enumerate(self.sizes.plots):
            for lie_share in self.sizes.lie_shares:
                title = f"{plot.name}_{round(100 * lie_share)}"
                self.say(f"{name}: colluders, {title}")
                bent = collude(known, plot, lie_share, COLLUDERS_SEED + number)
                with self.machine.hub(hub) as other:
                    other.receive(bent.crowd, COLLUDERS_BATCHES, is_grouped=False)
                    seen = read(other.database, bent.crowd, bent.truth)
                found[f"colluders_{title}_wrong_share"] = measures.verified_wrong_share(seen)
                claimed[f"colluders_{title}_claimed_wrong_share"] = measures.claimed_wrong_share(
                    seen
                )
        return {"colluders_wrong_share": max(found.values()), **found, **claimed}


@click.command()
@click.option(
    "--crowd",
    "crowds",
    multiple=True,
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of a crowd with its truth.csv; may be given several times.",
)
@click.option("--seeds", default=0, show_default=True, help="More crowds to make of its photos.")
@click.option("--peers/--no-peers", default=True, show_default=True, help="Measure others too.")
@click.option("--colluders/--no-colluders", default=True, show_default=True, help="Simulate them.")
def main(crowds: tuple[Path, ...], seeds: int, peers: bool, colluders: bool) -> None:
    """Measure verification on crowds with a known truth; exit 0 only if every promise held."""
    warnings.simplefilter("ignore")
    try:
        with running_machine() as machine:
            held = run(Bench(machine, FULL, peers), crowds, seeds, with_colluders=colluders)
    except HubError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    sys.exit(0 if held else 1)


def run(bench: Bench, crowds: Sequence[Path], seeds: int, *, with_colluders: bool) -> bool:
    """Measure, print, write `build/figures/curation.json`; True if every promise held.

    Colluders are simulated in the first crowd, and more crowds are made like it; its figures stand
    without a prefix too.
    """
    network = choose(bench.machine.settings).embedding.network.name
    bench.say(f"looking with {network}")
    given = {
        path.name: bench.measure(path.name, read_known(path), with_colluders and path == crowds[0])
        for path in crowds
    }
    first, *further = given
    figures = floors.summary([given[first]], _others(bench, crowds[0], seeds))
    promises = floors.promises(figures)
    report.tell(figures, promises)
    for name in further:
        beside = floors.promises_of(name, given[name])
        report.tell(given[name], beside)
        promises += beside
    for name, measured in given.items():
        figures |= {f"{name}_{figure}": value for figure, value in measured.items()}
        if CLEANLAB in measured:
            figures[f"{name}_cleanlab_f1"] = measured[CLEANLAB]
    report.tell_joined(bench.joined, FOLDER / "curation_joined.csv")
    if bench.with_peers:
        report.plot(bench.bins, FOLDER / "curation_reliability.png")
    numbers = {name: round(figure, 4) for name, figure in figures.items()}
    parts.report("curation", numbers)
    add_figures("curation", **{f"{name}_network": network for name in given}, network=network)
    return all(promise.held for promise in promises)


def _by_truth_csv(seen: dict[str, Seen], known: KnownCrowd) -> Figures:
    """Our duplicate figures if each source were a picture of its own."""
    told = {name: replace(photo, truth=known.truth[name]) for name, photo in seen.items()}
    found = measures.duplicate_figures(told, measures.found_pairs(told))
    return {f"{name}_by_truth_csv": figure for name, figure in found.items()}


def _others(bench: Bench, given: Path, seeds: int) -> list[Figures]:
    maker = maker_of(given)
    if maker is None:
        bench.say(f"no {given.parent}/make_crowd.py: no more crowds are made")
        return []
    others = []
    for seed in range(FIRST_SEED, FIRST_SEED + seeds):
        known = maker.make(seed, bench.machine.folder / f"seed-{seed}")
        others.append(bench.measure(f"seed {seed}", known))
    return others


def _peers(hub: Hub, known: KnownCrowd, seen: dict[str, Seen]) -> Figures:
    from tests.benchmarks.curation import peers  # only here its packages are needed

    landed = [upload for upload in known.crowd.uploads if seen[upload.name].has_landed]
    photos = [seen[upload.name].photo_sha256 for upload in landed]
    return peers.figures(
        seen,
        peers.Material(
            names=[upload.name for upload in landed],
            files=[upload.file for upload in landed],
            labels=[upload.mid for upload in landed],
            features=peers.features(hub.settings, hub.store, photos),
            photos={
                upload.name: upload.file
                for upload in known.crowd.uploads
                if known.truth[upload.name].kind not in UNDECODABLE
            },
        ),
    )


if __name__ == "__main__":
    main()
