"""The first look at a photo: its header alone, in a few milliseconds, before anything decodes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from imagehub.errors import Refused
from imagehub.photo import jpeg, png, webp
from imagehub.photo.structure import Structure
from imagehub.vocabulary import MAX_PHOTO_BYTES

LOW_DENSITY_BYTES_PER_PIXEL = 0.01
ARCHIVE_TAIL_BYTES = 64 * 1024

_READERS: dict[str, Callable[[bytes], Structure]] = {
    "JPEG": jpeg.read_structure,
    "PNG": png.read_structure,
    "WEBP": webp.read_structure,
}
_PHONE_BRANDS = {
    "HEIC": {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"},
    "AVIF": {b"avif", b"avis"},
    "HEIF": {b"mif1", b"mif2", b"mif3", b"msf1", b"miaf", b"avci", b"avcs", b"jpeg", b"j2ki"}
    | {b"vvic", b"evbi", b"MiHB", b"MiHA", b"MiHE", b"MiAB", b"MiAC", b"MiAn", b"MiPr", b"pred"},
}
"""ISO/IEC 23008-12: still pictures; any of a file's brands tells that it is one."""
_MAX_BRANDS_BYTES = 256


@dataclass(frozen=True, slots=True)
class PhotoHeader:
    """What a photo's header declares.

    `format` is JPEG, PNG or WEBP; width and height are those of the stored picture, before it is
    turned upright. Flags: `low_density` (fewer bytes than its pixels need: a lying header, or
    nothing to see), `archive_tail` (a ZIP or JAR may hang at its end; it is never served).
    """

    format: str
    width: int
    height: int
    flags: tuple[str, ...]


def inspect(data: bytes) -> PhotoHeader:
    """Read the header; raise Refused with a code of REFUSALS where the photo cannot be taken."""
    if len(data) > MAX_PHOTO_BYTES:
        raise Refused(
            "photo_too_large",
            f"The photo has {len(data):,} bytes; {MAX_PHOTO_BYTES:,} are allowed. Save it with "
            "fewer pixels or more compression.",
        )
    kind = _sniff(data)
    size = _READERS[kind](data)
    flags = {
        "low_density": len(data) < LOW_DENSITY_BYTES_PER_PIXEL * size.width * size.height,
        "archive_tail": b"PK\x03\x04" in data[-ARCHIVE_TAIL_BYTES:],
    }
    return PhotoHeader(
        format=kind,
        width=size.width,
        height=size.height,
        flags=tuple(flag for flag, is_set in flags.items() if is_set),
    )


def _sniff(data: bytes) -> str:
    """Tell the format by its first bytes, whatever name or type came with the photo."""
    if not data:
        raise Refused("empty_file", "The file is empty. Send the photo itself.")
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    brands = _brands(data)
    for name, known in _PHONE_BRANDS.items():
        if not brands & known:
            continue
        raise Refused(
            "convert_to_jpeg",
            f"The photo is in the format {name}, which is not read here. "
            "Convert it to JPEG, or set the camera to its most compatible format.",
        )
    raise Refused(
        "unsupported_type", "The file is no photo that is read here. Send a JPEG, PNG or WebP."
    )


def _brands(data: bytes) -> set[bytes]:
    """The major and the compatible brands of an ISO media file; none of any other."""
    if data[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(data[:4], "big"), _MAX_BRANDS_BYTES, len(data))
    return {data[8:12]} | {data[at : at + 4] for at in range(16, end - 3, 4)}
