"""A photo of a release as training sees it: the hub's view, squared, as a small JPEG."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imagehub.errors import Refused
from imagehub.manifest import ManifestFile, digest
from imagehub.photo import read_view, resize
from imagehub.photo.landing import VIEW_PIXELS
from imagehub.photo.resizing import shrink
from imagehub.storage import keys
from imagehub.storage.protocol import ObjectStore

QUALITY = 95
"""High, and without thinner colours: a photo is made small once and read in every epoch."""


def released(store: ObjectStore, file: ManifestFile) -> bytes:
    """A file's bytes; Refused(`release_damaged`) if they were changed."""
    data = store.get(keys.full(file.photo_sha256))
    if digest(data).hex() != file.sha256:
        raise Refused(
            "release_damaged",
            f"{file.path} is not what the release's manifest names by sha256.",
        )
    return data


def square(pixels: NDArray[np.uint8], side_pixels: int) -> NDArray[np.uint8]:
    """A photo of any size as verification and phones see it: its view, squeezed to a square."""
    view = np.asarray(shrink(Image.fromarray(pixels), VIEW_PIXELS))
    return resize(view, side_pixels, side_pixels)


def small_jpeg(data: bytes, side_pixels: int) -> bytes:
    """A released JPEG made small for a training shard."""
    encoded = io.BytesIO()
    image = Image.fromarray(square(read_view(data), side_pixels))
    image.save(encoded, "JPEG", quality=QUALITY, subsampling=0)
    return encoded.getvalue()
