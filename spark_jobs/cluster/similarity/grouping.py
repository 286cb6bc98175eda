"""Duplicate groups: which image is the keeper, and which ones hang on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

Pair = tuple[str, str]
"""Two image ids, the smaller one first."""

NOBODY_PARTED: AbstractSet[Pair] = frozenset()


@dataclass(frozen=True, slots=True)
class KeeperCandidate:
    """An image that may be kept; `standing` is 0 if verified, 1 if undecided, 2 if rejected."""

    image_id: str
    pixels: int
    landed_at: datetime
    standing: int = 1

    @property
    def rank(self) -> tuple[int, int, datetime, str]:
        """Sorts the best one first: by standing, most pixels, then earliest, then by id."""
        return (self.standing, -self.pixels, self.landed_at, self.image_id)


@dataclass(frozen=True, slots=True)
class Match:
    """Two images that were seen to show the same photo."""

    left: str
    right: str
    distance: float
    reason: str

    @property
    def pair(self) -> Pair:
        """The two ids in order."""
        return pair(self.left, self.right)


@dataclass(frozen=True, slots=True)
class GroupedImage:
    """An image that hangs on the keeper it was itself compared with."""

    image_id: str
    keeper_id: str
    distance: float
    reason: str


def pair(image_a: str, image_b: str) -> Pair:
    """The two ids in order."""
    return (image_a, image_b) if image_a < image_b else (image_b, image_a)


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
    images: Mapping[str, KeeperCandidate],
    matches: Sequence[Match],
    parted: AbstractSet[Pair] = NOBODY_PARTED,
) -> list[Pair]:
    """Pairs that must still be compared so that each component's best image is asked for all.

    Pairs that people have parted join nothing and are not asked for.
    """
    joined = [match for match in matches if match.pair not in parted]
    known = {match.pair for match in joined} | parted
    pairs = []
    for component in components(joined):
        best = min(component, key=lambda image_id: images[image_id].rank)
        needed = (pair(best, image_id) for image_id in component if image_id != best)
        pairs += [needed_pair for needed_pair in needed if needed_pair not in known]
    return pairs


def group(
    images: Mapping[str, KeeperCandidate],
    matches: Sequence[Match],
    parted: AbstractSet[Pair] = NOBODY_PARTED,
) -> list[GroupedImage]:
    """Hang images on keepers: never on an image that hangs itself, never by way of a third one.

    In order of rank each image hangs on the best keeper that it matches, or else is a keeper. Two
    that people have parted never meet in one group, though a third one may hang on either.
    """
    neighbours: dict[str, list[tuple[float, str, str]]] = {}
    for match in matches:
        for own, other in ((match.left, match.right), (match.right, match.left)):
            neighbours.setdefault(own, []).append((match.distance, other, match.reason))
    groups: dict[str, list[str]] = {}
    members = []
    for image_id in sorted(neighbours, key=lambda own: images[own].rank):
        found = [
            near
            for near in neighbours[image_id]
            if near[1] in groups
            and not any(pair(image_id, mate) in parted for mate in groups[near[1]])
        ]
        if not found:
            groups[image_id] = [image_id]
            continue
        distance, keeper_id, reason = min(found, key=lambda near: (images[near[1]].rank, near[0]))
        groups[keeper_id].append(image_id)
        members.append(GroupedImage(image_id, keeper_id, distance, reason))
    return members
