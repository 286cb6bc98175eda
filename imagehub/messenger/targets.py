"""Where a webhook may lead: into the open Internet, and not back into the hub's own network."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from imagehub.errors import Refused, Unavailable

MAX_URL_CHARACTERS = 500
CODE = "webhook_invalid"
PORTS = {"https": 443, "http": 80}
PRINTABLE = re.compile(r"[!-~]+")
NAT64 = IPv6Network("64:ff9b::/96")
"""IPv6 addresses that lead to an IPv4 one (RFC 6052)."""

UNICAST = IPv6Network("2000::/3")
"""All that is given out of IPv6; whatever lies beside it is no public address."""

NO_HOSTS = (
    IPv4Network("192.0.0.0/24"),  # protocols (RFC 6890)
    IPv4Network("192.88.99.0/24"),  # 6to4 relays (RFC 7526)
    IPv4Network("192.31.196.0/24"),  # AS112 (RFC 7535)
    IPv4Network("192.175.48.0/24"),  # AS112 (RFC 7534)
    IPv4Network("192.52.193.0/24"),  # AMT relays (RFC 7450)
    IPv6Network("2001::/23"),  # protocols, among them Teredo
    IPv6Network("2002::/16"),  # 6to4 (RFC 7526)
    IPv6Network("2620:4f:8000::/48"),  # AS112
    IPv6Network("3fff::/20"),  # documentation (RFC 9637)
)
"""What `ipaddress` calls global, in some version of Python, and no webhook lives at."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL in its parts; `path` has the query with it."""

    is_secure: bool
    host: str
    port: int
    path: str


def read_target(url: str, any_address: bool) -> Target:
    """Read a webhook's URL; raise Refused(`webhook_invalid`) for one that may not be used.

    It must be https; where any address is allowed, http too.
    """
    schemes = ("https", "http") if any_address else ("https",)
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode() if parts.hostname else ""
    except ValueError as error:
        raise Refused(CODE, "This is no address of a webhook.") from error
    if len(url) > MAX_URL_CHARACTERS or not PRINTABLE.fullmatch(url):
        raise Refused(CODE, f"Write the address in at most {MAX_URL_CHARACTERS} ASCII characters.")
    if parts.scheme not in schemes or not host:
        raise Refused(CODE, f"The address must begin with {schemes[0]}:// and name a host.")
    if parts.username is not None or parts.password is not None:
        raise Refused(CODE, "Leave name and password out: what we send is signed.")
    if not any_address and _is_address(host) and not is_public(host):
        raise Refused(CODE, "The address leads into a private network.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, port or PORTS[parts.scheme], path)


def resolve(target: Target, any_address: bool) -> str:
    """The one IP address to connect to, found now and used as it is: no second look-up follows.

    Raises Refused if the name leads to any private address, Unavailable if it leads nowhere.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable(f"There is no host {target.host} now.") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not any_address and not all(is_public(address) for address in addresses):
        raise Refused(CODE, f"{target.host} leads into a private network.")
    return addresses[0]


def is_public(address: str) -> bool:
    """True for an IP address of the open Internet; of IPv6 forms that wrap IPv4, NAT64 alone."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found in NAT64:
        found = IPv4Address(int(found) & 0xFFFFFFFF)
    is_given_out = isinstance(found, IPv4Address) or found in UNICAST
    is_special = (
        found.is_multicast or found.is_reserved or any(found in network for network in NO_HOSTS)
    )
    return found.is_global and is_given_out and not is_special


def _is_address(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
