"""What the hub gives out can be brought into another hub: the same photos, labels and licences."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagehub.importing.formats import guess_format, open_reader
from imagehub.importing.licences import spdx
from imagehub.manifest import ManifestFile
from imagehub.release_paths import folder
from tests.photos import jpeg
from tests.unit.release_in_memory import LABELS, frozen_files, made_release, read_file

PHOTOS = [jpeg(seed, 64, 48) for seed in range(12)]
FOLDERS = {folder(label): label.mid for label in LABELS}


def rows_of(
    format_name: str, place: Path
) -> tuple[dict[bytes, tuple[object, ...]], list[ManifestFile]]:
    """The photo -> what readers say of it, and the release that was written to files."""
    release, photos = made_release(PHOTOS)
    for path, file in frozen_files(release, photos, format_name).items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(read_file(file, photos))
    kind = "webdataset" if format_name == "webdataset" else None
    found = {}
    for source in sorted({file.parent for file in place.rglob("*") if file.is_file()}):
        reader = open_reader(str(source), kind or guess_format(str(source)), {})
        for row in (row for part in reader.parts() for row in reader.rows(part)):
            assert row.problem is None, row
            facts = row.facts
            labels = tuple(FOLDERS.get(label, label) for label in facts.labels)
            found[row.read()] = (labels, spdx(facts.licence), facts.author)
    return found, list(release.facts.manifest.files)


@pytest.mark.parametrize("name", ["webdataset", "parquet"])
def test_labels_licences_and_authors_survive(name: str, tmp_path: Path) -> None:
    found, files = rows_of(name, tmp_path)
    expected = {
        (tuple(label.mid for label in file.labels), file.licence, file.contributor)
        for file in files
    }
    assert set(found.values()) == expected
    assert sorted(found) == sorted(PHOTOS)


@pytest.mark.parametrize("name", ["imagefolder", "tar"])
def test_folders_of_a_release_lead_to_their_labels(name: str, tmp_path: Path) -> None:
    found, files = rows_of(name, tmp_path)
    assert sorted(found) == sorted(PHOTOS)
    assert {labels for labels, _, _ in found.values()} == {(file.label,) for file in files}
