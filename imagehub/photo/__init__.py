"""A photo's bytes: read the header, decode and rebuild, take the fingerprint. Pure."""

from imagehub.photo.header import PhotoHeader, inspect
from imagehub.photo.landing import Derivative, LandedPhoto, digest, land, read_view
from imagehub.photo.luma import count_levels, luma
from imagehub.photo.refusals import REFUSALS
from imagehub.photo.resizing import resize

__all__ = [
    "REFUSALS",
    "Derivative",
    "LandedPhoto",
    "PhotoHeader",
    "count_levels",
    "digest",
    "inspect",
    "land",
    "luma",
    "read_view",
    "resize",
]
