"""Bytes -> upright sRGB pixels. Runs on hostile data: only ever called inside the sandbox."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageCms, ImageFile

from imagehub.errors import Refused
from imagehub.photo.header import PhotoHeader
from imagehub.photo.jpeg import EOI, read_picture
from imagehub.photo.jpeg_rows import check_pixels
from imagehub.photo.png import check_rows
from imagehub.photo.png_chunks import picture_alone
from imagehub.photo.png_colour import to_srgb, with_transparent_colour
from imagehub.photo.refusals import refused_decoding
from imagehub.photo.resizing import shrink

_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_FIRST_SIDEWAYS = 5
_MAX_PROFILE_BYTES = 4 * 1024 * 1024
_WHITE = (255, 255, 255, 255)


@dataclass(frozen=True, slots=True)
class DecodedPhoto:
    """An RGB image that carries nothing but pixels, and the size of the upright original."""

    image: Image.Image
    width: int
    height: int


def decode(data: bytes, header: PhotoHeader, long_side_pixels: int) -> DecodedPhoto:
    """Decode the first frame, shrink it to the long side, make it upright, opaque and sRGB.

    Raises Refused(`undecodable`, `truncated` or `decode_limits`).
    """
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # a global that any library may have switched on
    try:
        with Image.open(io.BytesIO(_for_decoder(data, header)), formats=(header.format,)) as image:
            if image.size != (header.width, header.height):
                raise refused_decoding("undecodable")  # the decoder reads another file than we did
            image.load()
            _check_whole(image, data, header)
            orientation = _orientation(image)
            is_png = header.format == "PNG"
            pixels = _to_8_bits(with_transparent_colour(image, data) if is_png else image)
            small = shrink(pixels, long_side_pixels)
            opaque = _over_white(to_srgb(small, data) if is_png else small)
            flat = _by_profile(opaque, image.info.get("icc_profile"))
    except Refused:
        raise
    except Exception as error:  # decoders raise eight kinds of error and more on damaged data
        raise refused_decoding(_code(error)) from error
    if orientation in _UPRIGHT:
        flat = flat.transpose(_UPRIGHT[orientation])
    size = (header.width, header.height)
    width, height = size if orientation < _FIRST_SIDEWAYS else size[::-1]
    return DecodedPhoto(flat, width, height)


def _code(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "decode_limits"
    return "truncated" if "truncated" in str(error).lower() else "undecodable"


def _for_decoder(data: bytes, header: PhotoHeader) -> bytes:
    """The picture as a whole file, without what follows it."""
    if header.format == "JPEG":
        return data[: read_picture(data).end] + EOI
    return picture_alone(data) if header.format == "PNG" else data


def _check_whole(image: Image.Image, data: bytes, header: PhotoHeader) -> None:
    """Raise Refused where a decoder would make up pixels that the file lacks."""
    if header.format == "PNG":
        check_rows(data)
    if header.format != "JPEG":
        return
    picture = read_picture(data)
    if not picture.has_eoi:
        is_cut_off = picture.end > len(data) - 2
        code = "truncated" if is_cut_off else "undecodable"
        check_pixels(image, data[: picture.end], code)


def _orientation(image: Image.Image) -> int:
    """As the EXIF data say; browsers do not look for it in XMP, and Pillow's `getexif` does."""
    exif = Image.Exif()
    try:
        exif.load(image.info.get("exif", b""))
        value = exif.get(_ORIENTATION_TAG)
    except Exception:  # noqa: BLE001 hostile EXIF raises whatever it likes; the photo is still good
        return 1
    return value if value in _UPRIGHT else 1


def _to_8_bits(image: Image.Image) -> Image.Image:
    """Give L, LA, RGB, RGBA or CMYK with 8 bits a sample, so that it can be averaged."""
    if image.mode.startswith("I"):
        samples = np.asarray(image).clip(0, 65535)
        return Image.fromarray((samples >> 8).astype(np.uint8))
    if image.mode == "1":
        return image.convert("L")
    if image.mode == "P" or "transparency" in image.info:
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode == "CMYK" and "adobe" not in image.info:
        return ImageChops.invert(image)  # Pillow takes every CMYK for Adobe's inverted kind
    return image


def _over_white(image: Image.Image) -> Image.Image:
    if image.mode not in ("LA", "RGBA"):
        return image
    canvas = Image.new("RGBA", image.size, _WHITE)
    canvas.alpha_composite(image.convert("RGBA"))
    return canvas.convert("RGB")


def _by_profile(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert by the embedded profile; without one, or with a broken one, take it for sRGB."""
    if profile and len(profile) <= _MAX_PROFILE_BYTES:
        try:
            converted = ImageCms.profileToProfile(
                image,
                ImageCms.ImageCmsProfile(io.BytesIO(profile)),
                ImageCms.createProfile("sRGB"),
                outputMode="RGB",
            )
        except Exception:  # noqa: BLE001 a hostile profile raises whatever it likes
            converted = None
        if converted is not None:
            return _only_pixels(converted)
    return _only_pixels(image.convert("RGB"))


def _only_pixels(image: Image.Image) -> Image.Image:
    return Image.frombytes("RGB", image.size, image.tobytes())
