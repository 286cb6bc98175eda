"""Trained models for photos that people upload to try them, decoded in a confined child."""

from __future__ import annotations

from dataclasses import dataclass

from imagehub.sandbox.pool import Sandbox
from imagehub.vision.trained import TrainedModels


@dataclass(frozen=True, slots=True)
class ConfinedModels:
    """Trained models, and the confined child in which a photo is decoded for them."""

    sandbox: Sandbox
    models: TrainedModels
