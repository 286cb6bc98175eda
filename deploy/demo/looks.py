"""Do photos of one cluster have more in common than chance? Pure."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from deploy.demo.sample_crowd.scenes import ShippedScene
from imagehub.catalogue.operation.audit import ClusteredImage

SHUFFLES = 200

Traits = tuple[str, ...]
Clusters = Sequence[Sequence[Traits]]
"""The traits of every member of each cluster of one label."""


def clusters_by_label(
    members: Sequence[ClusteredImage], scenes: Mapping[str, ShippedScene]
) -> dict[str, Clusters]:
    """The clusters of each label with their members' traits; `scenes` is by image id.

    Images without a scene are left out.
    """
    found: dict[str, dict[int, list[Traits]]] = defaultdict(lambda: defaultdict(list))
    for image in members:
        if image.image_id in scenes:
            found[image.label][image.ordinal].append(scenes[image.image_id].traits)
    return {label: list(clusters.values()) for label, clusters in found.items()}


def to_chance(labels: Mapping[str, Clusters], seed: int = 1) -> float:
    """How much purer clusters are in the trait that fits them best than shuffled ones are.

    Of a label each trait's purity (the share of members with their cluster's most frequent value)
    is divided by its mean over clusters of the same sizes and shuffled members; the largest of
    these counts. So does the largest of each shuffle, and the mean over the labels is divided by
    theirs: 1 is chance, though the best of several traits is taken. Labels of one cluster are left
    out; 1.0 where none is left.
    """
    chance = random.Random(seed)  # noqa: S311 - luck, not a secret
    own, shuffled = 0.0, 0.0
    for clusters in labels.values():
        if len(clusters) > 1:
            best, best_by_chance = _best(clusters, chance)
            own, shuffled = own + best, shuffled + best_by_chance
    return own / shuffled if shuffled else 1.0


def _best(clusters: Clusters, chance: random.Random) -> tuple[float, float]:
    members = [traits for cluster in clusters for traits in cluster]
    sizes = [len(cluster) for cluster in clusters]
    shuffles = []
    for _ in range(SHUFFLES):
        chance.shuffle(members)
        shuffles.append(_purities(_cut(members, sizes)))
    usual = [sum(column) / SHUFFLES for column in zip(*shuffles, strict=True)]
    own = _largest_ratio(_purities(clusters), usual)
    return own, sum(_largest_ratio(purities, usual) for purities in shuffles) / SHUFFLES


def _largest_ratio(purities: Sequence[float], usual: Sequence[float]) -> float:
    return max(own / mean for own, mean in zip(purities, usual, strict=True))


def _purities(clusters: Clusters) -> list[float]:
    """For each trait the share of members with their cluster's most frequent value."""
    members = sum(len(cluster) for cluster in clusters)
    traits = len(clusters[0][0])
    return [
        sum(max(Counter(look[trait] for look in cluster).values()) for cluster in clusters)
        / members
        for trait in range(traits)
    ]


def _cut(members: Sequence[Traits], sizes: Sequence[int]) -> list[Sequence[Traits]]:
    rest = iter(members)
    return [[next(rest) for _ in range(size)] for size in sizes]
