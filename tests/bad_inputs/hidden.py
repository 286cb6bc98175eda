"""2d: hidden content, metadata, colour. Each of these lands, and none of it is served."""

from __future__ import annotations

import io
import random
import zipfile

import numpy as np
from PIL import Image, ImageDraw, PngImagePlugin

from tests.bad_inputs.row import lands
from tests.photos import (
    draw,
    jpeg,
    plain,
    png,
    save,
    segment,
    tiff,
    with_segments,
)

_SCRIPT = b"<script>CANARY</script>"
_HANDLER = b"<img onerror=CANARY>"
_ORIENTATION, _DESCRIPTION, _GPS = 0x0112, 0x010E, 0x8825


def _with_archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("CANARY.class", b"\xca\xfe\xba\xbe")
    return jpeg() + file.getvalue()


def _with_description() -> bytes:
    exif = Image.Exif()
    exif[_DESCRIPTION] = _HANDLER.decode()
    return jpeg(exif=exif)


def _with_xmp_and_iptc() -> bytes:
    xmp = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + _HANDLER + b"</x:xmpmeta>")
    iptc = b"\x1c\x02\x78" + len(_HANDLER).to_bytes(2, "big") + _HANDLER
    resource = b"8BIM\x04\x04\0\0" + len(iptc).to_bytes(4, "big") + iptc
    return with_segments(jpeg(), xmp, segment(0xED, b"Photoshop 3.0\0" + resource))


def _with_text() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", _HANDLER.decode())
    text.add_itxt("XML:com.adobe.xmp", _HANDLER.decode())
    return png(pnginfo=text)


def _with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "CANARYMAKER"
    exif.get_ifd(_GPS).update({1: "N", 2: (51.0, 30.0, 26.0), 29: "CANARYGPS"})
    return jpeg(exif=exif)


def oriented(orientation: int) -> bytes:
    """The same upright picture, stored turned, with the tag that turns it back."""
    back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    upright = draw(7, 480, 320)
    stored = upright.transpose(back[orientation]) if orientation in back else upright
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    return save(stored, "PNG", exif=exif)


def _exif(*entries: tuple[int, int, int, int]) -> bytes:
    return with_segments(jpeg(), segment(0xE1, tiff(*entries)))


def _with_thumbnail() -> bytes:
    thumbnail = with_segments(jpeg(9, 160, 120), segment(0xFE, b"CANARY-THUMBNAIL"))
    return with_segments(jpeg(), segment(0xE1, tiff((_ORIENTATION, 3, 1, 1)) + thumbnail))


def _mode(mode: str) -> bytes:
    if mode == "P+tRNS":
        picture = draw(1, 128, 96).quantize(32)
        return save(picture, "PNG", transparency=3)
    if mode == "I;16":
        grey = np.asarray(draw(1, 128, 96).convert("L"), dtype=np.uint16) * 257
        return save(Image.fromarray(grey), "PNG")
    if mode in ("LA", "RGBA"):
        picture = draw(1, 128, 96).convert(mode)
        picture.putalpha(Image.linear_gradient("L").resize((128, 96)))
        return save(picture, "PNG")
    return save(draw(1, 128, 96).convert(mode), "JPEG" if mode in ("L", "CMYK") else "PNG")


def plain_cmyk() -> bytes:
    """CMYK without Adobe's marker, whose zero means no ink; Pillow writes Adobe's kind."""
    picture = draw(1, 128, 96).convert("CMYK")
    inverted = Image.fromarray(255 - np.asarray(picture), mode="CMYK")
    data = save(inverted, "JPEG", quality=95)
    at = data.index(b"\xff\xee")
    return data[:at] + data[at + 2 + int.from_bytes(data[at + 2 : at + 4], "big") :]


def _multi_picture() -> bytes:
    others = [draw(seed, 128, 96) for seed in (2, 3)]
    return save(draw(1, 128, 96), "MPO", save_all=True, append_images=others)


def _multi_picture_with_secret() -> bytes:
    secret = with_segments(jpeg(5, 128, 96), segment(0xFE, b"CANARY-FRAME"))
    return _multi_picture() + secret


def scaling_attack() -> bytes:
    """A picture whose every eighth pixel makes another one: black, to those who skip pixels."""
    pixels = np.asarray(plain(1024, 1024)).copy()
    pixels[4::8, 4::8] = 0
    return save(Image.fromarray(pixels), "PNG")


def _noise() -> bytes:
    return save(
        Image.fromarray(np.random.default_rng(1).integers(0, 255, (256, 256, 3), np.uint8)), "JPEG"
    )


def _screenshot() -> bytes:
    page = Image.new("RGB", (640, 480), "white")
    pen = ImageDraw.Draw(page)
    for line in range(24):
        pen.text((10, 20 * line), "All work and no play makes Jack a dull boy. " * 2, fill="black")
    return save(page, "PNG")


def _profile(count: int) -> bytes:
    return random.Random(2).randbytes(count)


ROWS = [
    lands(65, "script behind a jpeg", lambda: jpeg() + _SCRIPT, canaries=(_SCRIPT,)),
    lands(
        66, "archive behind a jpeg", _with_archive, ("archive_tail",), (b"CANARY", b"PK\x03\x04")
    ),
    lands(
        67,
        "script in a comment",
        lambda: with_segments(jpeg(), segment(0xFE, _SCRIPT)),
        canaries=(_SCRIPT,),
    ),
    lands(68, "handler in exif", _with_description, canaries=(_HANDLER,)),
    lands(68, "handler in xmp and iptc", _with_xmp_and_iptc, canaries=(_HANDLER, b"8BIM")),
    lands(68, "handler in png text", _with_text, canaries=(_HANDLER, b"adobe")),
    lands(69, "place and maker in exif", _with_place, canaries=(b"CANARYMAKER", b"CANARYGPS")),
    *(
        lands(70, f"orientation {turn}", lambda turn=turn: oriented(turn), canaries=(b"Exif",))
        for turn in range(1, 9)
    ),
    lands(71, "orientation 99", lambda: _exif((_ORIENTATION, 3, 1, 99))),
    lands(71, "orientation 0", lambda: _exif((_ORIENTATION, 3, 1, 0))),
    lands(71, "orientation in words", lambda: _exif((_ORIENTATION, 2, 4, 0x00574F4C))),
    lands(
        72,
        "exif of hostile types",
        lambda: _exif((_ORIENTATION, 5, 9, 8), (0x011A, 2, 3, 1), (_GPS, 12, 1, 3)),
    ),
    lands(73, "exif that loops", lambda: _exif((0x8769, 4, 1, 8), (_ORIENTATION, 3, 1, 1))),
    lands(73, "exif that counts too far", lambda: _exif((_ORIENTATION, 3, 0xFFFFFFFF, 8))),
    lands(74, "another thumbnail", _with_thumbnail, canaries=(b"CANARY-THUMBNAIL",)),
    *(
        lands(75, mode, lambda mode=mode: _mode(mode))
        for mode in ("CMYK", "L", "LA", "P+tRNS", "1", "I;16", "RGBA")
    ),
    lands(75, "CMYK of the plain kind", plain_cmyk),
    lands(76, "broken profile", lambda: jpeg(icc_profile=_profile(3000))),
    lands(76, "huge profile", lambda: jpeg(icc_profile=_profile(5_000_000))),
    lands(77, "three pictures", _multi_picture),
    lands(78, "another picture behind", _multi_picture_with_secret, canaries=(b"CANARY-FRAME",)),
    lands(79, "scaling attack", scaling_attack, ("low_density",)),
    lands(84, "one colour", lambda: save(plain(640, 480), "PNG"), ("low_density",)),
    lands(84, "noise", _noise),
    lands(84, "text", _screenshot),
]
