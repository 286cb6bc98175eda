"""Limits on how often something may be asked for, from the table `webapp/access.toml`."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from imagehub.catalogue.accounts import rate_counts
from imagehub.catalogue.database import Database
from imagehub.errors import TooMany
from imagehub.vocabulary import Account, Role
from webapp.http.access import Limit

IPV6_PREFIX_BITS = 64
"""One household or machine has at least this many addresses to itself."""

MAX_NAME_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks: the account or the name that is tried, the address it comes from, and how much.

    `body_bytes` is the size of the request's body.
    """

    account: Account | None
    name: str
    address: str
    body_bytes: int = 0


def count(database: Database, limit: Limit, asking: Requester, factor: int) -> None:
    """Count one use; raise TooMany, with when to come again, where it is one too many.

    `factor` multiplies every limit. A use that is refused counts too.
    """
    is_premium = asking.account is not None and Role.PREMIUM in asking.account.roles
    own = limit.account * (limit.premium if is_premium else 1)
    most = {
        f"{limit.name}:{kind}:{digest(who)}": times * factor
        for kind, who, times in (
            ("account", str(asking.account.id) if asking.account else "", own),
            ("name", asking.name, limit.account),
            ("address", _network(asking.address), limit.address),
            ("all", "everybody", limit.all),
        )
        if who and times
    }
    uses = dict.fromkeys(most, 1)
    if asking.account and limit.account_bytes:
        bucket = f"{limit.name}:bytes:{digest(str(asking.account.id))}"
        most[bucket], uses[bucket] = limit.account_bytes * factor, asking.body_bytes
    with database.transaction() as cursor:
        counted = rate_counts.count(cursor, uses, limit.per_seconds)
    waits = [wait for bucket, (uses, wait) in counted.items() if uses > most[bucket]]
    if waits:
        raise TooMany(f"That was too much. Try again in {max(waits)} seconds.", max(waits))


def _network(address: str) -> str:
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(ip_network(f"{found}/{IPV6_PREFIX_BITS}", strict=False))


def tried_name(text: str) -> str:
    """One word for all spellings of a name or address that sign in the same account.

    Coarser than what Postgres takes for one: of İ, I and i its lower() makes one letter, or two.
    """
    plain = unicodedata.normalize("NFKD", text.strip()[:MAX_NAME_CHARACTERS]).casefold()
    folded = unicodedata.normalize("NFKD", plain)
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def digest(text: str) -> str:
    """Neither names that somebody tried nor addresses are kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32] if text else ""
