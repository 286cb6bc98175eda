"""`python -m deploy.demo`: what `make demo` runs."""

from __future__ import annotations

import shutil
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import click
from rich.console import Console
from rich.progress import Progress

from deploy.demo import checking
from deploy.demo.freezing import fetch_and_compare, freeze
from deploy.demo.given import DemoCrowd, own, planned, sample
from deploy.demo.one_more import OneMore, send_more
from deploy.demo.report import tell
from deploy.demo.running import fresh_settings, running_hub
from deploy.demo.sample_crowd.scenes import ShippedScene
from deploy.demo.settling import wait_until_settled
from deploy.figures import write_figures
from deploy.local.parts import portal_address
from imagehub.catalogue.accounts.tokens import issue
from imagehub.catalogue.database import Database
from imagehub.catalogue.labels.labels import boxable_taxonomy, import_taxonomy
from imagehub.client import HubClient
from imagehub.errors import HubError
from imagehub.settings import Settings
from imagehub.taxonomy import Taxonomy
from imagehub.vocabulary import Role
from ingestion.simulation.crowd import Crowd
from ingestion.simulation.fleet import Fleet, FleetReport
from ingestion.simulation.hub_facts import FactSources
from ingestion.simulation.phone import NETWORKS
from ingestion.simulation.simulate import send_with_progress
from ingestion.simulation.tokens import make_tokens
from ingestion.simulation.wire import ServerAddress

BUILD = Path("build")
PHONES = 50
SUBSET = "everyday-things"
SUBSET_LABELS = 20


@click.command()
@click.option("--crowd", type=click.Path(path_type=Path), help="Folder of a crowd to send.")
@click.option("--once", is_flag=True, help="Stop by itself; exit 0 only if everything held.")
@click.option(
    "--network",
    type=click.Choice(sorted(NETWORKS)),
    default="bad",
    show_default=True,
    help="How bad the phones' network is.",
)
def main(crowd: Path | None, once: bool, network: str) -> None:
    """Run a whole hub in build/demo, fed by simulated phones, and check every promise."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        settings = fresh_settings(Settings.from_environment(), (BUILD / "demo").resolve())
        demo_crowd = own(crowd) if crowd else _sample(BUILD / "sample-crowd")
        with running_hub(settings):
            is_right = _show(settings, demo_crowd, network)
            if not once:
                click.echo("The hub runs until Ctrl-C.")
                signal.pause()
    except KeyboardInterrupt:
        return
    except HubError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    sys.exit(0 if is_right else 1)


def _show(settings: Settings, crowd: DemoCrowd, network: str) -> bool:
    console = Console()
    started_at = time.monotonic()
    console.print(f"The hub runs; its portal is at {portal_address(settings)}")
    sources = FactSources.of(settings)
    _add_labels(sources.database, crowd)
    report = _send(settings, crowd.crowd, sources, network)
    counts = wait_until_settled(sources.database)
    work = checking.look(sources, crowd, report.sent, counts, settings.data / "history.jsonl")
    client = HubClient(
        settings.server, issue(sources.database, "demo", [Role.ADMIN, Role.CONTRIBUTOR])
    )
    console.print("Making a release, downloading it twice, comparing every byte …")
    release = freeze(client, SUBSET, _labels(client, crowd.crowd))
    folder = BUILD / "demo-download"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    frozen = fetch_and_compare(client, release, folder)
    more = _send_more(client, crowd.late)
    found = checking.numbers(work, frozen, more)
    found["seconds"] = round(time.monotonic() - started_at, 1)
    promises = checking.promises(work, frozen, more)
    tell(console, found, promises)
    write_figures("demo", **found)
    console.print(f"The portal: {portal_address(settings)}")
    console.print(f"The release: {portal_address(settings)}releases/{release}")
    return all(promise.held for promise in promises)


def _add_labels(database: Database, crowd: DemoCrowd) -> None:
    """Give the hub the classes that are claimed beyond the boxable ones; none has parents."""
    known = {label.mid for label in boxable_taxonomy().labels}
    missing = tuple(label for mid, label in sorted(crowd.labels().items()) if mid not in known)
    if missing:
        import_taxonomy(database, Taxonomy(missing, frozenset()))
        click.echo(f"Added {len(missing)} labels that the crowd claims and a fresh hub lacks.")


def _send(settings: Settings, crowd: Crowd, sources: FactSources, network: str) -> FleetReport:
    tokens = make_tokens(sources.database, crowd.contributors, settings.data / "phone-tokens.json")
    fleet = Fleet(
        PHONES, ServerAddress.at(settings.server), NETWORKS[network], seed=int(time.time())
    )
    click.echo(f"{PHONES} phones on a network that is {network!r}; luck {fleet.seed}.")
    return send_with_progress(fleet, crowd, tokens, settings.data / "history.jsonl")


def _send_more(client: HubClient, late: Sequence[ShippedScene]) -> list[OneMore]:
    with Progress() as progress:
        bar = progress.add_task("Adding photos one by one", total=len(late))
        return send_more(client, late, lambda: progress.advance(bar))


def _labels(client: HubClient, crowd: Crowd) -> list[str]:
    """The labels of the crowd that have the most images of their own."""
    mids = sorted({upload.mid for upload in crowd.uploads})
    images = {mid: client.label(mid).own_images for mid in mids}
    return sorted(images, key=lambda mid: (-images[mid], mid))[:SUBSET_LABELS]


def _sample(folder: Path) -> DemoCrowd:
    """Write the crowd that ships with the hub."""
    sendings = planned()
    with Progress() as progress:
        bar = progress.add_task("Writing the sample crowd", total=len(sendings))
        return sample(folder, sendings, lambda: progress.advance(bar))


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
