"""What `python -m imagehub.vision` prints."""

from __future__ import annotations

from imagehub.settings import Settings
from imagehub.vision.card import Training
from imagehub.vision.network import Networks
from imagehub.vision.prepared import Prepared
from imagehub.vision.recipes import RECIPES
from imagehub.vision.registry import NETWORKS, everywhere, find
from imagehub.vision.shipped import starter


def table(settings: Settings, chosen: Networks) -> str:
    """All networks, with what each is and whether it is here and in use."""
    used = {one.network.sha256 for one in (chosen.embedding, chosen.classes) if one}
    ready = everywhere(settings.models)
    lines = [f"Folder of networks: {settings.models}\n\n"]
    for one in ready:
        rest = "ships" if one.folder.parent == starter() else "prepared"
        state = "in use" if one.card.sha256() in used else rest
        kinds = "+".join(network.kind for network in one.networks)
        lines.append(_row(one.card.name, kinds, state, one.folder.name))
        lines.append(_remark(f"{one.card.source}; {one.card.licence}"))
        lines.append(_remark(f"{one.card.precision}; {_figures(one)}"))
        if one.card.training is not None:
            lines.append(_remark(f"on held-out photos: {_measured(one.card.training)}"))
    for recipe in RECIPES.values():
        if all(one.card.name != recipe.name for one in ready):
            command = f"prepare {recipe.name}"
            lines.append(_row(recipe.name, "embedding+classes", "missing", command))
            lines.append(_remark(f"{recipe.source}; {recipe.licence}"))
    for network in NETWORKS:
        here = find(network, settings.models) is not None
        state = "in use" if network.sha256 in used else "present" if here else "missing"
        lines.append(_row(network.name, network.kind, state, network.file or "made in code"))
        lines.append(_remark(f"{network.source}; {network.licence}"))
    return "".join(lines)


def describe(one: Prepared) -> str:
    """What was just prepared."""
    return (
        f"{one.folder}\n{one.card.name}, {one.card.precision}; {_figures(one)}\n"
        "The hub takes it up by itself if it is the best one present, or by its name in"
        " IMAGEHUB_EMBEDDING_NETWORK and IMAGEHUB_CLASS_NETWORK.\n"
    )


def _figures(one: Prepared) -> str:
    figures = one.card.figures
    if figures is None:
        return "as it was read"
    return (
        f"int8 beside fp32 on {figures.compared_on} photos: top-1 agreement"
        f" {figures.top1_agreement}, neighbour overlap {figures.neighbour_overlap}"
    )


def _measured(training: Training) -> str:
    return ", ".join(
        f"{name.replace('_', ' ')} {value:g}" for name, value in training.measured.items()
    )


def _row(name: str, kinds: str, state: str, where: str) -> str:
    return f"{name:24}{kinds:19}{state:10}{where}\n"


def _remark(text: str) -> str:
    return f"{'':24}{text}\n"
