"""`imagehub status`: what the hub holds, and whether its counters are right."""

from __future__ import annotations

import click

from imagehub.catalogue.operation.recount import recount
from imagehub.client import HubClient
from imagehub.commands.options import as_json, open_catalogue, speaks_to_hub
from imagehub.commands.output import write_json, write_table


@click.command()
@click.option(
    "--recount",
    "compare",
    is_flag=True,
    help="Compare the kept counters with the rows, in the catalogue; exit code 1 if they differ.",
)
@as_json
@speaks_to_hub
def command(client: HubClient, compare: bool, as_json: bool) -> None:
    """Show what the hub holds and what waits.

    \b
    Example:
      imagehub status
      imagehub status --recount
    """
    if compare:
        return _compare(as_json)
    counts = client.status()
    if as_json:
        return write_json(counts)
    rows = [(name.replace("_", " "), count) for name, count in counts.items()]
    return write_table(("what", "count"), rows)


def _compare(as_json: bool) -> None:
    tallies = recount(open_catalogue())
    if as_json:
        write_json([tally.as_dict() for tally in tallies])
    else:
        write_table(
            ("counter", "kept", "recounted", "right"),
            [(tally.name, tally.kept, tally.recounted, tally.is_right) for tally in tallies],
        )
    if not all(tally.is_right for tally in tallies):
        click.get_current_context().exit(1)
