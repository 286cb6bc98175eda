"""What others find in the same uploads: cleanlab, perceptual hashes, cosine, cleanvision.

Only here are the packages of the extra `curation` needed. Each tool is used as its own guide says,
with its defaults, and is given what it needs as good as we have it: cleanlab gets cross-validated
probabilities of a logistic regression on the features of the hub's own embedding network, with the
strength of regularisation (C = 10) that served it best on the development crowd.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path

import imagehash
import numpy as np
import numpy.typing as npt
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from cleanvision import Imagelab
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from deploy.curation.measures import (
    Figures,
    claims,
    duplicate_figures,
    spoiled_score,
    wrong_label_ranking,
    wrong_label_score,
)
from deploy.curation.scoring import Pair, pairs_within
from deploy.curation.seen import Seen
from imagehub.photo import read_view
from imagehub.settings import Settings
from imagehub.storage import keys
from imagehub.storage.protocol import ObjectStore
from imagehub.vision.featurizer import Featurizer
from imagehub.vision.registry import Networks, choose

FOLDS = 5
REGULARISATION = 10.0
CLEANLAB_FILTERS = {"cleanlab": "prune_by_noise_rate", "cleanlab_margin": "low_normalized_margin"}
"""cleanlab's default, and the filter that did best on the development crowd."""

PHASH_BITS = (0, 4, 10)
"""10 is imagededup's default."""

COSINES = (0.93, 0.95)
CLEANVISION_ISSUES = {"blurred": "blurry", "dark": "dark", "bright": "light", "tiny": "odd_size"}
PHOTOS_AT_ONCE = 64

Float32s = npt.NDArray[np.float32]
Bits = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Material:
    """The landed uploads of a crowd as peers get them; the parts are in one order.

    `photos` are the files of all uploads that are photos, by name, also of those that landing
    refused as too small.
    """

    names: Sequence[str]
    files: Sequence[Path]
    labels: Sequence[str]
    features: Float32s
    photos: Mapping[str, Path]


def features(settings: Settings, store: ObjectStore, photos: Sequence[str]) -> Float32s:
    """The embedding network's features of stored photos, by digest: one row of length 1 each."""
    networks = choose(settings)
    featurizer = Featurizer(Networks(networks.embedding, None), threads=2)
    distinct = sorted(set(photos))
    rows: dict[str, Float32s] = {}
    for first in range(0, len(distinct), PHOTOS_AT_ONCE):
        some = distinct[first : first + PHOTOS_AT_ONCE]
        looked = featurizer.look([read_view(store.get(keys.view(photo))) for photo in some])
        rows |= zip(some, looked.features, strict=True)
    raw = np.stack([rows[photo] for photo in photos])
    units: Float32s = raw / np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), 1e-9)
    return units


def figures(seen: Mapping[str, Seen], material: Material) -> Figures:
    """Everything that the peers find, each figure under its peer's name."""
    return {
        **_cleanlab(seen, material),
        **_hashes(seen, material),
        **_cosine(seen, material),
        **_cleanvision(seen, material),
    }


def _cleanlab(seen: Mapping[str, Seen], material: Material) -> Figures:
    labels, numbers = np.unique(material.labels, return_inverse=True)
    counts = np.bincount(numbers, minlength=len(labels))
    probabilities = cross_val_predict(
        LogisticRegression(C=REGULARISATION, max_iter=1000),
        material.features,
        numbers,
        cv=StratifiedKFold(min(FOLDS, int(counts.min())), shuffle=True, random_state=0),
        method="predict_proba",
    )
    quality = get_label_quality_scores(numbers, probabilities)
    suspicion = {name: -float(score) for name, score in zip(material.names, quality, strict=True)}
    population = claims(seen)
    found: Figures = {"cleanlab_wrong_label_ap": wrong_label_ranking(population, suspicion)}
    for peer, kind in CLEANLAB_FILTERS.items():
        issues = find_label_issues(numbers, probabilities, filter_by=kind)
        named = [name for name, issue in zip(material.names, issues, strict=True) if issue]
        scored = wrong_label_score(population, named)
        found[f"{peer}_wrong_label_f1"] = scored.f1
        found[f"{peer}_wrong_label_precision"] = scored.precision
        found[f"{peer}_wrong_label_recall"] = scored.recall
    return found


def _hashes(seen: Mapping[str, Seen], material: Material) -> Figures:
    hashes = np.stack([imagehash.phash(Image.open(file)).hash.ravel() for file in material.files])
    signs = np.where(hashes, 1, -1).astype(np.float32)
    apart = (signs.shape[1] - signs @ signs.T) / 2
    found: Figures = {}
    for bits in PHASH_BITS:
        found |= _pair_figures(f"phash{bits}", seen, material, apart <= bits)
    return found


def _cosine(seen: Mapping[str, Seen], material: Material) -> Figures:
    alike = material.features @ material.features.T
    found: Figures = {}
    for least in COSINES:
        found |= _pair_figures(f"cosine{round(100 * least)}", seen, material, alike >= least)
    return found


def _cleanvision(seen: Mapping[str, Seen], material: Material) -> Figures:
    by_file = {str(file): name for name, file in material.photos.items()}
    lab = Imagelab(filepaths=list(by_file))
    issues = [*CLEANVISION_ISSUES.values(), "near_duplicates", "exact_duplicates"]
    with redirect_stderr(io.StringIO()):  # it draws progress bars, whatever `verbose` says
        lab.find_issues({issue: {} for issue in issues}, n_jobs=2, verbose=False)
    found: Figures = {}
    for kind, issue in CLEANVISION_ISSUES.items():
        flagged = lab.issues.index[lab.issues[f"is_{issue}_issue"]]
        named = [by_file[file] for file in flagged]
        found[f"cleanvision_{kind}_f1"] = spoiled_score(seen, kind, named).f1
    sets = [
        [by_file[file] for file in group]
        for kind in ("exact_duplicates", "near_duplicates")
        for group in lab.info[kind]["sets"]
    ]
    pairs = pairs_within([name for name in group if seen[name].has_landed] for group in sets)
    return found | _named("cleanvision", duplicate_figures(seen, pairs))


def _pair_figures(
    peer: str, seen: Mapping[str, Seen], material: Material, is_pair: Bits
) -> Figures:
    rows, columns = np.nonzero(np.triu(is_pair, 1))
    names = material.names
    pairs: set[Pair] = {
        (min(names[row], names[column]), max(names[row], names[column]))
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    }
    return _named(peer, duplicate_figures(seen, pairs))


def _named(peer: str, found: Figures) -> Figures:
    return {f"{peer}_{name}": figure for name, figure in found.items()}
