"""A ZIP whose folders are splits and classes: what most image loaders read as it is.

`metadata.jsonl` in each split is for Hugging Face's `imagefolder`; others pass over it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from imagehub.formats import zip_members
from imagehub.formats.planning import PlannedFile, PlannedRelease, ReleaseFormat
from imagehub.release_documents import IMAGE_FOLDER, documents
from imagehub.skeleton.pieces import Entry

PATH = "imagefolder/{release}.zip"


def plan(release: PlannedRelease) -> Sequence[PlannedFile]:
    """One archive of everything."""
    manifest = release.facts.manifest
    path = PATH.format(release=manifest.release)
    return [PlannedFile(path, "application/zip", manifest.files, partial(_entries, release))]


def _entries(release: PlannedRelease) -> Iterator[Entry]:
    beside = documents(release.facts, IMAGE_FOLDER)
    texts = (zip_members.text(name, data) for name, data in beside.items())
    photos = (zip_members.photo(file.path, file) for file in release.facts.manifest.files)
    return zip_members.archive([*texts, *photos])


FORMAT = ReleaseFormat(
    name="imagefolder",
    title="ZIP, one folder per label",
    rank=1,
    plan=plan,
    use="""# unpack {release}.zip, or run: imagehub download {release}
import torchvision

train = torchvision.datasets.ImageFolder("{release}/train")""",
    whole=PATH,
)
