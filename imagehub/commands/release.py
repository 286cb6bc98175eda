"""`imagehub release`: ask for releases, wait for them, list and show them."""

from __future__ import annotations

import click

from imagehub.client import HubClient, Release
from imagehub.commands.options import as_json, speaks_to_hub
from imagehub.commands.output import write_fields, write_json, write_table
from imagehub.subsets import in_split_order

IN_JSON_ONLY = {"summary", "label_set_version", "withdrawn"}
"""Fields of a release that its text leaves out; the summary follows as a table."""

timeout = click.option(
    "--timeout",
    "timeout_seconds",
    type=click.FloatRange(0),
    default=600,
    show_default=True,
    help="Give up waiting after this many seconds.",
)


@click.group()
def command() -> None:
    """Ask for releases, wait for them, list and show them."""


@command.command()
@click.argument("subset")
@click.option("--wait", "is_awaited", is_flag=True, help="Wait until it is ready.")
@timeout
@as_json
@speaks_to_hub
def create(
    client: HubClient, subset: str, is_awaited: bool, timeout_seconds: float, as_json: bool
) -> None:
    """Freeze SUBSET as its next release, and print the release's id.

    \b
    Example:
      imagehub release create pets --wait
    """
    release_id = client.request_release(subset)
    if is_awaited:
        _print(client.wait_for_release(release_id, timeout_seconds), as_json)
    elif as_json:
        write_json({"id": release_id})
    else:
        click.echo(release_id)


@command.command()
@click.argument("release")
@timeout
@as_json
@speaks_to_hub
def wait(client: HubClient, release: str, timeout_seconds: float, as_json: bool) -> None:
    """Wait until RELEASE is ready, and show it.

    \b
    Example:
      imagehub release wait pets-1
    """
    _print(client.wait_for_release(release, timeout_seconds), as_json)


@command.command()
@click.argument("release")
@as_json
@speaks_to_hub
def show(client: HubClient, release: str, as_json: bool) -> None:
    """Show RELEASE.

    \b
    Example:
      imagehub release show pets-1
    """
    _print(client.release(release), as_json)


@command.command("list")
@as_json
@speaks_to_hub
def list_(client: HubClient, as_json: bool) -> None:
    """List the newest releases.

    \b
    Example:
      imagehub release list
    """
    found = client.releases().items
    if as_json:
        return write_json([release.model_dump() for release in found])
    return write_table(
        ("release", "state", "files", "bytes", "published"),
        [
            (
                release.id,
                release.state,
                release.files or 0,
                release.total_bytes or 0,
                release.published_at,
            )
            for release in found
        ],
    )


def _print(release: Release, as_json: bool) -> None:
    if as_json:
        write_json(release.model_dump())
        return
    shown = ((name, value) for name, value in release if name not in IN_JSON_ONLY)
    write_fields((name.replace("_", " "), value) for name, value in shown)
    if release.summary:
        splits = in_split_order({split for counts in release.summary.values() for split in counts})
        click.echo()
        write_table(
            ("label", *splits),
            [
                (mid, *(counts.get(split, 0) for split in splits))
                for mid, counts in release.summary.items()
            ],
        )
