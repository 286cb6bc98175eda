"""Crowds in which a fifth of the accounts lie by agreement. Pure: only claims change, no photo.

Colluders send what they sent before, but claim, with some probability, what they agreed on; the
other times, and before they turn, they tell the truth. Everybody else claims what he claimed.
"""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ingestion.simulation.crowd import Crowd, CrowdUpload, Truth
from tests.benchmarks.curation.crowds import KnownCrowd

ACCOUNTS_SHARE = 0.2
LIE_SHARES = (1.0, 0.6)
COPIES = 2
IDS = uuid.UUID("0b9b9f0e-3b0a-4b57-9f3c-0d5a4c1f7d11")

Label = tuple[str, str]
"""MID and name."""

Lies = Mapping[str, Label]
"""What colluders claim, by the name of the true label; others are claimed rightly."""


@dataclass(frozen=True)
class Plot:
    """How colluders lie: what they claim for what, from when on, and who repeats whom."""

    name: str
    lies: Callable[[random.Random, Mapping[str, Label], Counter[str]], Lies]
    turn_after_share: float = 0.0
    copies: int = 0


def permutation(dice: random.Random, labels: Mapping[str, Label], _: Counter[str]) -> Lies:
    """Every label becomes another one, the same for all colluders."""
    names = sorted(labels)
    dice.shuffle(names)
    return {name: labels[names[number - 1]] for number, name in enumerate(names)}


def one_pair(dice: random.Random, labels: Mapping[str, Label], sent: Counter[str]) -> Lies:
    """The label that colluders have the most photos of becomes one other."""
    source = max(sorted(labels), key=lambda name: sent[name])
    return {source: labels[dice.choice(sorted(labels.keys() - {source}))]}


def one_target(dice: random.Random, labels: Mapping[str, Label], _: Counter[str]) -> Lies:
    """Every label becomes one and the same."""
    target = dice.choice(sorted(labels))
    return {name: labels[target] for name in labels if name != target}


PLOTS = (
    Plot("permutation", permutation),
    Plot("one_pair", one_pair),
    Plot("one_target", one_target),
    Plot("turning", permutation, turn_after_share=0.5),
    Plot("copying", permutation, copies=COPIES),
)


def collude(known: KnownCrowd, plot: Plot, lie_share: float, seed: int) -> KnownCrowd:
    """The same crowd with a fifth of its accounts in the plot."""
    dice = random.Random(seed)
    people = known.crowd.contributors
    gang = sorted(dice.sample(people, round(ACCOUNTS_SHARE * len(people))))
    labels = {upload.label: (upload.mid, upload.label) for upload in known.crowd.uploads}
    sent = Counter(
        known.truth[upload.name].true_label
        for upload in known.crowd.uploads
        if upload.contributor in gang
    )
    lies = plot.lies(dice, labels, sent)
    uploads: list[CrowdUpload] = []
    truth: dict[str, Truth] = {}
    for position, upload in enumerate(known.crowd.uploads):
        fact = known.truth[upload.name]
        if upload.contributor not in gang or not fact.true_label:
            uploads.append(_sent_again(upload, upload.name, seed))
            truth[upload.name] = fact
            continue
        has_turned = position >= plot.turn_after_share * len(known.crowd.uploads)
        lie = lies.get(fact.true_label) if has_turned and dice.random() < lie_share else None
        mid, label = lie or labels.get(fact.true_label, (upload.mid, upload.label))
        claimed = replace(upload, mid=mid, label=label)
        others = [name for name in gang if name != upload.contributor]
        helpers = dice.sample(others, min(plot.copies, len(others))) if lie else []
        for number, who in enumerate([upload.contributor, *helpers]):
            name = upload.name if number == 0 else f"{upload.name}-{number}"
            uploads.append(_sent_again(replace(claimed, contributor=who), name, seed))
            truth[name] = fact
    return KnownCrowd(Crowd(known.crowd.folder, tuple(uploads)), truth)


def _sent_again(upload: CrowdUpload, name: str, seed: int) -> CrowdUpload:
    return replace(upload, name=name, id=uuid.uuid5(IDS, f"{seed}/{name}"))
