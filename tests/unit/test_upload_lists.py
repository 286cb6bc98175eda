"""Which photos are sent, and what the journal remembers of them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagehub.client import Claim
from imagehub.client.claims import PhotoFile, from_csv, from_folder, from_subfolders
from imagehub.client.journal import Journal, key_of
from imagehub.errors import Misconfigured, Refused


def touch(*files: Path) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"photo")


def test_a_folder_is_sent_whole_but_for_hidden_files(tmp_path: Path) -> None:
    touch(
        tmp_path / "b.jpg", tmp_path / "sub/a.HEIC", tmp_path / ".DS_Store", tmp_path / ".x/c.jpg"
    )
    found = from_folder(tmp_path, "Dog")
    assert [(photo.name, photo.claim.label) for photo in found] == [
        ("b.jpg", "Dog"),
        ("sub/a.HEIC", "Dog"),
    ]


def test_sub_folders_name_the_labels(tmp_path: Path) -> None:
    touch(tmp_path / "Dog/1.jpg", tmp_path / "Alpine sea holly/1.jpg")
    found = from_subfolders(tmp_path)
    assert [(photo.name, photo.claim.label) for photo in found] == [
        ("Alpine sea holly/1.jpg", "Alpine sea holly"),
        ("Dog/1.jpg", "Dog"),
    ]


def test_a_photo_beside_the_sub_folders_is_refused_by_name(tmp_path: Path) -> None:
    touch(tmp_path / "Dog/1.jpg", tmp_path / "stray.jpg")
    with pytest.raises(Refused, match=r"stray\.jpg"):
        from_subfolders(tmp_path)


def test_a_csv_gives_claims_and_ignores_other_columns(tmp_path: Path) -> None:
    file = tmp_path / "photos.csv"
    file.write_text(
        "upload,file,contributor,label,taken_at,latitude,longitude\n"
        'u1,a/1.jpg,ana,"Dog, big",2026-05-01T00:01:01+00:00,-23.5,46\n'
        ",2.jpg,,/m/0bt9lr,,,\n",
        encoding="utf-8-sig",
    )
    assert from_csv(file) == [
        PhotoFile(
            tmp_path / "a/1.jpg",
            "a/1.jpg",
            Claim(
                label="Dog, big",
                taken_at=datetime(2026, 5, 1, 0, 1, 1, tzinfo=UTC),
                latitude=-23.5,
                longitude=46,
            ),
            "u1",
        ),
        PhotoFile(tmp_path / "2.jpg", "2.jpg", Claim(label="/m/0bt9lr")),
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "line 1: has no column 'file'"),
        ("file,name\n", "line 1: has no column 'label'"),
        ("file,label\na.jpg\n", "line 2: has no label"),
        ("file,label\n,Dog\n", "line 2: has no file"),
        ("file,label,taken_at\na.jpg,Dog,yesterday\n", "line 2: has 'yesterday'"),
        ("file,label,latitude\na.jpg,Dog,91\n", "line 2: has '91'"),
        ("file,label,longitude\na.jpg,Dog,nan\n", "line 2: has 'nan'"),
        ('file,label\na.jpg,"Dog\n', "is no CSV"),
        ("file,label\na.jpg,\udcff\n", "is no CSV"),
    ],
)
def test_a_broken_csv_is_refused_by_its_line(tmp_path: Path, text: str, what: str) -> None:
    file = tmp_path / "photos.csv"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(Refused) as refusal:
        from_csv(file)
    assert what in refusal.value.sentence


PHOTO = PhotoFile(Path("a.jpg"), "a.jpg", Claim(label="Dog"))


def test_a_second_run_gets_the_same_id_and_knows_what_was_accepted(tmp_path: Path) -> None:
    with Journal(tmp_path / "j") as journal:
        first, second = journal.begin("one"), journal.begin("two")
        journal.accept("one")
        assert journal.begin("one") is None, "begun in this run"
    with Journal(tmp_path / "j") as journal:
        assert journal.accepted_as("one") == first
        assert journal.accepted_as("two") is None
        assert (journal.begin("one"), journal.begin("two")) == (first, second)


def test_an_id_of_the_senders_own_is_taken(tmp_path: Path) -> None:
    with Journal(tmp_path / "j") as journal:
        assert journal.begin("one", uuid.UUID(int=5)) == uuid.UUID(int=5)


@given(cut=st.integers(min_value=0, max_value=400), tail=st.binary(max_size=5))
def test_a_journal_cut_off_anywhere_is_still_read(
    tmp_path_factory: pytest.TempPathFactory, cut: int, tail: bytes
) -> None:
    file = tmp_path_factory.mktemp("journal") / "j"
    with Journal(file) as journal:
        ids = [journal.begin(str(number)) for number in range(4)]
    data = file.read_bytes()[:cut]
    file.write_bytes(data + tail)
    with Journal(file) as journal:
        again = [journal.begin(str(number)) for number in range(4)]
    whole = data.count(b"\n")
    assert again[:whole] == ids[:whole]
    with Journal(file) as journal:
        assert [journal.begin(str(number)) for number in range(4)] == again


def test_two_runs_do_not_share_a_journal_at_once(tmp_path: Path) -> None:
    with (
        Journal(tmp_path / "j"),
        pytest.raises(Misconfigured, match="Another upload is at work"),
        Journal(tmp_path / "j"),
    ):
        pass


def test_a_place_where_no_journal_can_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="--journal"), Journal(tmp_path / "none" / "j"):
        pass


def test_hub_sender_photo_claim_and_act_make_an_upload_the_same_one() -> None:
    other_claim = PhotoFile(PHOTO.file, PHOTO.name, Claim(label="Cat"))
    other_act = PhotoFile(PHOTO.file, PHOTO.name, PHOTO.claim, "u2")
    other_file = PhotoFile(Path("b.jpg"), "b.jpg", PHOTO.claim)
    key = key_of(PHOTO, "d1", "http://hub", "dih_a")
    assert key == key_of(other_file, "d1", "http://hub", "dih_a")
    others = {
        key_of(other_claim, "d1", "http://hub", "dih_a"),
        key_of(other_act, "d1", "http://hub", "dih_a"),
        key_of(PHOTO, "d2", "http://hub", "dih_a"),
        key_of(PHOTO, "d1", "http://hub2", "dih_a"),
        key_of(PHOTO, "d1", "http://hub", "dih_b"),
    }
    assert len(others) == 5
    assert key not in others
    assert "dih_a" not in key
