"""An operator's own network: a SavedModel, ONNX or TFLite file and a TOML file that describes it.

OpenVINO reads all three formats as graphs of its own known operations; nothing in them is run as
Python, and formats that carry code (pickles, whole Keras models) are refused.
"""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from imagehub.errors import Refused
from imagehub.vision import class_map, graph
from imagehub.vision.card import NAME, Classes, Features
from imagehub.vision.label_list import read_list
from imagehub.vision.network import Colours, Preparation, Scores
from imagehub.vision.pixels import take_pixels
from imagehub.vision.prepared import sha256_of
from imagehub.vision.recipes import RECIPES
from imagehub.vision.source import NetworkSource, Origin

SUFFIXES = (".onnx", ".tflite")
SAVED_MODEL = "saved_model.pb"


class NetworkDescription(BaseModel):
    """What the TOML file says. Paths are relative to it.

    `features` and `classes` name tensors or layers. `scores` says what the classes' outputs are
    when they are probabilities, `from_logits` that they are not yet. `unit` is what one step of
    the outputs is worth, 1/256 for probabilities in bytes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=f"^{NAME}$")
    source: str = Field(min_length=1)
    licence: str = Field(min_length=1)
    file: str
    side_pixels: int = Field(ge=16, le=1024)
    layout: Literal["NCHW", "NHWC"]
    colours: Colours = Colours.RGB
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    features: str | None = None
    classes: str | None = None
    labels: str | None = None
    scores: Scores | None = None
    from_logits: bool = False
    unit: float = Field(default=1.0, gt=0)

    @model_validator(mode="after")
    def _is_whole(self) -> NetworkDescription:
        if self.name in RECIPES:
            raise ValueError(f"the name {self.name} is taken by a published network")
        if not (self.features or self.classes):
            raise ValueError("give features, classes or both")
        if bool(self.classes) != bool(self.labels):
            raise ValueError("classes and labels belong together")
        if self.classes and self.scores is None:
            raise ValueError(
                'say scores = "softmax" (one class a photo) or "sigmoid" (each class for itself)'
            )
        if 0.0 in self.scale:
            raise ValueError("scale is divided by: it cannot be 0")
        return self


def open_own(path: Path) -> NetworkSource:
    """Read the description and the network that it names; raise Refused with what is wrong."""
    text = _describe(path)
    file = path.parent / text.file
    model = _read(file, text)
    features = _rows(model, text.features, 1.0)
    classes = _rows(model, text.classes, text.unit)
    if classes is not None and text.from_logits and text.scores is not None:
        classes = graph.probabilities(classes, text.scores)
    counts = [part and int(part.shape[1]) for part in (features, classes)]
    labels = read_list(path.parent / str(text.labels), counts[1]) if counts[1] else None
    preparation = Preparation(text.colours, text.mean, text.scale)
    return NetworkSource(
        origin=Origin(text.name, text.source, text.licence, file.name, _sha256(file)),
        model=take_pixels(graph.with_outputs(model, features, classes), preparation, text.layout),
        side_pixels=text.side_pixels,
        preparation=preparation,
        features=_features(text, counts[0]),
        classes=_classes(text, counts[1]),
        labels=class_map.table_of(labels) if labels else None,
    )


def _describe(path: Path) -> NetworkDescription:
    try:
        return NetworkDescription.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused("no_description", f"{path} cannot be read as TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Refused(
            "wrong_description", f"{path}: {where + ': ' if where else ''}{first['msg']}."
        ) from error


def _read(file: Path, text: NetworkDescription) -> Any:
    import openvino as ov

    if file.suffix not in SUFFIXES and not (file / SAVED_MODEL).is_file():
        raise Refused(
            "wrong_format",
            f"{file} is neither an .onnx nor a .tflite file nor the folder of a SavedModel. Other"
            " formats can carry code and are not read.",
        )
    side = text.side_pixels
    shape = [1, side, side, 3] if text.layout == "NHWC" else [1, 3, side, side]
    try:
        model = ov.Core().read_model(str(file))
        model.reshape(shape)
    except RuntimeError as error:
        lines = [line for line in str(error).splitlines() if line.strip()]
        raise Refused(
            "wrong_network", f"{file} cannot be read as a network of {shape}: {lines[-1]}"
        ) from error
    return model


def _rows(model: Any, name: str | None, unit: float) -> Any:
    return None if name is None else graph.flat(graph.tensor_of(model, name), name, unit)


def _features(text: NetworkDescription, count: int | None) -> Features | None:
    return Features(layer=text.features, count=count) if text.features and count else None


def _classes(text: NetworkDescription, count: int | None) -> Classes | None:
    if not (text.classes and count and text.scores):
        return None
    return Classes(layer=text.classes, count=count, scores=text.scores)


def _sha256(file: Path) -> str:
    """Of the file, or of the names and checksums of all files of a folder."""
    if file.is_file():
        return sha256_of(file)
    parts = sorted(path for path in file.rglob("*") if path.is_file())
    lines = [f"{sha256_of(part)}  {part.relative_to(file)}\n" for part in parts]
    return hashlib.sha256("".join(lines).encode()).hexdigest()
