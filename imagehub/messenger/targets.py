"""Where a webhook may lead: into the open Internet, and not back into the hub's own network."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from imagehub.errors import Refused, Unavailable

MAX_URL_CHARACTERS = 500
CODE = "webhook_invalid"
PORTS = {"https": 443, "http": 80}
PRINTABLE = re.compile(r"[!-~]+")
NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
"""IPv6 addresses that lead to an IPv4 one (RFC 6052, RFC 8215)."""


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
    """True for an IP address of the open Internet, also behind the forms that wrap an IPv4 one."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv4Address):
        return _is_open(found)
    wrapped = _wrapped(found)
    return _is_open(found) and (wrapped is None or _is_open(wrapped))


def _is_open(found: IPv4Address | IPv6Address) -> bool:
    return found.is_global and not found.is_multicast and not found.is_reserved


def _wrapped(found: IPv6Address) -> IPv4Address | None:
    if any(found in network for network in NAT64):
        return IPv4Address(int(found) & 0xFFFFFFFF)
    return found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)


def _is_address(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
