"""Mutants of photos: mutant `number` of `seed` is always the same bytes."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.fuzz.photo_hostile import BOMB_BYTES, hostile_parts
from tests.fuzz.photo_parts import Part, put_together, take_apart
from tests.fuzz.photo_seeds import files_of, odd_files, photos

MOST_CHANGES = 3
ODD_SHARE = 0.1
TELLING = (b"\0", b"\xff", b"\x7f", b"\x80", b"\0\0", b"\xff\xff", b"\xff\xd9", b"\xff\xda")
TELLING_SIZES = (0, 1, 63, 64, 65, 255, 511, 2049, 8192, 16383, 65500, 65535, 2**24, 2**31 - 1)

Chance = random.Random


def mutant(seed: int, number: int, folder: Path | None = None) -> bytes:
    """One photo of the seeds after one to MOST_CHANGES changes."""
    chance = Chance(f"{seed} {number}")
    photo = chance.choice(_seeds(chance, folder))
    for _ in range(chance.randint(1, MOST_CHANGES)):
        change = chance.choice(_CHANGES)
        photo = change(photo, chance) or photo
    return photo


def _seeds(chance: Chance, folder: Path | None = None) -> tuple[bytes, ...]:
    if chance.random() < ODD_SHARE:
        return odd_files()
    return files_of(folder) if folder and chance.random() < 0.5 else photos()


def _flip_bits(photo: bytes, chance: Chance) -> bytes:
    data = bytearray(photo)
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def _overwrite(photo: bytes, chance: Chance) -> bytes:
    new = chance.choice((*TELLING, chance.randbytes(chance.randint(1, 6))))
    at = chance.randrange(len(photo))
    return photo[:at] + new + photo[at + len(new) :]


def _cut_off(photo: bytes, chance: Chance) -> bytes:
    return photo[: chance.randrange(1, len(photo) + 1)]


def _cut_out(photo: bytes, chance: Chance) -> bytes:
    at = chance.randrange(len(photo))
    return photo[:at] + photo[at + chance.choice((1, 2, 16, 400)) :]


def _repeat(photo: bytes, chance: Chance) -> bytes:
    at, to = (chance.randrange(len(photo) + 1) for _ in range(2))
    piece = photo[at : at + chance.choice((1, 4, 64, 2000))] * chance.choice((1, 2, 30))
    return photo[:to] + piece + photo[to:]


def _splice(photo: bytes, chance: Chance) -> bytes:
    other = chance.choice(_seeds(chance))
    at = chance.randrange(1, len(photo) + 1)
    return photo[:at] + other[chance.randrange(len(other)) :]


def _change_parts(photo: bytes, chance: Chance) -> bytes:
    parts = take_apart(photo)
    if not parts:
        return photo
    at = chance.randrange(len(parts))
    chance.choice(_PART_CHANGES)(parts, at, chance)
    return put_together(parts, photo)


def _drop(parts: list[Part], at: int, chance: Chance) -> None:
    del parts[at]


def _double(parts: list[Part], at: int, chance: Chance) -> None:
    parts[at:at] = [parts[at]] * chance.choice((1, 1, 3, 40, 5000))


def _swap(parts: list[Part], at: int, chance: Chance) -> None:
    other = chance.randrange(len(parts))
    parts[at], parts[other] = parts[other], parts[at]


def _rename(parts: list[Part], at: int, chance: Chance) -> None:
    kind = chance.choice(_KINDS[len(parts[at].kind)])
    parts[at] = parts[at].changed(kind=kind)


def _lie(parts: list[Part], at: int, chance: Chance) -> None:
    size = len(parts[at].body)
    lies = (-1, 1, -size - 2, -size, 2**16, 2**31, *(told - size for told in TELLING_SIZES))
    parts[at] = parts[at].changed(lie=chance.choice(lies))


def _change_body(parts: list[Part], at: int, chance: Chance) -> None:
    body = parts[at].body or b"\0"
    change = chance.choice((_flip_bits, _overwrite, _cut_off, _cut_out, _repeat))
    parts[at] = parts[at].changed(body=change(body, chance)[:65533])


def _change_tail(parts: list[Part], at: int, chance: Chance) -> None:
    scans = [place for place, part in enumerate(parts) if part.tail] or [at]
    place = chance.choice(scans)
    change = chance.choice((_flip_bits, _overwrite, _cut_off, _cut_out, _repeat))
    parts[place] = parts[place].changed(tail=change(parts[place].tail or b"\0", chance))


def _change_numbers(parts: list[Part], at: int, chance: Chance) -> None:
    """Another size, depth or count in a header that has one."""
    body = bytearray(parts[at].body)
    width = chance.choice((1, 2, 4))
    if len(body) < width:
        return
    place = chance.randrange(len(body) - width + 1)
    new = chance.choice(TELLING_SIZES) & (256**width - 1)
    body[place : place + width] = new.to_bytes(width, chance.choice(("big", "little")))
    parts[at] = parts[at].changed(body=bytes(body))


def _change_rows(parts: list[Part], at: int, chance: Chance) -> None:
    """A PNG's rows, changed under their compression and compressed again."""
    places = [place for place, part in enumerate(parts) if part.kind == b"IDAT"]
    if not places:
        return _change_numbers(parts, at, chance)
    inflater = zlib.decompressobj()
    try:
        rows = inflater.decompress(b"".join(parts[place].body for place in places), BOMB_BYTES)
    except zlib.error:
        return None
    change = chance.choice((_flip_bits, _overwrite, _cut_off, _repeat))
    packed = zlib.compress(change(rows or b"\0", chance), chance.choice((0, 1, 9)))
    pieces = chance.choice((1, 2, 7))
    size = -(-len(packed) // pieces)
    new = [Part(b"IDAT", packed[start : start + size]) for start in range(0, len(packed), size)]
    parts[places[0] : places[-1] + 1] = new
    return None


def _insert(parts: list[Part], at: int, chance: Chance) -> None:
    width = len(parts[at].kind)
    kind, body = chance.choice([part for part in hostile_parts() if len(part[0]) == width])
    if chance.random() < 0.2:
        kind = chance.choice(_KINDS[width])
    parts.insert(at, Part(kind, body))


_SEGMENT_KINDS = tuple(bytes((0xFF, code)) for code in range(0xC0, 0xFF))
_CHUNK_KINDS = (
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD pHYs hIST eXIf tIME tEXt zTXt"
    b" iTXt acTL fcTL fdAT sPLT xxxx VP8 VP8L VP8X ALPH ICCP EXIF XMP ANIM ANMF"
)
_KINDS = {2: _SEGMENT_KINDS, 4: tuple(kind.ljust(4) for kind in _CHUNK_KINDS.split())}
_PART_CHANGES: tuple[Callable[[list[Part], int, Chance], None], ...] = (
    *(_drop, _double, _swap, _rename, _lie, _insert, _insert),
    *(_change_body, _change_body, _change_tail, _change_numbers, _change_numbers, _change_rows),
)
_CHANGES: tuple[Callable[[bytes, Chance], bytes], ...] = (
    *(_flip_bits, _overwrite, _cut_off, _cut_out, _repeat, _splice),
    *[_change_parts] * 8,
)
