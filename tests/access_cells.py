"""Every cell of `webapp/access.toml`: who asks, on which route, for whose thing, and what is heard.

What a cell must hear is worked out here from the table's words; nothing of the application's own
decisions is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imagehub.vocabulary import Role
from webapp.http.access import Route, Table

VISITOR = "visitor"
SUBJECTS = (VISITOR, *(role.value for role in Role))
TARGETS = {
    "upload": ("own", "others", "opened", "absent"),
    "sent": ("own", "others", "absent"),
    "image": ("own", "others", "queue", "opened", "public", "absent"),
    "claim": ("own", "others", "absent"),
    "token": ("own", "others", "absent"),
    "session": ("own", "others", "absent"),
    "question": ("own", "others", "absent"),
    "account": ("own", "others", "absent"),
    "subset": ("own", "others", "absent"),
    "training_run": ("own", "others", "absent"),
    "model": ("own", "others", "absent"),
    "demand": ("own", "others", "absent"),
    "webhook": ("own", "others", "absent"),
}
"""Which things of a kind are tried; a kind that is missing here fails the suite."""

ALLOWED = 0
"""Stands for every status that is not a refusal."""


@dataclass(frozen=True)
class Cell:
    """One request: a subject asks on a route for a thing that is, to it, `target` ("" for none)."""

    route: Route
    subject: str
    target: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.route.method} {self.route.rule} {self.target}".strip()

    @property
    def must_hear(self) -> int:
        """401, 303 (to the sign-in), 403, 404, or ALLOWED."""
        route = self.route
        if route.needs_account and self.subject == VISITOR:
            return 303 if route.method == "GET" and not route.is_program else 401
        if route.roles and self.subject not in route.roles:
            return 403
        if self.target == "absent":
            return 404
        if route.thing and not self._words & route.thing.open_to:
            return route.thing.hear
        return ALLOWED

    @property
    def _words(self) -> set[str]:
        words = {self.subject, "own" if self.target == "own" else "others"}
        if self.target == "public":
            words.add("public")
        if self.target == "queue" and self.subject in (Role.REVIEWER, Role.ADMIN):
            words.add("queue")
        if self.target == "opened" and self.subject == Role.ADMIN:
            words.add("opened")
        return words


def cells(table: Table) -> Iterator[Cell]:
    """All of them; a visitor owns nothing."""
    for route in table.routes.values():
        for subject in SUBJECTS:
            for target in TARGETS[route.thing.name] if route.thing else ("",):
                if not (subject == VISITOR and target == "own"):
                    yield Cell(route, subject, target)
