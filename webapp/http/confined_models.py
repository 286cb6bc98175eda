"""What looks at photos that people try a trained model with."""

from __future__ import annotations

from dataclasses import dataclass

from imagehub.sandbox.pool import Sandbox
from imagehub.vision.trained import TrainedModels


@dataclass(frozen=True, slots=True)
class ConfinedModels:
    """Trained models, and the confined child in which a photo is decoded for them."""

    sandbox: Sandbox
    models: TrainedModels
