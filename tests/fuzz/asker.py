"""Who asks for what: a person of some role, and real things of theirs or of others."""

from __future__ import annotations

import random
from typing import Any

from imagehub.vocabulary import Role
from tests.access_cells import SUBJECTS, TARGETS, VISITOR, Cell
from tests.access_world import World
from webapp.http.access import Route

ALLOWED_SHARE = 0.8
"""So often the asker is one whom the route is for, and the thing one that is there."""


def choose(route: Route, chance: random.Random) -> Cell:
    """A cell of the route; mostly one that is answered."""
    subjects: tuple[str, ...] = SUBJECTS
    if chance.random() < ALLOWED_SHARE:
        subjects = tuple(sorted(route.roles)) or tuple(role.value for role in Role)
    subject = chance.choice(subjects)
    targets = TARGETS[route.thing.name] if route.thing else ("",)
    if subject == VISITOR:
        targets = tuple(target for target in targets if target != "own")
    elif chance.random() < ALLOWED_SHARE:
        targets = (
            tuple(target for target in targets if Cell(route, subject, target).must_hear == 0)
            or targets
        )
    return Cell(route, subject, chance.choice(targets))


def well_meant(world: World, cell: Cell) -> tuple[dict[str, str], dict[str, Any]]:
    """Headers that say who asks, and what a well-formed request carries beside them."""
    headers, word = world.credentials(cell)
    sent = world.well_meant(cell.route, word)
    if cell.route.is_program and not cell.route.takes_token:
        headers["X-CSRF-Token"] = word
    return headers | sent.pop("headers", {}), sent


def overlaid(good: dict[str, Any], odd: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The good fields with some of the odd ones, or the odd ones alone."""
    if not good or chance.random() < 1 - ALLOWED_SHARE:
        return odd
    some = [name for name in odd if chance.random() < 1.2 / len(odd)]
    return {**good, **{name: odd[name] for name in some}}
