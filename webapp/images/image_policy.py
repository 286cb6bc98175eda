"""What a viewer sees of one image, by their standing to it: one table. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from imagehub.catalogue.duplicates.duplicate_groups import KnownTile
from imagehub.catalogue.images.image_queries import ImageEntry, ImageUpload, ImageVerdict
from imagehub.vocabulary import Account, Label
from webapp.images.permissions import ImageStanding

SOMEBODY = "a contributor"


class SeenUploads(Enum):
    """Which of an image's uploads the viewer sees."""

    ALL = "all"
    WITHOUT_SENDERS = "all, but not who sent them, nor when the photo was taken"
    OWN = "the viewer's own, as if nobody else had sent the photo"


@dataclass(frozen=True, slots=True)
class ImagePolicy:
    """What the viewer sees of an image.

    Without `all_verdicts` only those on labels that it is published as or that the viewer claimed;
    without `hidden_duplicates` only near duplicates that are public or the viewer's own.
    """

    uploads: SeenUploads
    all_verdicts: bool = False
    hidden_duplicates: bool = False

    def image_of(self, image: ImageEntry, told: Sequence[ImageUpload]) -> ImageEntry:
        """The image; one who sees only own uploads gets the landing time of the first of them."""
        if self.uploads is SeenUploads.OWN:
            return replace(image, landed_at=told[0].settled_at)
        return image

    def uploads_of(
        self, uploads: Sequence[ImageUpload], viewer: Account | None
    ) -> tuple[ImageUpload, ...]:
        """The uploads that the viewer sees, the first one first."""
        match self.uploads:
            case SeenUploads.ALL:
                return tuple(uploads)
            case SeenUploads.WITHOUT_SENDERS:
                return tuple(
                    replace(upload, contributor=SOMEBODY, taken_at=None) for upload in uploads
                )
            case SeenUploads.OWN:
                return own(uploads, viewer)

    def verdicts_of(
        self, verdicts: Sequence[ImageVerdict], labels: frozenset[Label]
    ) -> tuple[ImageVerdict, ...]:
        """The verdicts that the viewer sees; `labels`: the published ones and the viewer's own."""
        return tuple(
            verdict for verdict in verdicts if self.all_verdicts or verdict.label in labels
        )

    def sees(self, near: KnownTile) -> bool:
        """True for a near duplicate that the viewer sees."""
        return self.hidden_duplicates or near.is_public or near.is_own


PUBLIC = {
    ImageStanding.STRANGER: ImagePolicy(SeenUploads.ALL),
    ImageStanding.SENDER: ImagePolicy(SeenUploads.ALL),
    ImageStanding.REVIEWER: ImagePolicy(SeenUploads.ALL, all_verdicts=True, hidden_duplicates=True),
    ImageStanding.ADMIN: ImagePolicy(SeenUploads.ALL, all_verdicts=True),
}
"""Of an image that is in a label set. A duplicate that is hidden is opened to admins by itself."""

HIDDEN = {
    ImageStanding.SENDER: ImagePolicy(SeenUploads.OWN),
    ImageStanding.REVIEWER: ImagePolicy(
        SeenUploads.WITHOUT_SENDERS, all_verdicts=True, hidden_duplicates=True
    ),
    ImageStanding.ADMIN: ImagePolicy(SeenUploads.ALL, all_verdicts=True, hidden_duplicates=True),
}
"""Of any other image."""


def policy(standing: ImageStanding, is_public: bool) -> ImagePolicy:
    """The policy of a standing; KeyError for a stranger to a hidden image: access stops those."""
    return PUBLIC[standing] if is_public else HIDDEN[standing]


def own(uploads: Sequence[ImageUpload], viewer: Account | None) -> tuple[ImageUpload, ...]:
    """The viewer's own uploads."""
    return tuple(upload for upload in uploads if viewer and upload.account_id == viewer.id)
