"""`imagehub simulate`: a crowd's uploads from simulated phones on bad networks."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from imagehub.errors import HubError, Misconfigured
from imagehub.hub import open_catalogue
from imagehub.settings import Settings
from ingestion.simulation.crowd import Crowd, read_crowd
from ingestion.simulation.fleet import Fleet, FleetReport, send_all
from ingestion.simulation.history import History
from ingestion.simulation.judge import judge
from ingestion.simulation.phone import NETWORKS, SendOutcome, SentUpload
from ingestion.simulation.tokens import make_tokens, read_tokens
from ingestion.simulation.wire import ServerAddress


@dataclass(frozen=True)
class _Options:
    crowd: Path
    server: str | None
    phones: int
    faults: str
    seed: int
    uploads: int | None
    token: str | None
    tokens: Path | None
    make_tokens: bool
    history: Path | None
    check: bool


@click.command()
@click.option("--crowd", type=click.Path(path_type=Path), required=True, help="Folder of a crowd.")
@click.option("--server", help="Address of the hub [IMAGEHUB_SERVER].")
@click.option("--phones", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option(
    "--faults",
    type=click.Choice(sorted(NETWORKS)),
    default="none",
    show_default=True,
    help="How bad the phones' network is: lost connections, slow bodies, repeated requests.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the phones' luck.")
@click.option("--uploads", type=click.IntRange(1), help="Send only this many, from the first on.")
@click.option("--token", help="One token for the whole crowd [IMAGEHUB_TOKEN].")
@click.option(
    "--tokens", type=click.Path(path_type=Path), help="JSON file of contributor -> token."
)
@click.option(
    "--make-tokens",
    is_flag=True,
    help="Make an account and a token for each contributor in the catalogue first.",
)
@click.option(
    "--history", type=click.Path(path_type=Path), help="Add every operation to this JSONL file."
)
@click.option(
    "--check", is_flag=True, help="Afterwards judge the history by what catalogue and store hold."
)
def simulate(**given: object) -> None:
    """Send a crowd's uploads from simulated phones.

    A phone whose connection breaks, or that is told to wait, sends the same upload again with the
    same key. Sending a crowd twice sends the same uploads. Exits 1 if a phone gave up or, with
    --check, if the hub broke a promise.
    """
    try:
        is_good = _run(_Options(**given), Settings.from_environment())  # type: ignore[arg-type]  # click has checked the types
    except HubError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    sys.exit(0 if is_good else 1)


def _run(options: _Options, settings: Settings) -> bool:
    crowd = read_crowd(options.crowd)
    crowd = replace(crowd, uploads=crowd.uploads[: options.uploads])
    if options.check and options.history is None:
        raise Misconfigured("--check judges a history: name its file with --history.")
    tokens = _tokens(options, settings, crowd)
    server = ServerAddress.at(options.server or settings.server)
    fleet = Fleet(options.phones, server, NETWORKS[options.faults], options.seed)
    started_at = time.monotonic()
    report = send_with_progress(fleet, crowd, tokens, options.history)
    Console().print(_table(report, time.monotonic() - started_at))
    is_good = report.count(SendOutcome.GAVE_UP) == 0
    if options.check and options.history is not None:
        is_good = judge(options.history, settings) and is_good
    return is_good


def send_with_progress(
    fleet: Fleet, crowd: Crowd, tokens: Mapping[str, str], history_file: Path | None
) -> FleetReport:
    """Send the crowd with a progress bar on the terminal."""
    history = History(history_file)
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()]
    with Progress(*columns, TimeElapsedColumn()) as progress:
        bar = progress.add_task("Sending photos", total=len(crowd.uploads))

        def advance(_sent: SentUpload) -> None:
            progress.advance(bar)

        try:
            return send_all(fleet, crowd, tokens, history, advance)
        finally:
            history.close()


def _tokens(options: _Options, settings: Settings, crowd: Crowd) -> Mapping[str, str]:
    token = options.token or settings.token
    if token and not options.make_tokens and options.tokens is None:
        return dict.fromkeys(crowd.contributors, token)
    file = options.tokens or settings.data / "phone-tokens.json"
    if options.make_tokens:
        database = open_catalogue(settings)
        try:
            return make_tokens(database, crowd.contributors, file)
        finally:
            database.close()
    if not file.exists():
        raise Misconfigured("Phones need tokens: give --token, --tokens FILE or --make-tokens.")
    return read_tokens(file)


def _table(report: FleetReport, seconds: float) -> Table:
    table = Table(show_header=False)
    table.add_row("sent", str(len(report.sent)))
    for outcome in SendOutcome:
        table.add_row(outcome.value.replace("_", " "), str(report.count(outcome)))
    for code, count in report.refusals.most_common():
        table.add_row(f"  {code or 'without a code'}", str(count))
    table.add_row("attempts", str(report.attempts))
    table.add_row("uploads per second", f"{len(report.sent) / max(seconds, 1e-9):.1f}")
    return table
