"""A network as it was read, before it is made smaller and written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagehub.vision.card import Classes, Features
from imagehub.vision.network import Preparation


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """Where a network comes from; `sha256` is that of the file that was read."""

    name: str
    source: str
    licence: str
    read_from: str
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class NetworkSource:
    """An OpenVINO model that takes uint8 RGB and gives features and probabilities.

    `labels` is the table of its classes, as of `class_map`; None where it has no classes.
    `limits` are sentences for the card.
    """

    origin: Origin
    model: Any
    side_pixels: int
    preparation: Preparation
    features: Features | None
    classes: Classes | None
    labels: str | None
    limits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checksum:
    """A published checksum of a file; `algorithm` is md5 or sha256."""

    algorithm: str
    digits: str


@dataclass(frozen=True, slots=True)
class SuppliedFile:
    """What an operator gives for preparing: a file instead of the published one, its labels."""

    file: Path | None = None
    labels: Path | None = None
    sha256: str | None = None
