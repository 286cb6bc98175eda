"""Networks that have no file of their own: what builds each, by its name."""

from __future__ import annotations

from typing import Any

from imagehub.vision import drawn, lite

BUILDERS = {drawn.NAME: drawn.model, lite.NAME: lite.model}


def build(name: str) -> Any:
    """The OpenVINO model of a network that the registry knows without a file."""
    return BUILDERS[name]()
