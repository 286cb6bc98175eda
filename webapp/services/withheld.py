"""Files of a release that are not given out any more: withdrawn for good, or hidden for now."""

from __future__ import annotations

from dataclasses import dataclass, replace

from imagehub.catalogue import release_withdrawals
from imagehub.catalogue.database import Database
from imagehub.catalogue.release_withdrawals import SignedList
from imagehub.manifest import Manifest, ManifestFile
from imagehub.withdrawal_list import WithdrawnFile


@dataclass(frozen=True, slots=True)
class Withheld:
    """What is held back of one release.

    `withdrawn` is final; `signed` is the signed list of it, which follows some seconds later.
    `concealed` are ids of images of the whole hub that nobody may see now.
    """

    withdrawn: tuple[WithdrawnFile, ...]
    signed: SignedList | None
    concealed: frozenset[str]

    def has(self, file: ManifestFile) -> bool:
        """True if the file is not given out."""
        return file.image_id in self.concealed or file.path in {one.path for one in self.withdrawn}

    def left_of(self, manifest: Manifest) -> Manifest:
        """The manifest without the files that are held back."""
        gone = {one.path for one in self.withdrawn}
        kept = (
            one
            for one in manifest.files
            if one.path not in gone and one.image_id not in self.concealed
        )
        return replace(manifest, files=tuple(kept))


def of_release(database: Database, release_id: str) -> Withheld:
    """What is held back of a release at this moment."""
    with database.transaction() as cursor:
        return Withheld(
            tuple(release_withdrawals.withdrawn_of(cursor, release_id)),
            release_withdrawals.signed_list(cursor, release_id),
            release_withdrawals.concealed(cursor),
        )
