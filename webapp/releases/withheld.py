"""Files of a release that are not given out any more: withdrawn for ever, or hidden for now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from imagehub.catalogue.database import Database
from imagehub.catalogue.releases import release_withdrawals
from imagehub.manifest import Manifest, ManifestFile
from imagehub.release_documents import Signed
from imagehub.withdrawal_list import WithdrawnFile


@dataclass(frozen=True, slots=True)
class Withheld:
    """What is held back of one release.

    `withdrawn` is final; `signed` is the signed list of it, which follows some seconds later.
    `concealed` are ids of images of the whole hub that are hidden now.
    """

    withdrawn: tuple[WithdrawnFile, ...]
    signed: Signed | None
    concealed: frozenset[str]

    def among(self, files: Iterable[ManifestFile]) -> Iterator[ManifestFile]:
        """Those of the files that are not given out."""
        withdrawn = {file.path for file in self.withdrawn}
        return (file for file in files if file.path in withdrawn or file.image_id in self.concealed)

    def left_of(self, manifest: Manifest) -> Manifest:
        """The manifest without the files that are held back."""
        gone = {file.path for file in self.among(manifest.files)}
        return replace(
            manifest, files=tuple(file for file in manifest.files if file.path not in gone)
        )


def of_release(database: Database, release_id: str) -> Withheld:
    """What is held back of a release at this moment."""
    with database.transaction() as cursor:
        return Withheld(
            tuple(release_withdrawals.withdrawn_of(cursor, release_id)),
            release_withdrawals.signed_list(cursor, release_id),
            release_withdrawals.concealed(cursor),
        )
