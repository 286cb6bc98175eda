"""Tokens for simulated contributors: an account for each of them, kept in a file for later runs."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from pathlib import Path

from imagehub.catalogue.accounts import add_token, create_account, find_by_token
from imagehub.catalogue.database import Database
from imagehub.errors import Misconfigured
from imagehub.vocabulary import Role


def make_tokens(database: Database, contributors: Iterable[str], file: Path) -> dict[str, str]:
    """Return a token for each contributor and write them to the file, which only we may read.

    Tokens in the file that still hold are kept.
    """
    tokens = read_tokens(file) if file.exists() else {}
    with database.transaction() as cursor:
        for contributor in contributors:
            if contributor in tokens and find_by_token(cursor, _digest(tokens[contributor])):
                continue
            tokens[contributor] = f"dih_{secrets.token_urlsafe(32)}"
            account = create_account(cursor, contributor, [Role.CONTRIBUTOR])
            add_token(cursor, account, _digest(tokens[contributor]))
    file.touch(mode=0o600)
    file.write_text(json.dumps(tokens, indent=1), encoding="utf-8")
    return tokens


def read_tokens(file: Path) -> dict[str, str]:
    """Read contributor -> token from a JSON file; raise Misconfigured if it is none."""
    try:
        tokens = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{file} is no file of tokens: {error}.") from error
    if not isinstance(tokens, dict):
        raise Misconfigured(f"{file} is no file of tokens: it must map contributors to tokens.")
    return tokens


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
