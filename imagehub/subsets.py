"""Subsets: what one selects, and what is offered to, kept from and given out in its releases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

CONTRIBUTORS_LICENCE = "CC-BY-4.0"
"""What contributors grant by the terms; imported photos have licences of their own."""


@dataclass(frozen=True, slots=True)
class SubsetRules:
    """A selection over label sets.

    `labels` are MIDs, each with its descendants. `splits` maps a split's name to its share; the
    shares add up to 1. A cap of None takes every image.
    """

    labels: tuple[str, ...]
    cap_per_label: int | None = None
    min_short_side_pixels: int = 64
    keepers_only: bool = True
    splits: tuple[tuple[str, float], ...] = (("train", 0.8), ("validation", 0.1), ("test", 0.1))


@dataclass(frozen=True, slots=True)
class Offer:
    """One way in which an image is in the set of one of a subset's labels.

    `claimed_label` was verified and lies `distance` steps below `label`; `group` is the keeper of
    the image's duplicate group.
    """

    image_id: str
    group: str
    label: str
    claimed_label: str
    distance: int
    probability: float


@dataclass(frozen=True, slots=True)
class Assignment:
    """The split that an image had in a release of the subset; `group` is its keeper of today."""

    image_id: str
    group: str
    split: str
    release_number: int


@dataclass(frozen=True, slots=True)
class ReleasePhoto:
    """The file that people download for an image: the full derivative; whom to thank, and how."""

    image_id: str
    photo_sha256: str
    sha256: str
    bytes: int
    crc32: int
    width: int
    height: int
    contributor: str
    licence: str


def in_split_order(names: Iterable[str]) -> list[str]:
    """Names of splits as people expect them: train first, unusual ones last."""
    order = {split: number for number, split in enumerate(("train", "validation", "test"))}
    return sorted(names, key=lambda name: (order.get(name, len(order)), name))
