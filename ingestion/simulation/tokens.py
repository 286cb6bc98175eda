"""Tokens for simulated contributors: an account for each of them, kept in a file for later runs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from imagehub.catalogue.accounts.account_tokens import bearer
from imagehub.catalogue.accounts.tokens import digest, issue
from imagehub.catalogue.database import Database
from imagehub.errors import Misconfigured
from imagehub.vocabulary import Role


def make_tokens(database: Database, contributors: Iterable[str], file: Path) -> dict[str, str]:
    """Return a token for each contributor and write them to the file, which only we may read.

    Tokens in the file that still hold are kept.
    """
    tokens = read_tokens(file) if file.exists() else {}
    for contributor in contributors:
        if contributor not in tokens or not _holds(database, tokens[contributor]):
            tokens[contributor] = issue(database, contributor, [Role.CONTRIBUTOR])
    file.touch(mode=0o600)
    file.write_text(json.dumps(tokens, indent=1), encoding="utf-8")
    return tokens


def read_tokens(file: Path) -> dict[str, str]:
    """Read contributor -> token from a JSON file; raise Misconfigured for anything else."""
    try:
        tokens = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{file} is no file of tokens: {error}.") from error
    if not isinstance(tokens, dict):
        raise Misconfigured(f"{file} is no file of tokens: it must map contributors to tokens.")
    return tokens


def _holds(database: Database, token: str) -> bool:
    with database.transaction() as cursor:
        return bearer(cursor, digest(token)) is not None
