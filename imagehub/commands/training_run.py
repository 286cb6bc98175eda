"""`imagehub training-run`: list, show, follow and cancel training runs."""

from __future__ import annotations

import click

from imagehub.answers.training import LogLine, TrainingRun
from imagehub.client import HubClient
from imagehub.client.training import TrainingClient
from imagehub.commands.options import as_json, speaks_to_hub
from imagehub.commands.output import write_fields, write_json, write_table


@click.group()
def command() -> None:
    """List, show, follow and cancel training runs."""


@command.command("list")
@as_json
@speaks_to_hub
def list_(client: HubClient, as_json: bool) -> None:
    """List your newest runs, those asked for last first.

    \b
    Example:
      imagehub training-run list
    """
    found = TrainingClient(client).runs().items
    if as_json:
        return write_json([run.model_dump() for run in found])
    return write_table(
        ("run", "release", "state"), [(run.id, run.release, run.state) for run in found]
    )


@command.command()
@click.argument("run")
@as_json
@speaks_to_hub
def show(client: HubClient, run: str, as_json: bool) -> None:
    """Show how RUN stands, and its log.

    \b
    Example:
      imagehub training-run show 0b5e6c1e-5a0a-4a6b-9c37-5d1f6f6f2a11
    """
    found = TrainingClient(client).run(run)
    _print(found, as_json, found.log)


@command.command()
@click.argument("run")
@as_json
@speaks_to_hub
def wait(client: HubClient, run: str, as_json: bool) -> None:
    """Follow RUN until it has ended; exit code 1 unless it is done.

    \b
    Example:
      imagehub training-run wait 0b5e6c1e-5a0a-4a6b-9c37-5d1f6f6f2a11
    """
    follow(TrainingClient(client), run, as_json)


@command.command()
@click.argument("run")
@as_json
@speaks_to_hub
def cancel(client: HubClient, run: str, as_json: bool) -> None:
    """Stop RUN, whatever it is doing.

    \b
    Example:
      imagehub training-run cancel 0b5e6c1e-5a0a-4a6b-9c37-5d1f6f6f2a11
    """
    _print(TrainingClient(client).cancel(run), as_json)


def follow(training: TrainingClient, run_id: str, as_json: bool) -> None:
    """Print a run's progress until it has ended; exit code 1 unless it is done."""
    told: list[str] = []

    def tell(run: TrainingRun) -> None:
        line = f"{run.state}, {run.epochs_done} of {run.config.get('epochs')} epochs"
        if run.place_in_queue:
            line = f"{run.state}, number {run.place_in_queue} in the queue"
        if told[-1:] != [line]:
            told.append(line)
            click.echo(line, err=True)

    found = training.watch(run_id, tell)
    _print(found, as_json, found.log)
    if found.state != "done":
        click.get_current_context().exit(1)


def _print(run: TrainingRun, as_json: bool, log: tuple[LogLine, ...] = ()) -> None:
    if as_json:
        return write_json(run.model_dump())
    write_fields(
        [
            ("run", run.id),
            ("release", run.release),
            ("state", run.state),
            ("place in queue", run.place_in_queue),
            ("epochs done", f"{run.epochs_done} of {run.config.get('epochs')}"),
            ("reason", run.reason),
            ("model", run.model),
        ]
    )
    for line in log:
        click.echo(f"{line.at:%H:%M:%S} {line.note}")
    return None
