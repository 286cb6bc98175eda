"""Source photos of a crowd that are one picture though its truth.csv names two.

The photos that crowds are made of hold some pictures twice: mirrored, in fewer colours, framed, cut
or toned. Whoever drew the crowd did not know. Two photos are one picture if, laid over each other,
mirrored or not, no place differs (see `aligned`); nothing of the hub takes part. All pairs are
compared whose thumbs are alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ingestion.simulation.crowd import Truth
from tests.benchmarks.curation.aligned import Picture, worst_difference
from tests.benchmarks.curation.crowds import UNSPOILT, KnownCrowd

MOST_DIFFERENCE = 10.0
"""Of 256 levels, in the worst cell. Among 2,534 photos of Caltech-101, 31 mirrored pairs of
leopards, and pairs of a piano, a pigeon, a platypus, a turtle and a pagoda differ by up to 7.4; the
next are a turtle of another tone in parts (12.9), a motorcycle whose badge was painted over (13.6)
and a watch with a caption (19.4)."""

LEAST_ALIKE = 0.8
"""Correlation of thumbs from which pairs are laid over each other."""


@dataclass(frozen=True, slots=True, order=True)
class SamePicture:
    """Two sources by name, the earlier upload first; `difference` is their worst cell's."""

    first: str
    second: str
    is_mirrored: bool
    difference: float


def same_pictures(files: Mapping[str, Path]) -> list[SamePicture]:
    """All pairs of photos that are one picture, in the order of the names given."""
    names = list(files)
    pictures = [Picture.read(file) for file in files.values()]
    found = []
    for one, other, is_mirrored in _candidates(pictures):
        laid = pictures[other].mirrored if is_mirrored else pictures[other]
        difference = worst_difference(pictures[one], laid)
        if difference <= MOST_DIFFERENCE:
            pair = SamePicture(names[one], names[other], is_mirrored, difference)
            found.append((one, other, pair))
    return [pair for _, _, pair in sorted(found)]


def sources(known: KnownCrowd) -> dict[str, Path]:
    """The files of the uploads that repeat no other and are not spoiled, by name, as sent."""
    return {
        upload.name: upload.file
        for upload in known.crowd.uploads
        if known.truth[upload.name].kind in UNSPOILT
    }


def completed(truth: Mapping[str, Truth], pairs: Sequence[SamePicture]) -> dict[str, Truth]:
    """The truth, in which the second photo of each pair repeats what the first repeats."""
    whole = dict(truth)
    for pair in pairs:
        first, second = _source(whole, pair.first), _source(whole, pair.second)
        if first != second:
            whole[second] = replace(whole[second], original=first)
    return whole


def _source(truth: Mapping[str, Truth], name: str) -> str:
    while truth[name].original:
        name = truth[name].original
    return name


def _candidates(pictures: Sequence[Picture]) -> Iterator[tuple[int, int, bool]]:
    if not pictures:
        return
    thumbs = np.stack([picture.thumb for picture in pictures])
    for is_mirrored in (False, True):
        others = (
            np.stack([picture.mirrored.thumb for picture in pictures]) if is_mirrored else thumbs
        )
        for one, other in np.argwhere(np.triu(thumbs @ others.T, 1) > LEAST_ALIKE).tolist():
            yield one, other, is_mirrored
