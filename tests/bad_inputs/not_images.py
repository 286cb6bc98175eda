"""2a: not an image, or of a type that is not read."""

from __future__ import annotations

import gzip
import io
import random
import tarfile
import zipfile

from PIL import Image

from tests.bad_inputs.row import Row, at_the_door, lands
from tests.photos import draw, jpeg, png, save

_UNSUPPORTED = "unsupported_type"
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
_TEXTS = {
    5: [("html", b"<html><script>alert(1)</script></html>")],
    6: [("svg with onload", _SVG)],
    7: [("svgz", gzip.compress(_SVG))],
    8: [
        ("xml with an entity", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>')
    ],
    10: [("gif and script", b"GIF89a/*\x00\x00*/=alert(1)//" + bytes(64))],
    17: [
        (
            "mvg",
            b"push graphic-context\nviewbox 0 0 640 480\n"
            b"fill 'url(https://x\"|id \")'\npop graphic-context",
        )
    ],
    18: [("msl", b'<?xml version="1.0"?><image><read filename="ephemeral:/tmp/x"/></image>')],
    19: [
        ("elf", b"\x7fELF\x02\x01\x01" + bytes(64)),
        ("pe", b"MZ\x90\x00" + bytes(64)),
        ("php", b"<?php system($_GET['c']); ?>"),
        ("shell script", b"#!/bin/sh\nid\n"),
    ],
    20: [("eicar", rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*")],
    22: [
        ("quicktime", b"\0\0\0\x14ftypqt  " + bytes(64)),
        ("mp4", b"\0\0\0\x18ftypmp42" + bytes(64)),
    ],
}
_RASTERS = ["BMP", "TIFF", "ICO", "PPM", "TGA", "PCX", "SGI", "DDS", "IM", "MSP", "XBM", "SPIDER"]


def _raster(form: str) -> bytes:
    mode = {"MSP": "1", "XBM": "1", "SPIDER": "F"}.get(form, "RGB")
    return save(draw(1, 128, 96).convert(mode), form)


def _random_bytes(count: int) -> bytes:
    return b"\x00" + random.Random(4).randbytes(count - 1)


def _heic() -> bytes:
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(256)


def _heif(major: bytes) -> bytes:
    return b"\0\0\0\x18ftyp" + major + b"\0\0\0\0mif1miaf" + bytes(256)


def _zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("photo.jpg", jpeg())
    return file.getvalue()


def _tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        entry = tarfile.TarInfo("photo.jpg")
        entry.size = len(jpeg())
        archive.addfile(entry, io.BytesIO(jpeg()))
    return file.getvalue()


def _drawn(form: str) -> bytes:
    image: Image.Image = draw(1, 128, 96)
    return save(image, form)


ROWS = [
    at_the_door(1, "empty", lambda: b"", "empty_file"),
    at_the_door(2, "one byte", lambda: b"\xff", _UNSUPPORTED),
    at_the_door(3, "random 4 KB", lambda: _random_bytes(4096), _UNSUPPORTED),
    at_the_door(4, "random 16 MiB", lambda: _random_bytes(1 << 24), _UNSUPPORTED),
    at_the_door(9, "gif", lambda: _drawn("GIF"), _UNSUPPORTED),
    *(
        at_the_door(11, form.lower(), lambda form=form: _raster(form), _UNSUPPORTED)
        for form in _RASTERS
    ),
    at_the_door(12, "jpeg 2000", lambda: _drawn("JPEG2000"), _UNSUPPORTED),
    at_the_door(13, "avif", lambda: _drawn("AVIF"), "convert_to_jpeg"),
    at_the_door(14, "heic", _heic, "convert_to_jpeg"),
    *(
        at_the_door(
            14, f"heif {major.decode()}", lambda major=major: _heif(major), "convert_to_jpeg"
        )
        for major in (b"miaf", b"mif2", b"MiHB", b"1pic", b"xxxx")
    ),
    at_the_door(15, "eps", lambda: _drawn("EPS"), _UNSUPPORTED),
    at_the_door(16, "pdf", lambda: _drawn("PDF"), _UNSUPPORTED),
    *(
        at_the_door(number, name, lambda text=text: text, _UNSUPPORTED)
        for number, texts in _TEXTS.items()
        for name, text in texts
    ),
    at_the_door(21, "zip of a jpeg", _zipped, _UNSUPPORTED),
    at_the_door(21, "tar of a jpeg", _tarred, _UNSUPPORTED),
    at_the_door(21, "gzip of a jpeg", lambda: gzip.compress(jpeg()), _UNSUPPORTED),
    lands(23, "png called html", png, content_type="text/html"),
    Row(
        24,
        "gzipped body",
        lambda: gzip.compress(jpeg()),
        status=415,
        code="encoding_unsupported",
        headers={"Content-Encoding": "gzip"},
    ),
]
