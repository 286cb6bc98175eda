"""Choose the files of a release from what the label sets offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from imagehub.subsets import Assignment, Offer, SubsetRules
from spark_jobs.release.selection.splits import Splits, first_splits, split_of


@dataclass(frozen=True, slots=True)
class ChosenImage:
    """An image of the release: its label, its split, and each true label with its probability."""

    image_id: str
    group: str
    label: str
    split: str
    labels: tuple[tuple[str, float], ...]


def choose(
    offers: Iterable[Offer], rules: SubsetRules, history: Sequence[Assignment] = ()
) -> list[ChosenImage]:
    """Choose each image once, under the nearest of its labels, no more than the cap for a label.

    An image stays in the split that it had before, and a group is never torn: an image whose
    group has since been found to belong to another split is left out.

    `imagehub.catalogue.releases.subsets.count` is a second copy of this rule, in SQL, for previews.
    """
    splits = _current(history, rules.splits)
    group_splits = first_splits(splits)
    own_splits = {past.image_id: past.split for past in splits}
    taken: dict[str, int] = {}
    choices = []
    for image_id, ways in groupby(sorted(offers, key=_order), key=lambda offer: offer.image_id):
        choice = _choice(list(ways), rules.splits, group_splits)
        if own_splits.get(image_id, choice.split) != choice.split:
            continue
        taken[choice.label] = taken.get(choice.label, 0) + 1
        if rules.cap_per_label is None or taken[choice.label] <= rules.cap_per_label:
            choices.append(choice)
    return choices


def _current(history: Sequence[Assignment], splits: Splits) -> list[Assignment]:
    """Forget assignments to splits that the subset has no more."""
    names = {name for name, _ in splits}
    return [past for past in history if past.split in names]


def _order(offer: Offer) -> tuple[str, int, str, str]:
    """Images in order of ids, which are digests: a cap takes a fair and steady sample."""
    return offer.image_id, offer.distance, offer.label, offer.claimed_label


def _choice(ways: list[Offer], splits: Splits, group_splits: Mapping[str, str]) -> ChosenImage:
    nearest = ways[0]
    labels = {nearest.label: nearest.probability}
    for offer in ways:
        labels[offer.claimed_label] = max(offer.probability, labels.get(offer.claimed_label, 0.0))
    return ChosenImage(
        image_id=nearest.image_id,
        group=nearest.group,
        label=nearest.label,
        split=group_splits.get(nearest.group) or split_of(nearest.group, splits),
        labels=tuple(sorted(labels.items())),
    )
