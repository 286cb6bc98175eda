"""What is held back of a release: each file once, by path or by image."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from imagehub.manifest import FileLabel, Manifest, ManifestFile
from imagehub.vocabulary import Label
from imagehub.withdrawal_list import WithdrawnFile
from webapp.releases.withheld import Withheld

DAY = datetime(2026, 5, 2, tzinfo=UTC)


class Counted(tuple[WithdrawnFile, ...]):
    """Withdrawn files that count how often somebody goes through them."""

    times = 0

    def __iter__(self) -> Iterator[WithdrawnFile]:
        type(self).times += 1
        return super().__iter__()


def file(number: int) -> ManifestFile:
    return ManifestFile(
        path=f"train/dog-0bt9lr/{number:016x}.jpg", image_id=f"{number:016x}", sha256="0" * 64,
        photo_sha256=f"{number:016x}" * 4,
        bytes=1, crc32=0, width=1, height=1, split="train", label="/m/0bt9lr",
        labels=(FileLabel("/m/0bt9lr", "verification", 0.9),), contributor="x",
        licence="CC-BY-4.0", duplicate_group=f"{number:016x}",
    )  # fmt: skip


@pytest.fixture
def manifest() -> Manifest:
    files = tuple(file(number) for number in range(50))
    return Manifest("pets-1", DAY, 1, {}, (Label("/m/0bt9lr", "Dog"),), files)


def test_of_a_release_only_what_is_neither_withdrawn_nor_hidden_is_given_out(
    manifest: Manifest,
) -> None:
    files = manifest.files
    gone = WithdrawnFile("pets-1", "f" * 16, files[1].path, "0" * 64, "withdrawn", DAY)
    held = Withheld((gone,), None, frozenset({files[3].image_id, "e" * 16}))
    assert list(held.among(files)) == [files[1], files[3]]
    assert held.left_of(manifest) == replace(manifest, files=(files[0], files[2], *files[4:]))


def test_many_withdrawn_files_are_gone_through_once_for_all_files(manifest: Manifest) -> None:
    withdrawn = Counted(
        WithdrawnFile(
            "pets-1",
            manifest_file.image_id,
            manifest_file.path,
            manifest_file.sha256,
            "withdrawn",
            DAY,
        )
        for manifest_file in manifest.files
    )
    Counted.times = 0
    assert len(list(Withheld(withdrawn, None, frozenset()).among(manifest.files))) == 50
    assert Counted.times == 1
