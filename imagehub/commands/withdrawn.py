"""`imagehub withdrawn`: photos that were withdrawn or taken down."""

from __future__ import annotations

import re
from dataclasses import asdict

import click

from imagehub.commands.options import as_json
from imagehub.commands.output import write_json
from imagehub.proof import Proof, look_for
from imagehub.settings import Settings

PHOTO = re.compile(r"[0-9a-f]{16}|[0-9a-f]{64}")


@click.group()
def command() -> None:
    """Look after photos that were withdrawn or taken down."""


@command.command()
@click.argument("photo")
@as_json
def prove(photo: str, as_json: bool) -> None:
    """Look for remains of PHOTO (an image's id, or a digest) in the hub of the settings.

    Looks through the names of all objects, all tables, the log with its dead letters and the
    shards of all releases. Exit code 1: something is left. A log in Kafka cannot be looked through:
    there a message goes when the topic's retention has passed.

    \b
    Example:
      imagehub withdrawn prove 0123456789abcdef
    """
    if not PHOTO.fullmatch(photo.lower()):
        raise click.UsageError("PHOTO has 16 or 64 hexadecimal digits.")
    found = look_for(Settings.from_environment(), photo.lower())
    if as_json:
        write_json(asdict(found))
    else:
        _report(found)
    if found.left:
        click.get_current_context().exit(1)


def _report(found: Proof) -> None:
    stone = found.tombstone
    if stone is None:
        click.echo(f"{found.photo_sha256} has no tombstone: it was not withdrawn or taken down.")
    else:
        kind = stone.kind.replace("_", " ") + (f" ({stone.reason})" if stone.reason else "")
        swept = f"swept {stone.swept_at:%Y-%m-%d %H:%M} UTC" if stone.swept_at else "not swept yet"
        click.echo(f"{found.photo_sha256} was {kind} on {stone.buried_at:%Y-%m-%d}, {swept}.")
    for trace in found.left:
        click.echo(f"left: {trace.where}: {trace.what}")
    for place in found.cannot_tell:
        click.echo(f"not known: {place}")
    if not found.left:
        click.echo("Nothing is left of it" + (" elsewhere." if found.cannot_tell else "."))
