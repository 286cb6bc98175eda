"""What is held back of a release: each file once, by path or by image."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from imagehub.manifest import Manifest, ManifestFile
from imagehub.vocabulary import Label
from imagehub.withdrawal_list import WithdrawnFile
from tests.factories.manifest_files import manifest_file
from webapp.releases.withheld import Withheld

DAY = datetime(2026, 5, 2, tzinfo=UTC)


class Counted(tuple[WithdrawnFile, ...]):
    """Withdrawn files that count how often somebody goes through them."""

    times = 0

    def __iter__(self) -> Iterator[WithdrawnFile]:
        type(self).times += 1
        return super().__iter__()


def file(number: int) -> ManifestFile:
    return manifest_file(f"{number}".encode(), image_id=f"{number:016x}")


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
            one.image_id,
            one.path,
            one.sha256,
            "withdrawn",
            DAY,
        )
        for one in manifest.files
    )
    Counted.times = 0
    assert len(list(Withheld(withdrawn, None, frozenset()).among(manifest.files))) == 50
    assert Counted.times == 1
