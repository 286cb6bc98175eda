"""Options that several commands take."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from imagehub import hub
from imagehub.catalogue.database import Database
from imagehub.characters import find_hidden
from imagehub.client import HubClient, RetryPolicy
from imagehub.settings import Settings, variable

Command = Callable[..., Any]
QUICK = RetryPolicy(attempts=3)
"""Few attempts: a person waits for the answer. Uploads and downloads try more often."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def speaks_to_hub(command: Command) -> Command:
    """Give a command `--server` and `--token`, and a HubClient as its argument `client`."""

    @click.option("--server", help=f"Address of the hub [{variable('server')}].")
    @click.option("--token", help=f"Your token [{variable('token')}].")
    @functools.wraps(command)
    def with_client(*, server: str | None, token: str | None, **arguments: Any) -> Any:
        settings = Settings.from_environment()
        client = HubClient(server or settings.server, token or settings.token, QUICK)
        return command(client=client, **arguments)

    return with_client


def open_catalogue() -> Database:
    """The catalogue of this machine's hub, or the one that the settings name."""
    return hub.open_catalogue(Settings.from_environment())


def require_name(name: str) -> None:
    """Raise UsageError for an account's name that is empty or holds an invisible character."""
    hidden = find_hidden(name, but="")
    if hidden:
        raise click.UsageError(f"NAME holds {hidden}, which nobody sees; leave it out.")
    if not name.strip():
        raise click.UsageError("NAME must not be empty.")
