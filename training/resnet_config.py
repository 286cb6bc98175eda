"""What a small residual network looks like. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """A residual network of the first kind, of basic units (He et al. 2015, arXiv:1512.03385).

    Stage i has `units[i]` units of `widths[i]` channels; each stage but the first halves the
    picture. Before the mean over the picture, one convolution of 1 x 1 widens to `features`.
    """

    classes: int
    widths: tuple[int, ...] = (48, 96, 192, 512)
    units: tuple[int, ...] = (2, 2, 2, 1)
    features: int = 1024

    def __post_init__(self) -> None:
        if len(self.widths) != len(self.units) or not self.units:
            raise ValueError("widths and units name the same stages, at least one")
        if min(*self.widths, *self.units, self.classes, self.features) < 1:
            raise ValueError("every size of a network is at least 1")
