"""A TAR with the same folders as the ZIP: it can be unpacked while it comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from imagehub.formats import tar_members
from imagehub.formats.planning import PlannedFile, PlannedRelease, ReleaseFormat
from imagehub.release_documents import IMAGE_FOLDER, documents
from imagehub.skeleton.pieces import Entry

PATH = "tar/{release}.tar"


def plan(release: PlannedRelease) -> Sequence[PlannedFile]:
    """One archive of everything."""
    manifest = release.facts.manifest
    path = PATH.format(release=manifest.release)
    return [PlannedFile(path, "application/x-tar", manifest.files, partial(_entries, release))]


def _entries(release: PlannedRelease) -> Iterator[Entry]:
    for name, data in documents(release.facts, IMAGE_FOLDER).items():
        yield tar_members.text(name, data)
    for file in release.facts.manifest.files:
        yield tar_members.photo(file.path, file)
    yield tar_members.END


FORMAT = ReleaseFormat(
    name="tar",
    title="TAR, one folder per label",
    rank=2,
    plan=plan,
    use="""# in a terminal: curl -L {hub}/api/v1/releases/{release}/download?format=tar | tar x
import torchvision

train = torchvision.datasets.ImageFolder("train")""",
    whole=PATH,
)
