"""The hub's figures on one crowd. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import numpy as np

from deploy.curation.scoring import (
    Bin,
    Pair,
    Score,
    average_precision,
    calibration_error,
    groups_by,
    pairs_within,
    reliability,
    score,
    sources,
)
from deploy.curation.seen import Seen
from imagehub.vocabulary import Outcome
from ingestion.simulation.crowd import UNDECODABLE

Figures = dict[str, float]

GOOD, WRONG = "good", "wrong_label"
CLAIMED = frozenset({GOOD, WRONG})
COPIES = frozenset({"exact_duplicate", "near_duplicate"})
SPOILED = {
    "blurred": frozenset({"blurred"}),
    "dark": frozenset({"dark"}),
    "bright": frozenset({"bright"}),
    "tiny": frozenset({"tiny"}),
}
"""Kinds of spoiled photos, and the findings that name them."""

TOO_SMALL = "too_small"
"""Why landing refuses a tiny photo."""


def figures(seen: Mapping[str, Seen]) -> Figures:
    """Everything that a crowd's truth can tell of what the hub said."""
    bins = calibration_bins(seen)
    return {
        **_wrong_labels(seen),
        **_good_photos(seen),
        **duplicate_figures(seen, found_pairs(seen)),
        **_spoiled(seen),
        "refused_share": _mean(
            not photo.has_landed for photo in of_kinds(seen, UNDECODABLE).values()
        ),
        "calibration_error": calibration_error(bins),
        "calibration_worst_bin": max(abs(bucket.given - bucket.right) for bucket in bins),
        "verified_wrong_share": verified_wrong_share(seen),
    }


def of_kinds(seen: Mapping[str, Seen], kinds: Collection[str]) -> dict[str, Seen]:
    """The uploads of these kinds."""
    return {name: photo for name, photo in seen.items() if photo.truth.kind in kinds}


def claims(seen: Mapping[str, Seen], kinds: Collection[str] = CLAIMED) -> dict[str, Seen]:
    """The landed uploads of these kinds: the population of the wrong labels."""
    return {name: photo for name, photo in of_kinds(seen, kinds).items() if photo.has_landed}


def wrong_label_score(seen: Mapping[str, Seen], found: Collection[str]) -> Score:
    """Score names of uploads said to have a wrong label among `seen`; others are not counted."""
    return score(set(found) & seen.keys(), of_kinds(seen, {WRONG}).keys())


def wrong_label_ranking(seen: Mapping[str, Seen], suspicion: Mapping[str, float]) -> float:
    """Average precision of ranking `seen` by suspicion."""
    return average_precision(
        np.array([photo.truth.kind == WRONG for photo in seen.values()]),
        np.array([suspicion[name] for name in seen]),
    )


def true_pairs(seen: Mapping[str, Seen]) -> set[Pair]:
    """Pairs of landed uploads that show the same photo."""
    source = sources({name: photo.truth.original for name, photo in seen.items()})
    return pairs_within(groups_by({name: source[name] for name in _landed(seen)}))


def found_pairs(seen: Mapping[str, Seen]) -> set[Pair]:
    """Pairs of landed uploads that the hub says show the same photo."""
    return pairs_within(groups_by({name: photo.keeper for name, photo in _landed(seen).items()}))


def duplicate_figures(seen: Mapping[str, Seen], found: set[Pair]) -> Figures:
    """Precision and recall of pairs, of all and of those whose bytes differ."""
    true = true_pairs(seen)
    near = {pair for pair in true | found if _bytes_differ(seen, pair)}
    whole, part = score(found, true), score(found & near, true & near)
    return {
        "duplicate_precision": whole.precision,
        "duplicate_recall": whole.recall,
        "near_duplicate_precision": part.precision,
        "near_duplicate_recall": part.recall,
    }


def spoiled_score(seen: Mapping[str, Seen], kind: str, found: Collection[str]) -> Score:
    """Score names of uploads said to be spoiled so, over all that are photos."""
    photos = {name: photo for name, photo in seen.items() if photo.truth.kind not in UNDECODABLE}
    return score(set(found) & photos.keys(), of_kinds(photos, {kind}).keys())


def calibration_bins(seen: Mapping[str, Seen]) -> list[Bin]:
    """Probability given against the share that is right."""
    population = claims(seen).values()
    return reliability(
        np.array([photo.probability for photo in population]),
        np.array([photo.truth.kind == GOOD for photo in population]),
    )


def verified_wrong_share(seen: Mapping[str, Seen]) -> float:
    """Of the verified (image, label), the share whose image shows something else."""
    wrong = {
        (photo.image_id, photo.claimed): photo.claimed != photo.truth.true_label
        for photo in seen.values()
        if photo.outcome == Outcome.VERIFIED
    }
    return float(np.mean(list(wrong.values()) or [False]))


def claimed_wrong_share(seen: Mapping[str, Seen]) -> float:
    """Of all landed uploads, the share whose photo shows something else."""
    return _mean(photo.claimed != photo.truth.true_label for photo in _landed(seen).values())


def _wrong_labels(seen: Mapping[str, Seen]) -> Figures:
    population, wider = claims(seen), claims(seen, CLAIMED | COPIES)
    found = [name for name, photo in wider.items() if photo.outcome != Outcome.VERIFIED]
    scored = wrong_label_score(population, found)
    suspicion = {name: 1.0 - photo.probability for name, photo in wider.items()}
    return {
        "wrong_label_f1": scored.f1,
        "wrong_label_precision": scored.precision,
        "wrong_label_recall": scored.recall,
        "wrong_label_ap": wrong_label_ranking(population, suspicion),
        "wrong_label_f1_with_copies": wrong_label_score(wider, found).f1,
        "wrong_label_ap_with_copies": wrong_label_ranking(wider, suspicion),
    }


def _good_photos(seen: Mapping[str, Seen]) -> Figures:
    good = claims(seen, {GOOD}).values()
    return {
        "good_verified_share": _mean(photo.outcome == Outcome.VERIFIED for photo in good),
        "good_rejected_share": _mean(photo.outcome == Outcome.REJECTED for photo in good),
    }


def _spoiled(seen: Mapping[str, Seen]) -> Figures:
    found: Figures = {}
    for kind, codes in SPOILED.items():
        named = [name for name, photo in seen.items() if _said(photo) & codes]
        found[f"{kind}_f1"] = spoiled_score(seen, kind, named).f1
        found[f"{kind}_false_alarms"] = len(of_kinds(seen, {GOOD}).keys() & set(named))
    spoiled = claims(seen, SPOILED.keys()).values()
    found["spoiled_verified_share"] = _mean(photo.outcome == Outcome.VERIFIED for photo in spoiled)
    return found


def _said(photo: Seen) -> frozenset[str]:
    return photo.findings | ({"tiny"} if photo.code == TOO_SMALL else frozenset())


def _landed(seen: Mapping[str, Seen]) -> dict[str, Seen]:
    return {name: photo for name, photo in seen.items() if photo.has_landed}


def _bytes_differ(seen: Mapping[str, Seen], pair: Pair) -> bool:
    left, right = pair
    return seen[left].photo_sha256 != seen[right].photo_sha256


def _mean(flags: Iterable[bool]) -> float:
    return float(np.mean(list(flags) or [True]))
