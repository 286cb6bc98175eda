"""What `python -m imagehub.vision` prints."""

from __future__ import annotations

from imagehub.settings import Settings
from imagehub.vision.network import Networks
from imagehub.vision.prepared import Prepared, prepared
from imagehub.vision.recipes import RECIPES
from imagehub.vision.registry import NETWORKS, find


def table(settings: Settings, chosen: Networks) -> str:
    """All networks, with what each is and whether it is here and in use."""
    used = {choice.network.sha256 for choice in (chosen.embedding, chosen.classes) if choice}
    ready = prepared(settings.models)
    lines = [f"Folder of networks: {settings.models}\n\n"]
    for model in ready:
        state = "in use" if model.card.sha256() in used else "prepared"
        kinds = "+".join(network.kind for network in model.networks)
        lines.append(_row(model.card.name, kinds, state, model.folder.name))
        lines.append(_remark(f"{model.card.source}; {model.card.licence}"))
        lines.append(_remark(f"{model.card.precision}; {_figures(model)}"))
    for recipe in RECIPES.values():
        if all(model.card.name != recipe.name for model in ready):
            command = f"prepare {recipe.name}"
            lines.append(_row(recipe.name, "embedding+classes", "missing", command))
            lines.append(_remark(f"{recipe.source}; {recipe.licence}"))
    for network in NETWORKS:
        here = find(network, settings.models) is not None
        state = "in use" if network.sha256 in used else "present" if here else "missing"
        lines.append(_row(network.name, network.kind, state, network.file or "comes with the hub"))
        lines.append(_remark(f"{network.source}; {network.licence}"))
    return "".join(lines)


def describe(model: Prepared) -> str:
    """What was just prepared."""
    return (
        f"{model.folder}\n{model.card.name}, {model.card.precision}; {_figures(model)}\n"
        "The hub takes it up by itself if it is the best one present, or by its name in"
        " IMAGEHUB_EMBEDDING_NETWORK and IMAGEHUB_CLASS_NETWORK.\n"
    )


def _figures(model: Prepared) -> str:
    figures = model.card.figures
    if figures is None:
        return "as it was read"
    return (
        f"int8 beside fp32 on {figures.compared_on} photos: top-1 agreement"
        f" {figures.top1_agreement}, neighbour overlap {figures.neighbour_overlap}"
    )


def _row(name: str, kinds: str, state: str, where: str) -> str:
    return f"{name:24}{kinds:19}{state:10}{where}\n"


def _remark(text: str) -> str:
    return f"{'':24}{text}\n"
