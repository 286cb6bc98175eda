"""`imagehub account`: let people in, in the catalogue itself."""

from __future__ import annotations

import click

from imagehub.catalogue.accounts.tokens import issue_link
from imagehub.commands.options import as_json, open_catalogue, require_name
from imagehub.commands.output import write_json
from imagehub.hub import portal_url
from imagehub.settings import Settings
from imagehub.vocabulary import Role


@click.group()
def command() -> None:
    """Let people in: links that sign in once."""


@command.command()
@click.argument("name")
@click.option(
    "--role",
    "roles",
    type=click.Choice([role.value for role in Role]),
    multiple=True,
    help="What the account may do; may be given twice.",
)
@as_json
def link(name: str, roles: tuple[str, ...], as_json: bool) -> None:
    """Print a link that signs in once as the account NAME, within 24 hours.

    The account is made if there is none of that name; else it gets the roles too. A person who
    lost a password sets a new one behind the link.

    \b
    Example:
      imagehub account link ana --role contributor --role reviewer
    """
    require_name(name)
    secret = issue_link(open_catalogue(), name.strip(), [Role(role) for role in roles])
    address = f"{portal_url(Settings.from_environment())}/sign-in/link?secret={secret}"
    if as_json:
        write_json({"account": name.strip(), "link": address})
    else:
        click.echo(address)
