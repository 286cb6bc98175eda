"""Open Images' CSVs of a release. No cell of them can be a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from imagehub.manifest import Manifest

IMAGES_COLUMNS = (
    "ImageID",
    "Subset",
    "OriginalURL",
    "OriginalLandingURL",
    "License",
    "AuthorProfileURL",
    "Author",
    "Title",
    "OriginalSize",
    "OriginalMD5",
    "Thumbnail300KURL",
    "Rotation",
)
LABELS_COLUMNS = ("ImageID", "Source", "LabelName", "Confidence")
CLASSES_COLUMNS = ("LabelName", "DisplayName")
LINE_BREAKS = re.compile("[\r\n\0]+")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")


def images(manifest: Manifest) -> bytes:
    """Each file's image; what we do not know stays empty, as in Open Images itself."""
    return _table(
        IMAGES_COLUMNS,
        (
            (
                *(file.image_id, file.split, "", "", file.licence, "", file.contributor),
                *("", str(file.bytes), "", "", ""),
            )
            for file in manifest.files
        ),
    )


def labels(manifest: Manifest) -> bytes:
    """Each label of each image, with its source and confidence."""
    return _table(
        LABELS_COLUMNS,
        (
            (file.image_id, claim.source, claim.mid, f"{claim.confidence:g}")
            for file in manifest.files
            for claim in file.labels
        ),
    )


def class_descriptions(manifest: Manifest) -> bytes:
    """MID and name of each label of the release."""
    return _table(CLASSES_COLUMNS, ((label.mid, label.name) for label in manifest.labels))


def guarded(cell: str) -> str:
    """The cell on one line, with a quote before it where it would be taken for a formula."""
    quoted = f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
    return LINE_BREAKS.sub(" ", quoted)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8")
