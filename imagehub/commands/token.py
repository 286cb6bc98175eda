"""`imagehub token`: make and revoke tokens, in the catalogue itself."""

from __future__ import annotations

import sys

import click

from imagehub.catalogue.accounts import account_tokens
from imagehub.catalogue.accounts.tokens import digest, issue
from imagehub.commands.options import as_json, open_catalogue, require_name
from imagehub.commands.output import write_json
from imagehub.errors import NotFound
from imagehub.vocabulary import Role


@click.group()
def command() -> None:
    """Make and revoke the tokens that people's programs show to the hub."""


@command.command()
@click.argument("name")
@click.option(
    "--role",
    "roles",
    type=click.Choice([role.value for role in Role]),
    multiple=True,
    required=True,
    help="What the bearer may do; may be given twice.",
)
@as_json
def create(name: str, roles: tuple[str, ...], as_json: bool) -> None:
    """Make a token for the account NAME and print it: this once, it is kept nowhere.

    The account is made if there is none of that name; else it gets the role too.

    \b
    Example:
      imagehub token create ana --role contributor
    """
    require_name(name)
    token = issue(open_catalogue(), name.strip(), [Role(role) for role in roles])
    if as_json:
        write_json({"account": name.strip(), "roles": sorted(set(roles)), "token": token})
    else:
        click.echo(token)


@command.command()
def revoke() -> None:
    """Make a token worthless from now on; it is asked for, so that no history keeps it.

    \b
    Example:
      imagehub token revoke
      imagehub token revoke < token.txt
    """
    if sys.stdin.isatty():
        token = click.prompt("Token", hide_input=True, type=str)
    else:
        token = sys.stdin.readline().strip()
    with open_catalogue().transaction() as cursor:
        revoked = account_tokens.revoke(cursor, digest(token))
    if not revoked:
        raise NotFound("No such token is in force; nothing was changed.")
    click.echo("The token is revoked.")
