"""Who sends which photo as what, and when. Pure: the same scenes and seed give the same plan."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from deploy.demo.sample_crowd.damage import NEAR_COPIES
from deploy.demo.sample_crowd.people import PEOPLE, Person
from deploy.demo.sample_crowd.scenes import ShippedScene
from imagehub.vocabulary import Label

SENT_SO = {"wrong_label": 0.06, "blurred": 0.015, "dark": 0.0125, "bright": 0.0125}
"""Each photo is sent once: such shares of them in these ways, the rest well."""

SENT_AGAIN = {
    "exact_duplicate": 0.05,
    "near_duplicate": 0.09,
    "tiny": 0.0125,
    "truncated": 0.0125,
    "not_an_image": 0.0125,
}
"""Such shares of the photos are sent once more, by anybody. What lands of them is a copy."""

DUPLICATES = frozenset({"exact_duplicate", "near_duplicate"})
FIRST_AT = datetime(2026, 5, 1, 6, tzinfo=UTC)
DAYS = 18


@dataclass(frozen=True, slots=True)
class PlannedUpload:
    """Somebody sends a photo as something.

    `detail` says how a near copy was made; `original` names the upload that a duplicate repeats.
    """

    name: str
    kind: str
    detail: str
    scene: ShippedScene
    claimed: Label
    original: str
    sender: Person
    sent_at: datetime


@dataclass(frozen=True, eq=False)
class _Draft:
    """A sending before it has a place in the order; `moment` runs from 0 to 1."""

    moment: float
    kind: str
    scene: ShippedScene
    original: _Draft | None = None


def plan(scenes: Sequence[ShippedScene], seed: int = 1) -> list[PlannedUpload]:
    """All sendings in the order in which they arrive: a copy comes after what it repeats."""
    chance = random.Random(f"{seed}/plan")  # noqa: S311 - luck, not a secret
    drafts = sorted(_drafts(scenes, chance), key=lambda draft: draft.moment)
    names = {id(draft): f"s{number:04d}" for number, draft in enumerate(drafts)}
    labels = sorted({scene.label for scene in scenes}, key=lambda label: label.mid)
    return [_sending(draft, names, labels, chance) for draft in drafts]


def _drafts(scenes: Sequence[ShippedScene], chance: random.Random) -> list[_Draft]:
    kinds = [kind for kind, share in SENT_SO.items() for _ in range(round(share * len(scenes)))]
    kinds += ["good"] * (len(scenes) - len(kinds))
    chance.shuffle(kinds)
    firsts = [
        _Draft(chance.random(), kind, scene) for kind, scene in zip(kinds, scenes, strict=True)
    ]
    good = [draft for draft in firsts if draft.kind == "good"]
    again = []
    for kind, share in SENT_AGAIN.items():
        for first in chance.sample(good, round(share * len(scenes))):
            moment = chance.uniform(first.moment, 1.0)
            again.append(_Draft(moment, kind, first.scene, first if kind in DUPLICATES else None))
    return firsts + again


def _sending(
    draft: _Draft, names: Mapping[int, str], labels: Sequence[Label], chance: random.Random
) -> PlannedUpload:
    shown = draft.scene.label
    is_wrong = draft.kind == "wrong_label"
    return PlannedUpload(
        name=names[id(draft)],
        kind=draft.kind,
        detail=chance.choice(list(NEAR_COPIES)) if draft.kind == "near_duplicate" else "",
        scene=draft.scene,
        claimed=chance.choice([label for label in labels if label != shown]) if is_wrong else shown,
        original=names[id(draft.original)] if draft.original else "",
        sender=_sender(is_wrong, chance),
        sent_at=FIRST_AT + timedelta(seconds=round(draft.moment * DAYS * 86_400)),
    )


def _sender(is_wrong: bool, chance: random.Random) -> Person:
    """Anybody by weight; a wrong label comes from those who often err."""
    weights = [
        person.weight * (person.wrong_share if is_wrong else 1 - person.wrong_share)
        for person in PEOPLE
    ]
    return chance.choices(PEOPLE, weights)[0]
