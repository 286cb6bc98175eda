"""The fields of the form that asks for a training run, as people write them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from imagehub.errors import Refused
from imagehub.training_config import Augmentation, Base, TrainingConfig

WHOLE = {
    "epochs": "Epochs",
    "image_size_pixels": "Image size",
    "photos_per_label": "Fewest photos",
}
BASES = {
    Base.TRANSFER: ("Transfer", "Only the last layer learns. Minutes; best with few photos."),
    Base.FINE_TUNE: ("Fine-tune", "More layers learn too. Longer; for a hundred photos a label."),
    Base.SCRATCH: ("From scratch", "A small ResNet begins with nothing. For thousands of photos."),
}
AUGMENTATIONS = {
    "": "What fits the base",
    Augmentation.NONE: "None: each photo as it is",
    Augmentation.MIRROR: "Mirrored too",
    Augmentation.CROP: "Mirrored, and cut at random places",
}


def read(sent: Mapping[str, str]) -> dict[str, str]:
    """The fields that were sent, clean; those that were not are empty."""
    names = ("base", *WHOLE, "augmentation")
    return {name: sent.get(name, "").strip()[:40] for name in names}


def wish(fields: Mapping[str, str]) -> dict[str, Any]:
    """The fields as a request; Refused(`training_config_wrong`) where a number is none."""
    found: dict[str, Any] = {name: text for name, text in fields.items() if text}
    for name, title in WHOLE.items():
        if name in found:
            if not re.fullmatch(r"[0-9]{1,6}", found[name]):
                raise Refused("training_config_wrong", f"{title}: write a whole number.")
            found[name] = int(found[name])
    return found


def settled(config: TrainingConfig) -> dict[str, str]:
    """The fields of a checked wish, as a form carries them."""
    whole = {name: str(getattr(config, name) or "") for name in WHOLE}
    return {"base": str(config.base), "augmentation": str(config.augmentation), **whole}
