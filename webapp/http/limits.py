"""Limits on how often something may be asked for, from the table `webapp/access.toml`."""

from __future__ import annotations

import hashlib
import logging
import unicodedata
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from imagehub.catalogue.accounts import rate_counts
from imagehub.catalogue.accounts.rate_counts import NARROW, WIDER, WIDEST, RateUse
from imagehub.catalogue.database import Database
from imagehub.errors import TooMany
from imagehub.vocabulary import Account, Role
from webapp.http.access import Limit

IPV6_PREFIX_BITS = 64
"""One household or machine has at least this many addresses to itself."""

MAX_NAME_CHARACTERS = 300

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks: the account or the name that is tried, the address it comes from, and how much.

    `browser` names a browser in which the account of that name has signed in before; `body_bytes`
    is the size of the request's body.
    """

    account: Account | None
    name: str
    address: str
    body_bytes: int = 0
    browser: str = ""


def count(database: Database, limit: Limit, asking: Requester, factor: int) -> None:
    """Count one use; raise TooMany, with when to come again, where it is one too many.

    `factor` multiplies every limit. A use that is refused counts in the bucket that refuses it and
    in narrower ones, so that nobody uses up what others share.
    """
    uses = [
        RateUse(f"{limit.name}:{kind}:{digest(who)}", most * factor, times, breadth)
        for kind, who, most, times, breadth in _buckets(limit, asking)
        if who and most
    ]
    with database.transaction() as cursor:
        counted = rate_counts.count(cursor, uses, limit.per_seconds)
    waits = {bucket: one.wait_seconds for bucket, one in counted.items() if one.is_refused}
    if waits:
        kinds = sorted(bucket.rsplit(":", 1)[0] for bucket in waits)
        log.info("refused by the limits %s", ", ".join(kinds))
        wait = max(waits.values())
        raise TooMany(f"That was too much. Try again in {wait} seconds.", wait)


Bucket = tuple[str, str, int, int, int]
"""Its kind, whose it is, how many uses it takes, how many this is, and how wide it is."""


def _buckets(limit: Limit, asking: Requester) -> list[Bucket]:
    address = network(asking.address)
    if asking.account is not None:
        own, group = str(asking.account.id), "members"
        factor = limit.premium if Role.PREMIUM in asking.account.roles else 1
        narrow = [
            ("account", own, limit.account * factor, 1, NARROW),
            ("bytes", own, limit.account_bytes, asking.body_bytes, NARROW),
        ]
    elif asking.browser and limit.account:  # strangers cannot use up what it shares with nobody
        return [("browser", asking.browser, limit.account, 1, NARROW)]
    else:  # one address for each name: else whoever fails often locks the name's owner out
        group = "strangers"
        tried = f"{asking.name} {address}" if asking.name else ""
        narrow = [("name", tried, limit.account, 1, NARROW)]
    return [
        *narrow,
        ("address", address, limit.address, 1, WIDER),
        ("all", group, limit.all, 1, WIDEST),
    ]


def network(address: str) -> str:
    """The address, or of an IPv6 address the part that one household has to itself."""
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
