"""The card of a model: what it is, what it learned from, how it was measured, its limits. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagehub.answers.models import CardSection
from imagehub.catalogue.training.model_queries import ModelEntry
from imagehub.catalogue.training.training_queries import TrainingEntry

THIN_PHOTOS = 10
BASES = {
    "transfer": "A frozen network that was trained before looks at the photo; only the last layer,"
    " from what it sees to these labels, was trained here.",
    "fine-tune": "A network that was trained before, whose later layers were trained on here.",
    "scratch": "A small ResNet that knew nothing before these photos.",
}


def card(run: TrainingEntry, model: ModelEntry) -> list[CardSection]:
    """The card's sections, in order."""
    metrics = model.metrics
    heldout = metrics["heldout"]
    base = str(run.config.get("base", ""))
    return [
        CardSection(title="What it is", text=f"{BASES.get(base, base)} {_input(model)}"),
        CardSection(
            title="Data",
            text=f"Trained on the release {run.release_id}, whose manifest has the SHA-256"
            f" {run.manifest_sha256.hex()}. Its photos were sent by many people and verified by the"
            " hub. Near duplicates never stand in two splits.",
        ),
        CardSection(
            title="Licence and credits",
            text=f"The photos are under {_licences(metrics)}; the release’s credits name their"
            " contributors. Who passes the model on passes these credits on too."
            f"{_began(metrics)}",
        ),
        CardSection(
            title="How it was measured",
            text=f"On the {heldout['photos']:,} photos of the split {heldout['split']}, which it"
            f" never saw. The SavedModel named {_percent(heldout['accuracy'])} of them rightly, and"
            f" had the right label among its first five for {_percent(heldout['top_5'])}."
            f" {_small(metrics)}",
        ),
        CardSection(title="Limits", text=_limits(heldout)),
    ]


def _input(model: ModelEntry) -> str:
    side = model.metrics.get("side_pixels")
    size = f" of {side} × {side} pixels" if side else ""
    return (
        f"It takes an upright RGB photo{size}, squeezed to a square, as bytes from 0 to 255, and"
        f" gives a probability for each of {len(model.labels)} labels, in the order of labels.txt."
    )


def _licences(metrics: Mapping[str, Any]) -> str:
    named = metrics.get("licences")
    return " and ".join(named) if named else "the licences that the release’s manifest names"


def _began(metrics: Mapping[str, Any]) -> str:
    """What is known of the network that training began from; nothing where there was none."""
    network = metrics.get("network")
    if not network:
        return ""
    return (
        f" It began from the network {network['name']} ({network['source']}), whose licence is:"
        f" {network['licence']}."
    )


def _small(metrics: Mapping[str, Any]) -> str:
    agreement, accuracy = metrics.get("tflite_agreement"), metrics.get("tflite_accuracy")
    if agreement is None or accuracy is None:
        return ""
    return (
        f"The int8 TFLite file names the same label first for {_percent(agreement)} of these"
        f" photos, and {_percent(accuracy)} of them rightly."
    )


def _limits(heldout: Mapping[str, Any]) -> str:
    thin = [label["name"] for label in heldout["labels"] if label["photos"] < THIN_PHOTOS]
    warning = (
        f" Fewer than {THIN_PHOTOS} photos measure {', '.join(thin[:8])}"
        f"{' and others' if len(thin) > 8 else ''}: take their figures as rough."
        if thin
        else ""
    )
    return (
        "It knows no other things: a photo of anything else gets one of its labels too. It says one"
        " label a photo, even where there are several things. Photos unlike those of the crowd"
        " (other places, light, cameras) may be named worse than measured here." + warning
    )


def _percent(share: float) -> str:
    return f"{share * 100:.1f} %"
