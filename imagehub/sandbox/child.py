"""The process that decodes: photos come in on stdin, derivatives go out on stdout.

Started by imagehub.sandbox.pool with its Limits as JSON, and with an empty environment.
"""

from __future__ import annotations

import io
import json
import os
import sys
import warnings
from contextlib import suppress
from typing import BinaryIO

from imagehub.sandbox.confinement import allow_cpu, give_up_rights, leave_network
from imagehub.sandbox.frames import (
    BrokenAnswer,
    Limits,
    read_frame,
    write_landed,
    write_ready,
    write_refused,
)


def main() -> None:
    """Serve until stdin ends."""
    limits = Limits(**json.loads(sys.argv[1]))
    leave_network()
    answers = os.fdopen(os.dup(1), "wb")  # for answers alone, whatever a library prints
    _load_decoders()
    _print_nowhere()
    write_ready(answers, give_up_rights(limits.memory_bytes))
    with suppress(BrokenAnswer, BrokenPipeError):  # the parent ended
        while True:
            photo = read_frame(sys.stdin.buffer)
            allow_cpu(limits.cpu_seconds)
            _answer(answers, photo)


def _answer(answers: BinaryIO, photo: bytes) -> None:
    from imagehub.errors import Refused
    from imagehub.photo import land
    from imagehub.photo.refusals import DECODING_SENTENCES

    try:
        landed = land(photo)
    except Refused as refused:
        write_refused(
            answers, refused.code if refused.code in DECODING_SENTENCES else "undecodable"
        )
    except MemoryError:
        write_refused(answers, "decode_limits")
    else:
        write_landed(answers, landed)


def _print_nowhere() -> None:
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 a device, not a path
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)


def _load_decoders() -> None:
    """Decode one photo of each format, so that nothing is imported once files are out of reach."""
    from PIL import Image, ImageCms

    from imagehub.photo import land

    warnings.simplefilter("ignore")  # of Pillow, about hostile metadata
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x0112] = 6
    for form in ("JPEG", "PNG", "WEBP"):
        file = io.BytesIO()
        Image.new("RGB", (96, 64), "grey").save(file, form, icc_profile=profile, exif=exif)
        land(file.getvalue())


if __name__ == "__main__":
    main()
