"""Permissions: `webapp/access.toml`, read into types. Pure; the only reader of that table."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from imagehub.errors import Forbidden, Misconfigured, NotFound
from imagehub.vocabulary import Account, Role, Scope

ANYONE, ACCOUNT = "anyone", "account"
STANDINGS = frozenset({"public", "own", "others", "queue", "opened"})
API = "/api/"
DATASETS = "/datasets/"
"""Files of releases, at the addresses that Hugging Face's tools know."""
METRICS = "/metrics"
APP = "/app/"
WORDS = frozenset({"who", "scope", "thing", "limit"})


@dataclass(frozen=True, slots=True)
class AccessKind:
    """For whom a thing of one kind is: standings and roles; `hear` is the status for the others."""

    name: str
    open_to: frozenset[str]
    hear: int

    def is_for(
        self,
        account: Account | None,
        *,
        is_own: bool = False,
        is_public: bool = False,
        is_waiting: bool = False,
        is_opened: bool = False,
    ) -> bool:
        """True for an asker to whom the thing has these standings.

        `is_waiting` says that the thing is, for this asker, one of the review queue; `is_opened`
        that it is open to this admin.
        """
        roles = {role.value for role in account.roles} if account else set()
        if is_waiting and roles & {Role.REVIEWER, Role.ADMIN}:
            roles.add("queue")
        if is_opened and Role.ADMIN in roles:
            roles.add("opened")
        if is_public:
            roles.add("public")
        roles.add("own" if is_own else "others")
        return not roles.isdisjoint(self.open_to)

    def require(
        self, account: Account | None, sentence: str, *, is_own: bool, is_public: bool = False
    ) -> None:
        """Let the asker have the thing, or raise NotFound or Forbidden with the sentence."""
        if not self.is_for(account, is_own=is_own, is_public=is_public):
            raise NotFound(sentence) if self.hear == 404 else Forbidden(sentence)


@dataclass(frozen=True, slots=True)
class Limit:
    """How often within `per_seconds` one account, one address and all together may; 0: no limit.

    `account_bytes` is how much the bodies of one account's requests may hold in that time. A
    premium account may `premium` times as often as others.
    """

    name: str
    per_seconds: int
    account: int = 0
    address: int = 0
    all: int = 0
    account_bytes: int = 0
    premium: int = 1


@dataclass(frozen=True, slots=True)
class Route:
    """One line: who may use a route; `roles` is empty where every account may."""

    method: str
    rule: str
    needs_account: bool
    roles: frozenset[Role]
    scope: Scope | None
    thing: AccessKind | None
    limit: Limit | None

    @property
    def is_program(self) -> bool:
        """True for the API and the web app's requests: they hear of errors in JSON."""
        return self.rule.startswith((API, APP, DATASETS, METRICS))

    @property
    def takes_token(self) -> bool:
        """True for the API and datasets, which ask for a token; the others ask for a session."""
        return self.rule.startswith((API, DATASETS, METRICS))

    @property
    def asks_who(self) -> bool:
        """True if the route needs to know the account."""
        return self.needs_account or self.thing is not None or self.scope is not None

    def require_scope(self, scopes: frozenset[Scope]) -> None:
        """Let a token that is good for this route pass, or raise Forbidden."""
        if self.scope is not None and self.scope not in scopes:
            raise Forbidden(
                f"Your token is not good for this: make one with the scope {self.scope}."
            )

    def require_role(self, account: Account) -> None:
        """Let an account with one of the roles pass, or raise Forbidden."""
        if self.roles and self.roles.isdisjoint(account.roles):
            needed = " or ".join(sorted(self.roles))
            raise Forbidden(f"This needs the role {needed}, which your account does not have.")


@dataclass(frozen=True, slots=True)
class Table:
    """The whole table."""

    things: Mapping[str, AccessKind]
    routes: Mapping[tuple[str, str], Route]

    def route(self, method: str, rule: str) -> Route:
        """The line of a route; HEAD is asked as GET. KeyError for a route without one."""
        return self.routes["GET" if method == "HEAD" else method, rule]

    def require_whole(self, routes: set[tuple[str, str]]) -> None:
        """Raise Misconfigured unless exactly these routes (method, rule) have a line."""
        for missing in sorted(routes - self.routes.keys()):
            raise Misconfigured(f"webapp/access.toml has no line for {' '.join(missing)}.")
        for extra in sorted(self.routes.keys() - routes):
            raise Misconfigured(f"webapp/access.toml has a line for {' '.join(extra)}: no route.")


@cache
def table() -> Table:
    """The table as it was delivered with the program; raise Misconfigured for a word in it."""
    return read(resources.files("webapp").joinpath("access.toml").read_text(encoding="utf-8"))


def read(text: str) -> Table:
    """Read a table; raise Misconfigured for a line with unknown words."""
    found = tomllib.loads(text)
    kinds = {name: _thing(name, line) for name, line in found["things"].items()}
    limits = {name: Limit(name, **line) for name, line in found.get("limits", {}).items()}
    routes = (_route(address, line, kinds, limits) for address, line in found["routes"].items())
    return Table(kinds, {(route.method, route.rule): route for route in routes})


def _thing(name: str, line: dict[str, object]) -> AccessKind:
    roles, hear = line.get("for"), line.get("hear")
    known = STANDINGS | {role.value for role in Role}
    if not isinstance(roles, list) or not known.issuperset(roles) or hear not in (403, 404):
        raise Misconfigured(f"webapp/access.toml: the thing {name} is not written as it must be.")
    return AccessKind(name, frozenset(roles), int(str(hear)))


def _route(
    address: str,
    line: dict[str, str],
    kinds: Mapping[str, AccessKind],
    limits: Mapping[str, Limit],
) -> Route:
    method, _, rule = address.partition(" ")
    who, kind, limit = line.get("who", ""), line.get("thing"), line.get("limit")
    try:
        roles = frozenset(Role(role) for role in who.split() if role not in (ANYONE, ACCOUNT))
        scope = Scope(line["scope"]) if "scope" in line else None
    except ValueError as error:
        raise Misconfigured(f"webapp/access.toml: {address}: {error}.") from error
    is_known = kind in {None, *kinds} and limit in {None, *limits}
    if not who or not is_known or not WORDS.issuperset(line):
        raise Misconfigured(f"webapp/access.toml: the line {address} is not as it must be.")
    return Route(
        method=method,
        rule=rule,
        needs_account=who != ANYONE,
        roles=roles,
        scope=scope,
        thing=kinds[kind] if kind else None,
        limit=limits[limit] if limit else None,
    )
