"""A pretrained network as a graph that can be walked, trained on and exported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from imagehub.settings import Settings
from training import features


@dataclass(frozen=True, slots=True, eq=False)
class Pretrained:
    """An OpenVINO graph of photos of one size; its output `port` gives the features."""

    graph: Any
    port: int
    side_pixels: int


def load(settings: Settings, sha256: str) -> Pretrained:
    """Read the network with this checksum; Refused(`network_missing`) if it is not here."""
    found = features.named_network(settings, sha256)
    network = found.network
    if found.path is None:
        from imagehub.vision import made

        return Pretrained(made.build(network.name), network.port, network.side_pixels)
    import openvino as ov

    return Pretrained(ov.Core().read_model(str(found.path)), network.port, network.side_pixels)
