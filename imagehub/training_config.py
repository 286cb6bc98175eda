"""What may be asked of a training run, whether a release is enough for it, and what it will take.

Pure: the web side checks a wish with it before it writes the wish down, the trainer before it runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from imagehub.errors import Refused

HELD_OUT = ("test", "validation")
"""Splits that a model is measured on, the first that a release has."""

SMALLEST_LABELS = 2


class Base(StrEnum):
    """What training begins from."""

    TRANSFER = "transfer"
    """A frozen pretrained network; only the head on its features is trained. Minutes on a CPU."""
    FINE_TUNE = "fine-tune"
    """The same network, the later half of which is trained on too. Many minutes on a CPU."""
    SCRATCH = "scratch"
    """A small ResNet that knows nothing yet."""


class Augmentation(StrEnum):
    """How training photos are varied."""

    NONE = "none"
    MIRROR = "mirror"
    """Each photo as it is and mirrored."""
    CROP = "crop"
    """Mirrored at random, and a part of the photo at a random place; not with transfer."""


class TrainingConfig(BaseModel):
    """One wish, complete: what is not given has a default that fits the base."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: Base = Base.TRANSFER
    epochs: int = Field(default=0, ge=0, le=200)
    image_size_pixels: int = Field(default=0, ge=0, le=224)
    augmentation: Augmentation | Literal["default"] = "default"
    batch: int = Field(default=64, ge=8, le=512)
    learning_rate: float = Field(default=0.001, gt=0, le=1)
    photos_per_label: int = Field(default=20, ge=2, le=10_000)
    seed: int = Field(default=1, ge=0, lt=2**31)

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        base = data.get("base", Base.TRANSFER)
        return {**_DEFAULTS.get(str(base), {}), **data}

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.epochs < 1:
            raise ValueError("epochs must be 1 or more")
        if self.base is not Base.SCRATCH and self.image_size_pixels:
            raise ValueError("a pretrained network has its own image size: leave it out")
        if self.base is Base.TRANSFER and self.augmentation is Augmentation.CROP:
            raise ValueError("a frozen network sees no crops: take mirror or none")
        if self.base is Base.SCRATCH and (
            self.image_size_pixels < 32 or self.image_size_pixels % 16
        ):
            raise ValueError("image_size_pixels must be 32 to 224 in steps of 16")
        return self


_DEFAULTS: dict[str, dict[str, Any]] = {
    Base.TRANSFER: {
        "epochs": 40,
        "augmentation": Augmentation.MIRROR,
        "learning_rate": 0.01,
    },
    Base.FINE_TUNE: {
        "epochs": 5,
        "augmentation": Augmentation.CROP,
        "batch": 32,
        "learning_rate": 0.0001,
    },
    Base.SCRATCH: {"epochs": 30, "image_size_pixels": 64, "augmentation": Augmentation.CROP},
}


def read(fields: Mapping[str, Any]) -> TrainingConfig:
    """Check a wish; raise Refused(`training_config_wrong`) naming the first field that is wrong."""
    try:
        return TrainingConfig.model_validate(dict(fields))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        what = str(first["msg"]).removeprefix("Value error, ")
        message = f"{where}: {what}" if where else what
        raise Refused("training_config_wrong", f"This cannot be trained: {message}.") from error


@dataclass(frozen=True, slots=True)
class ShortLabel:
    """A label with too few photos."""

    label: str
    photos: int


Summary = Mapping[str, Mapping[str, int]]
"""Per label and split: files, as a release's row has it."""


def short_labels(summary: Summary, photos_per_label: int) -> list[ShortLabel]:
    """Labels with fewer photos than a run needs, the shortest first."""
    counts = [ShortLabel(label, sum(splits.values())) for label, splits in summary.items()]
    short = [found for found in counts if found.photos < photos_per_label]
    return sorted(short, key=lambda found: (found.photos, found.label))


def held_out_split(summary: Summary) -> str | None:
    """The split that a model of this release is measured on; None if nothing is held out."""
    present = {split for splits in summary.values() for split, files in splits.items() if files}
    return next((split for split in HELD_OUT if split in present), None)


def require_enough(summary: Summary, config: TrainingConfig) -> None:
    """Raise Refused, saying what is missing, unless a release is enough for the wish."""
    if len(summary) < SMALLEST_LABELS:
        raise Refused(
            "too_few_labels", "A model tells labels apart: the release needs two or more."
        )
    short = short_labels(summary, config.photos_per_label)
    if short:
        named = ", ".join(f"{label.label} ({label.photos})" for label in short[:10])
        more = f" and {len(short) - 10} more" if len(short) > 10 else ""
        raise Refused(
            "too_few_photos",
            f"Each label needs {config.photos_per_label} photos. Too few have {named}{more}."
            " Collect more, leave these labels out, or ask for fewer photos a label.",
        )
    untaught = sorted(label for label, splits in summary.items() if not splits.get("train"))
    if untaught:
        raise Refused("nothing_to_train_on", f"No photo to train on has {', '.join(untaught)}.")
    if held_out_split(summary) is None:
        raise Refused(
            "nothing_held_out",
            "The release holds no photos back to measure a model on: give its subset a test or"
            " validation split.",
        )


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run will take: seconds from its start, and minutes of executors, all together."""

    seconds: float
    executor_minutes: float


PHOTOS_A_SECOND_READ = 60.0
"""Photos that one core takes from a release and makes small."""

PHOTOS_A_SECOND_LOOKED = 60.0
"""Photos of 224 px that one core runs through a frozen network."""

PHOTOS_A_SECOND_TUNED = 20.0
"""Photos of 224 px that one core trains the later half of a pretrained network on."""

PHOTOS_A_SECOND_TRAINED = 150.0
"""Photos of 64 px that one core trains the small ResNet on."""

START_SECONDS = 60.0
EXPORT_SECONDS = 45.0


def estimate(config: TrainingConfig, summary: Summary, executors: int) -> Estimate:
    """Estimate a run on executors of one core each; rough, from one machine's rates."""
    photos = sum(files for splits in summary.values() for files in splits.values())
    trained = sum(splits.get("train", 0) for splits in summary.values())
    seconds = photos / PHOTOS_A_SECOND_READ
    if config.base is not Base.SCRATCH:
        copies = 2 if config.augmentation is Augmentation.MIRROR else 1
        seconds += photos * copies / PHOTOS_A_SECOND_LOOKED
    if config.base is Base.FINE_TUNE:
        seconds += config.epochs * trained / PHOTOS_A_SECOND_TUNED
    if config.base is Base.SCRATCH:
        larger = (config.image_size_pixels / 64) ** 2
        seconds += config.epochs * trained * larger / PHOTOS_A_SECOND_TRAINED
    on_executors = START_SECONDS + seconds / max(executors, 1)
    return Estimate(on_executors + EXPORT_SECONDS, on_executors * executors / 60)
