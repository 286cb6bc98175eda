"""Parts of photos' files that hurt other decoders."""

from __future__ import annotations

import random
import zlib
from functools import cache

BOMB_BYTES = 3_000_000
"""What a piece of metadata inflates to: more than one file may have of it."""


@cache
def hostile_parts() -> tuple[tuple[bytes, bytes], ...]:
    """Kinds and bodies of parts that others were hurt by."""
    chance = random.Random(1)
    bomb, noise = zlib.compress(bytes(BOMB_BYTES), 9), chance.randbytes(3000)
    loop = b"II*\0\x08\0\0\0\1\0"
    exif = loop + b"\x12\1\3\0\xff\xff\xff\xff\6\0\0\0\x08\0\0\0"
    odd_exif = b"MM\0*\0\0\0\x08\0\2\x87\x69\0\4\0\0\0\1\0\0\0\x08\1\x12\0\2\0\0\0\2\0\0\0\0"
    xmp = b"<!DOCTYPE x [<!ENTITY a 'aa'>]><x>&a;</x>"
    return (
        (b"\xff\xe0", b"JFIF\0\1\2\1\0\0\0\0\xff\xff"),
        *((b"\xff\xe1", b"Exif\0\0" + body) for body in (exif, odd_exif, noise, loop)),
        (b"\xff\xe1", b"http://ns.adobe.com/xap/1.0/\0" + xmp),
        (b"\xff\xe2", b"ICC_PROFILE\0\1\1" + noise),
        (b"\xff\xe2", b"ICC_PROFILE\0\xff\1" + bytes(60_000)),
        (b"\xff\xe2", b"MPF\0" + exif),
        (b"\xff\xed", b"Photoshop 3.0\x008BIM\4\4\0\0\xff\xff\xff\xff"),
        *((b"\xff\xee", b"Adobe\0d\0\0\0\0" + bytes((way,))) for way in (0, 1, 2, 255)),
        *((b"\xff\xdd", step) for step in (b"\0\0", b"\0\1", b"\xff\xff")),
        *((b"\xff\xdc", lines) for lines in (b"\0\0", b"\0\1", b"\xff\xff")),
        (b"\xff\xc0", b"\x08\xff\xff\xff\xff\3\1\x11\0\2\x11\1\3\x11\1"),
        (b"\xff\xc4", b"\0" + b"\xff" * 16 + bytes(255)),
        (b"\xff\xdb", b"\x10" + bytes(128)),
        (b"\xff\xcc", b"\0\xff\x10\0"),
        *((b"iCCP", b"icc\0\0" + body) for body in (bomb, zlib.compress(noise), noise, b"")),
        (b"zTXt", b"Comment\0\0" + bomb),
        (b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp),
        *((b"eXIf", body) for body in (exif, odd_exif, noise)),
        *((b"EXIF", body) for body in (exif, odd_exif, noise)),
        *((b"ICCP", body) for body in (noise, bytes(60_000), b"")),
        (b"XMP ", xmp),
        (b"acTL", b"\0\0\0\2\0\0\0\0"),
        (b"fcTL", b"\0\0\0\0\0\0\0\x40\0\0\0\x40\0\0\0\0\0\0\0\0\0\1\0\1\0\0"),
        *((b"gAMA", level) for level in (bytes(4), b"\xff\xff\xff\xff")),
        *((b"tRNS", body) for body in (b"", bytes(2), bytes(6), bytes(300))),
        *((b"PLTE", body) for body in (b"", bytes(3), bytes(767), bytes(900))),
        (b"cHRM", bytes(32)),
        *((b"VP8X", bytes((flags, 0, 0, 0)) + b"\x3f\0\0" * 2) for flags in (0, 0x2C, 0xFF)),
        (b"ANMF", bytes(40)),
        (b"ALPH", noise),
    )
