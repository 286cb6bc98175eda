"""Duplicate groups: which image is the keeper, and which ones hang on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Candidate:
    """An image that may be kept."""

    image_id: str
    pixels: int
    landed_at: datetime

    @property
    def rank(self) -> tuple[int, datetime, str]:
        """Sorts the best one first: most pixels, then earliest, then by id."""
        return (-self.pixels, self.landed_at, self.image_id)


@dataclass(frozen=True, slots=True)
class Match:
    """Two images that were seen to show the same photo."""

    left: str
    right: str
    distance: float
    reason: str


@dataclass(frozen=True, slots=True)
class Member:
    """An image that hangs on the keeper it was itself compared with."""

    image_id: str
    keeper_id: str
    distance: float
    reason: str


def components(matches: Iterable[Match]) -> list[list[str]]:
    """Image ids that matches join, directly or by others; in order, each id in one component."""
    parent: dict[str, str] = {}

    def root(image_id: str) -> str:
        while (above := parent.setdefault(image_id, image_id)) != image_id:
            parent[image_id] = parent[above]
            image_id = parent[image_id]
        return image_id

    for match in matches:
        parent[root(match.left)] = root(match.right)
    joined: dict[str, list[str]] = {}
    for image_id in sorted(parent):
        joined.setdefault(root(image_id), []).append(image_id)
    return list(joined.values())


def missing_pairs(
    images: Mapping[str, Candidate], matches: Sequence[Match]
) -> list[tuple[str, str]]:
    """Pairs that must still be compared so that each component's best image is asked for all."""
    known = {frozenset((match.left, match.right)) for match in matches}
    pairs = []
    for component in components(matches):
        best = min(component, key=lambda image_id: images[image_id].rank)
        pairs += [
            (best, image_id)
            for image_id in component
            if image_id != best and frozenset((best, image_id)) not in known
        ]
    return pairs


def group(images: Mapping[str, Candidate], matches: Sequence[Match]) -> list[Member]:
    """Hang images on keepers: never on an image that hangs itself, never by way of a third one.

    In order of rank each image hangs on the best keeper that it matches, or else is a keeper.
    """
    neighbours: dict[str, list[tuple[float, str, str]]] = {}
    for match in matches:
        for own, other in ((match.left, match.right), (match.right, match.left)):
            neighbours.setdefault(own, []).append((match.distance, other, match.reason))
    keepers: set[str] = set()
    members = []
    for image_id in sorted(neighbours, key=lambda own: images[own].rank):
        found = [near for near in neighbours[image_id] if near[1] in keepers]
        if not found:
            keepers.add(image_id)
            continue
        distance, keeper_id, reason = min(found, key=lambda near: (images[near[1]].rank, near[0]))
        members.append(Member(image_id, keeper_id, distance, reason))
    return members
