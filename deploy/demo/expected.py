"""What must hold of the crowd that ships with the hub. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deploy.demo.looks import Clusters
from deploy.demo.report import Promise, at_least
from imagehub.answers.operation import Status

LEAST_VERIFIED = 450
LEAST_CLUSTERS = 2
WRONG_LABELS_LEAST = 0.9

LEAST: Mapping[str, tuple[str, float]] = {
    "wrong_label_f1": ("wrong labels are found (F1)", WRONG_LABELS_LEAST),
    "duplicate_precision": ("what is said to be one photo is one (precision)", 0.95),
    "duplicate_recall": ("copies are found (recall)", 0.95),
    "good_verified_share": ("good photos are verified without a person", 0.95),
    "clusters_to_chance": ("clusters are purer than chance", 1.5),
}
"""The least that a figure may be, and what it says."""


def promises(
    figures: Mapping[str, float], counts: Status, clusters: Sequence[Clusters]
) -> list[Promise]:
    """Whether the hub made of these photos what it should; `clusters` has one entry a label."""
    fewest = min((len(cluster) for cluster in clusters), default=0)
    return [
        at_least("verified photos", counts.verified, LEAST_VERIFIED),
        at_least("clusters of the label that has the fewest", fewest, LEAST_CLUSTERS),
        *(at_least(sentence, figures[name], least) for name, (sentence, least) in LEAST.items()),
    ]
