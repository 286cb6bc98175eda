"""What a check looks at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from imagehub.photo import resize

SHORT_SIDE_PIXELS = 128
"""Sharpness depends on scale, so it is measured at one scale."""

LIGHT_WEIGHTS = np.array([0.299, 0.587, 0.114], np.float32)
"""Luma of ITU-R BT.601."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One photo as the checks see it.

    `light` is its luma, H x W float32 from 0 to 255, with a short side of SHORT_SIDE_PIXELS, or
    smaller where the view is. `darkest` and `lightest` are the 1st and 99th percentile of the
    whole view's luma. `width` and `height` are the upright original's, in pixels; `flags` are
    what landing noticed.
    """

    light: Floats
    darkest: float
    lightest: float
    width: int
    height: int
    flags: frozenset[str]

    @classmethod
    def of(
        cls, pixels: npt.NDArray[np.uint8], size: tuple[int, int], flags: frozenset[str]
    ) -> View:
        """Prepare a view of uint8 H x W x 3; `size` is (width, height) of the original."""
        darkest, lightest = np.percentile(pixels @ LIGHT_WEIGHTS, (1, 99))
        scale = min(1.0, SHORT_SIDE_PIXELS / min(pixels.shape[:2]))
        height, width = (max(1, round(side * scale)) for side in pixels.shape[:2])
        light = resize(pixels, width, height) @ LIGHT_WEIGHTS
        return cls(light, float(darkest), float(lightest), *size, flags)

    @property
    def contrast(self) -> float:
        """Grey levels between the darkest and the lightest parts, 0 to 255."""
        return self.lightest - self.darkest
