"""A good photo: turned upright, in sRGB, rebuilt from its pixels, always the same."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageFile

from imagehub.errors import Refused
from imagehub.photo import inspect, land, read_view, resize
from tests.bad_inputs.hidden import oriented, plain_cmyk, scaling_attack
from tests.photos import draw, jpeg, plain, png, save, webp


def test_a_header_tells_format_and_size() -> None:
    assert [inspect(data).format for data in (jpeg(), png(), webp())] == ["JPEG", "PNG", "WEBP"]
    assert [(inspect(data).width, inspect(data).height) for data in (jpeg(), png(), webp())] == [
        (640, 480)
    ] * 3


@pytest.mark.parametrize("options", [{"lossless": True}, {"exif": Image.Exif()}, {"quality": 30}])
def test_every_kind_of_webp_tells_its_size(options: dict[str, object]) -> None:
    header = inspect(webp(1, 301, 177, **options))
    assert (header.width, header.height) == (301, 177)


def test_derivatives_have_their_sizes_and_keep_the_shape() -> None:
    landed = land(jpeg(1, 3000, 2000))
    sizes = [(made.width, made.height) for made in (landed.full, landed.view, landed.thumb)]
    assert sizes == [(2048, 1365), (512, 341), (192, 128)]
    assert (landed.width, landed.height) == (3000, 2000)
    for made in (landed.full, landed.view, landed.thumb):
        assert Image.open(io.BytesIO(made.data)).size == (made.width, made.height)


def test_a_small_photo_is_never_made_larger() -> None:
    landed = land(jpeg(1, 100, 80))
    assert {(made.width, made.height) for made in (landed.full, landed.view, landed.thumb)} == {
        (100, 80)
    }


def test_the_same_bytes_give_the_same_derivatives() -> None:
    assert land(jpeg(3)) == land(jpeg(3))


def test_eight_orientations_give_one_picture() -> None:
    landed = [land(oriented(turn)) for turn in range(1, 9)]
    assert len({photo.full.data for photo in landed}) == 1
    assert len({photo.fingerprint for photo in landed}) == 1
    assert {(photo.width, photo.height) for photo in landed} == {(480, 320)}


def test_transparent_pixels_become_white() -> None:
    picture = draw(1, 128, 96).convert("RGBA")
    picture.putalpha(Image.new("L", picture.size, 0))
    assert read_view(land(save(picture, "PNG")).view.data).min() > 250


@pytest.mark.parametrize("data", [plain_cmyk(), save(draw(1, 128, 96).convert("CMYK"), "JPEG")])
def test_both_kinds_of_cmyk_look_like_the_picture(data: bytes) -> None:
    seen = read_view(land(data).full.data).astype(int)
    wanted = np.asarray(draw(1, 128, 96)).astype(int)
    assert np.abs(seen - wanted).mean() < 16


def test_sixteen_bit_greys_keep_their_brightness() -> None:
    grey = np.full((96, 128), 200 * 257, dtype=np.uint16)
    seen = read_view(land(save(Image.fromarray(grey), "PNG")).full.data)
    assert np.abs(seen.astype(int) - 200).max() <= 2


def test_an_embedded_profile_is_converted_to_srgb() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    with_profile, without = land(png(icc_profile=lab)), land(png())
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    same = land(png(icc_profile=srgb))
    assert np.abs(_pixels(same.full.data) - _pixels(without.full.data)).mean() < 2
    assert with_profile.full.width == without.full.width


def test_truncated_photos_are_refused_even_if_a_library_switched_that_off() -> None:
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    with pytest.raises(Refused, match="cut off"):
        land(jpeg()[:9000])
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


def test_no_derivative_shows_what_a_scaling_attack_hides() -> None:
    landed = land(scaling_attack())
    assert [read_view(made.data).min() > 100 for made in (landed.view, landed.thumb)] == [True] * 2


def test_the_one_downscale_weighs_every_pixel() -> None:
    stripes = np.zeros((640, 640, 3), dtype=np.uint8)
    stripes[::2] = 255
    small = resize(stripes, 64, 64)
    assert small.shape == (64, 64, 3)
    assert np.abs(small.astype(int) - 127).max() < 20


def test_fingerprints_are_near_for_one_picture_and_far_for_two() -> None:
    first = land(jpeg(1)).fingerprint
    again = land(jpeg(1, quality=50)).fingerprint
    smaller = land(save(draw(1).resize((400, 300)), "WEBP")).fingerprint
    others = [land(jpeg(seed)).fingerprint for seed in range(2, 8)]
    assert _distance(first, again) <= 4
    assert _distance(first, smaller) <= 6
    assert min(_distance(first, other) for other in others) >= 12
    assert -(2**63) <= first < 2**63


def test_a_plain_photo_has_a_plain_fingerprint() -> None:
    assert land(save(plain(200, 200), "PNG")).fingerprint == -(2**63)


def test_a_damaged_view_is_refused() -> None:
    with pytest.raises(Refused):
        read_view(b"\xff\xd8\xff no")


def _pixels(data: bytes) -> np.ndarray:
    return read_view(data).astype(int)


def _distance(one: int, other: int) -> int:
    return ((one ^ other) & (2**64 - 1)).bit_count()
