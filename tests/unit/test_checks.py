"""Every check at its edge, with photos drawn in code."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays
from hypothesis.strategies import floats
from PIL import Image, ImageFilter

from imagehub.findings import BY_CODE, UNREADABLE
from imagehub.photo import count_levels
from imagehub.vocabulary import Finding
from spark_jobs.verify.checks import (
    all_checks,
    aspect,
    blurred,
    bright,
    dark,
    low_density,
    low_information,
    resolution,
)
from spark_jobs.verify.checks.view import View, level_at

Pixels = npt.NDArray[np.uint8]


def scene(width: int = 400, height: int = 300) -> Pixels:
    """A sharp picture of full contrast: shapes on a gradient."""
    y, x = np.mgrid[:height, :width]
    ground = 60 + 120 * x / width
    shape = ((x - width / 2) ** 2 + (y - height / 2) ** 2) < (height / 3) ** 2
    light = np.where(shape, 240, ground)
    light[height // 4 : height // 3, width // 5 : width // 2] = 15
    return np.repeat(light[..., None], 3, axis=2).astype(np.uint8)


def scaled(factor: float, offset: float) -> Pixels:
    return np.clip(scene() * factor + offset, 0, 255).astype(np.uint8)


def blurred_by(radius_pixels: float) -> Pixels:
    picture = Image.fromarray(scene()).filter(ImageFilter.GaussianBlur(radius_pixels))
    return np.asarray(picture)


def shaken_by(pixels: int, axis: int) -> Pixels:
    moved = [np.roll(scene().astype(np.float32), step, axis) for step in range(pixels)]
    return (sum(moved) / pixels).astype(np.uint8)


def shrunk(short_side: int, radius_pixels: float = 0.0) -> Pixels:
    picture = Image.fromarray(scene()).resize((short_side * 4 // 3, short_side))
    return np.asarray(picture.filter(ImageFilter.GaussianBlur(radius_pixels)))


def even(level: int, step: int = 0) -> Pixels:
    field = np.full((200, 300, 3), level, np.uint8)
    field[:, 150:] += step
    return field


def view(pixels: Pixels, size: tuple[int, int] | None = None, *flags: str) -> View:
    return View.of(pixels, size or (pixels.shape[1], pixels.shape[0]), frozenset(flags))


EDGES: list[tuple[Callable[[View], Finding | None], View, str | None]] = [
    (dark.check, view(scene()), None),
    (dark.check, view(scaled(0.06, 0)), "dark"),
    (dark.check, view(scaled(0.13, 0)), "dark"),
    (dark.check, view(scaled(0.2, 0)), None),
    (bright.check, view(scene()), None),
    (bright.check, view(scaled(0.15, 235)), "bright"),
    (bright.check, view(scaled(0.15, 205)), None),
    (low_information.check, view(scene()), None),
    (low_information.check, view(even(128)), "low_information"),
    (low_information.check, view(even(128, 11)), "low_information"),
    (low_information.check, view(even(128, 13)), None),
    (low_information.check, view(even(3)), None),  # dark says it
    (low_information.check, view(even(250)), None),  # bright says it
    (blurred.check, view(scene()), None),
    (blurred.check, view(blurred_by(2)), None),
    (blurred.check, view(blurred_by(300 / 30)), "blurred"),
    (blurred.check, view(blurred_by(300 / 18)), "blurred"),
    (blurred.check, view(shaken_by(40, axis=1)), "blurred"),
    (blurred.check, view(shaken_by(40, axis=0)), "blurred"),
    (blurred.check, view(shrunk(64)), None),
    (blurred.check, view(shrunk(64, 64 / 30)), "blurred"),
    (blurred.check, view(even(128)), None),
    (blurred.check, view(scene(400, 1)), None),
    (resolution.check, view(scene(), (64, 900)), None),
    (resolution.check, view(scene(), (900, 63)), "tiny"),
    (resolution.check, view(scene(), (31, 400)), "tiny"),
    (resolution.check, view(scene(1, 1)), "tiny"),
    (aspect.check, view(scene(), (400, 100)), None),
    (aspect.check, view(scene(), (401, 100)), "odd_aspect"),
    (aspect.check, view(scene(), (100, 900)), "odd_aspect"),
    (low_density.check, view(scene(), None, "archive_tail"), None),
    (low_density.check, view(scene(), None, "low_density"), "low_density"),
]


@pytest.mark.parametrize(("check", "seen", "code"), EDGES)
def test_a_check_finds_what_it_is_for_and_nothing_else(
    check: Callable[[View], Finding | None], seen: View, code: str | None
) -> None:
    finding = check(seen)
    assert (finding and finding.code) == code
    if finding:
        assert finding.sentence.endswith(".")
        assert np.isfinite(finding.measured)


def test_a_good_photo_has_no_finding() -> None:
    assert all_checks.findings(view(scene())) == []


def test_findings_come_in_the_order_of_the_checks() -> None:
    seen = view(scaled(0.05, 0), (600, 20), "low_density")
    assert [finding.code for finding in all_checks.findings(seen)] == [
        "dark",
        "tiny",
        "odd_aspect",
        "low_density",
    ]


def test_sharpness_does_not_depend_on_the_size_of_the_view() -> None:
    small, large = view(scene(200, 150)), view(scene(512, 384))
    assert blurred.check(small) is None
    assert blurred.check(large) is None


def test_every_code_with_a_threshold_is_recorded() -> None:
    codes = {code for _, _, code in EDGES if code} - {"low_density"}
    assert all_checks.THRESHOLDS.keys() == codes
    assert codes >= all_checks.REJECTED


def test_every_kind_of_finding_is_found_by_a_check_or_is_that_no_check_was_possible() -> None:
    assert {code for _, _, code in EDGES if code} | {UNREADABLE.code} == BY_CODE.keys()


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=40)), floats(0, 1))
def test_levels_are_counted_as_quantiles_are_sorted(
    plane: npt.NDArray[np.uint8], share: float
) -> None:
    counted = level_at(count_levels(plane), share)
    assert counted == pytest.approx(float(np.quantile(plane, share)), abs=1e-3)


def test_light_is_told_apart_to_half_a_level() -> None:
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    for pixels in (scene(), scaled(0.3, 17), blurred_by(9), even(7, 180)):
        exact = np.percentile(pixels @ weights, (1, 99))
        seen = view(pixels)
        assert (seen.darkest, seen.lightest) == pytest.approx(exact, abs=0.51)
