"""Wait until a hub has settled, then judge: `python -m ingestion.simulation.judge HISTORY`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from imagehub.catalogue.operation import audit
from imagehub.errors import HubError
from imagehub.settings import Settings
from ingestion.simulation.history import HistoryEvent, HistoryKind, read_history
from ingestion.simulation.history_checker import check
from ingestion.simulation.hub_facts import FactSources, collect

SETTLE_SECONDS = 60.0


@click.command()
@click.argument("history", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--only-source", is_flag=True, help="The hub must hold nothing that this history lacks."
)
def main(history: Path, only_source: bool) -> None:
    """Judge HISTORY, written by `imagehub simulate --history`, by the hub of the settings."""
    try:
        is_good = judge(history, Settings.from_environment(), only_source)
    except HubError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    sys.exit(0 if is_good else 1)


def judge(history: Path, settings: Settings, is_only_source: bool = False) -> bool:
    """Print what was broken; True if nothing was. Waits up to a minute for the hub to settle."""
    events = list(read_history(history))
    sources = FactSources.of(settings)
    wait_until_settled(sources, events)
    violations = check(events, collect(sources), is_only_source)
    sources.database.close()
    for violation in violations:
        examples = ", ".join(violation.examples)
        click.echo(f"{violation.invariant}: {violation.count} {violation.sentence}: {examples}")
    uploads = len({event.upload for event in events})
    if not violations:
        click.echo(f"Every promise holds for the {uploads} uploads of {history}.")
    return not violations


def wait_until_settled(
    sources: FactSources, events: list[HistoryEvent], timeout_seconds: float = SETTLE_SECONDS
) -> None:
    """Return when every acknowledged upload has left the log, or when the timeout is over."""
    acknowledged = {event.upload for event in events if event.kind is HistoryKind.OK}
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        with sources.database.transaction() as cursor:
            settled = {upload.id for upload in audit.settled_uploads(cursor)}
        if acknowledged <= settled:
            return
        time.sleep(0.5)


if __name__ == "__main__":
    main()
