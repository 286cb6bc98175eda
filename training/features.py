"""What a frozen network sees in the photos of a shard, kept so that every later run has it.

The network is the hub's own, run by OpenVINO as verification runs it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imagehub.errors import Refused
from imagehub.photo import read_view
from imagehub.settings import Settings
from imagehub.vision import registry
from imagehub.vision.featurizer import Featurizer
from imagehub.vision.network import Found, NetworkOutput, Networks
from training.dataset import ShardPhoto
from training.shards import ShardFacts

RECIPE = 1
"""Version of the code that makes features; part of their keys."""

PHOTOS_A_LOOK = 32


@dataclass(frozen=True, slots=True, eq=False)
class FeatureSet:
    """N x D float32 features with the class and the image id of each.

    `mirrored` are the features of the mirrored photos, or has no rows.
    """

    features: npt.NDArray[np.float32]
    mirrored: npt.NDArray[np.float32]
    classes: npt.NDArray[np.int64]
    image_ids: tuple[str, ...]


FOLDER = f"training/features/{RECIPE}/"


def key(shard: ShardFacts, network_sha256: str, mirrored: bool) -> str:
    """Where the features of a shard lie: by the bytes that were looked at and the network."""
    varied = "mirrored" if mirrored else "plain"
    return f"{FOLDER}{network_sha256}/{shard.sha256}-{varied}.npz"


def shard_of(key: str) -> str:
    """The sha256 of the shard that was looked at, from a key of its features."""
    return key.rpartition("/")[2].partition("-")[0]


def frozen_network(settings: Settings) -> Found:
    """The network of the settings whose features make embeddings."""
    return registry.choose(settings).embedding


def named_network(settings: Settings, sha256: str) -> Found:
    """The network with this checksum on this machine; Refused if it is not here."""
    for network in registry.candidates(NetworkOutput.EMBEDDING, settings.models):
        if network.sha256 == sha256 and (found := registry.find(network, settings.models)):
            return found
    raise Refused(
        "network_missing",
        f"The frozen network of this run (sha256 {sha256[:12]}…) is not in {settings.models} on"
        " this machine: every executor needs the same networks.",
    )


def look(
    network: Found,
    photos: Sequence[ShardPhoto],
    mirrored: bool,
    threads: int,
    beat: Callable[[], None] = lambda: None,
) -> FeatureSet:
    """Look at the photos of a shard, and at their mirrored selves where that is wanted."""
    eyes = Featurizer(Networks(network, None), threads)
    plain: list[npt.NDArray[np.float32]] = []
    turned: list[npt.NDArray[np.float32]] = []
    for some in _pieces(photos):
        views = [read_view(photo.jpeg) for photo in some]
        plain.append(eyes.look(views).features)
        if mirrored:
            turned.append(
                eyes.look([np.ascontiguousarray(view[:, ::-1]) for view in views]).features
            )
        beat()
    empty = np.zeros((0, network.network.outputs), np.float32)
    return FeatureSet(
        np.concatenate([empty, *plain]),
        np.concatenate([empty, *turned]),
        np.array([photo.class_number for photo in photos], np.int64),
        tuple(photo.image_id for photo in photos),
    )


def write(found: FeatureSet) -> bytes:
    """The features as an .npz of plain numbers."""
    buffer = io.BytesIO()
    np.savez(
        buffer,
        features=found.features,
        mirrored=found.mirrored,
        classes=found.classes,
        image_ids=np.array(found.image_ids, "S"),
    )
    return buffer.getvalue()


def read(data: bytes) -> FeatureSet:
    """Read what `write` wrote; no code can be in it."""
    with np.load(io.BytesIO(data), allow_pickle=False) as fields:
        return FeatureSet(
            fields["features"],
            fields["mirrored"],
            fields["classes"],
            tuple(image_id.decode() for image_id in fields["image_ids"]),
        )


def joined(parts: Sequence[FeatureSet]) -> FeatureSet:
    """Several sets as one."""
    return FeatureSet(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.mirrored for part in parts]),
        np.concatenate([part.classes for part in parts]),
        tuple(image_id for part in parts for image_id in part.image_ids),
    )


def _pieces(photos: Sequence[ShardPhoto]) -> Iterator[Sequence[ShardPhoto]]:
    for start in range(0, len(photos), PHOTOS_A_LOOK):
        yield photos[start : start + PHOTOS_A_LOOK]
