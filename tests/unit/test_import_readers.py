"""Each reader gives a source's photos with what the source says of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imagehub.errors import NotFound, Refused
from imagehub.importing.formats import guess_format, open_reader
from imagehub.importing.label_tables import read_label_table
from imagehub.importing.licences import spdx
from imagehub.importing.source import SourceFacts, SourceRow, clean_facts
from tests.archives import folder_of, tar_of, zip_of

BY = "https://creativecommons.org/licenses/by/2.0/"
A, B, C = b"photo a", b"photo b", b"photo c"
COCO = {
    "licenses": [{"id": 4, "url": BY, "name": "Attribution"}],
    "categories": [{"id": 1, "name": "Mug"}, {"id": 2, "name": "Dog"}],
    "images": [
        {"id": 7, "file_name": "a.jpg", "license": 4, "flickr_url": "http://flickr/a"},
        {"id": 8, "file_name": "b.jpg"},
        {"id": 9, "file_name": "gone.jpg"},
    ],
    "annotations": [
        {"image_id": 7, "category_id": 1},
        {"image_id": 7, "category_id": 2},
        {"image_id": 7, "category_id": 1},
    ],
}


def rows(source: Path, kind: str | None = None, **options: Any) -> list[SourceRow]:
    reader = open_reader(str(source), kind or guess_format(str(source)), options)
    return [row for part in reader.parts() for row in reader.rows(part)]


def labels(found: Sequence[SourceRow]) -> dict[str, tuple[str, ...]]:
    return {row.key: row.problem.code if row.problem else row.facts.labels for row in found}


def test_a_folder_is_named_like_its_label_unless_it_is_a_split(tmp_path: Path) -> None:
    files = {"train/Mug/a.jpg": A, "val/b.jpg": B, "c.jpg": C}
    assert labels(rows(folder_of(tmp_path / "x", files))) == {
        "train/Mug/a.jpg": ("Mug",),
        "val/b.jpg": (),
        "c.jpg": (),
    }


def test_one_label_may_be_given_for_all(tmp_path: Path) -> None:
    found = rows(folder_of(tmp_path / "x", {"Dog/a.jpg": A}), label="Mug")
    assert labels(found) == {"Dog/a.jpg": ("Mug",)}


def test_a_file_beside_a_photo_says_what_it_shows(tmp_path: Path) -> None:
    told = {
        "labels": ["Mug", "Dog"],
        "license": BY,
        "author": "Ada",
        "title": "T",
        "url": "http://x",
    }
    files = {
        "Cat/a.jpg": A,
        "Cat/a.json": json.dumps(told).encode(),
        "Cat/b.jpg": B,
        "Cat/b.txt": b"Dog\n",
        "Cat/c.jpg": C,
        "Cat/c.json": b"{broken",
    }
    for source in (folder_of(tmp_path / "x", files), zip_of(tmp_path / "x.zip", files)):
        found = rows(source)
        assert labels(found) == {
            "Cat/a.jpg": ("Mug", "Dog"),
            "Cat/b.jpg": ("Dog",),
            "Cat/c.jpg": ("Cat",),
        }
        facts = found[0].facts
        assert (facts.licence, facts.author, facts.title, facts.source_url) == (
            *(BY, "Ada", "T", "http://x"),
        )


def test_a_table_names_labels_licences_and_authors(tmp_path: Path) -> None:
    table = (
        "file,label,licence,author\na.jpg,Mug,CC0-1.0,Ada\na.jpg,Dog,CC0-1.0,Ada\ngone.jpg,Mug,,\n"
    )
    (tmp_path / "table.csv").write_text(table)
    source = folder_of(tmp_path / "x", {"Cat/a.jpg": A, "Cat/b.jpg": B})
    found = rows(source, table=str(tmp_path / "table.csv"))
    assert labels(found) == {
        "Cat/a.jpg": ("Mug", "Dog"),
        "Cat/b.jpg": (),
        "gone.jpg": "file_missing",
    }
    assert (found[0].facts.licence, found[0].facts.author) == ("CC0-1.0", "Ada")


def test_coco_says_which_classes_a_photo_shows(tmp_path: Path) -> None:
    (tmp_path / "instances.json").write_text(json.dumps(COCO))
    source = zip_of(tmp_path / "val.zip", {"val2017/a.jpg": A, "val2017/b.jpg": B})
    found = rows(source, table=str(tmp_path / "instances.json"))
    assert labels(found) == {
        "val2017/a.jpg": ("Mug", "Dog"),
        "val2017/b.jpg": (),
        "gone.jpg": "file_missing",
    }
    assert (found[0].facts.licence, found[0].facts.source_url) == (BY, "http://flickr/a")


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"images": [{}], "annotations": [], "categories": []}']
)
def test_a_broken_table_is_refused_before_anything_is_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(Refused, match="Nothing was imported"):
        read_label_table(tmp_path / "t.json")


def test_webdataset_samples_are_photos_with_what_is_beside_them(tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_text("Cat\nMug\n")
    shards = tmp_path / "shards"
    shards.mkdir()
    tar_of(
        shards / "0.tar",
        {
            "a.jpg": A,
            "a.json": json.dumps({"label": "Dog", "licence": "CC0-1.0"}).encode(),
            "b.cls": b"1",
            "b.jpg": B,
            "c.txt": b"Dog",
            "c.PNG": C,
            "d.json": b"{}",
        },
    )
    tar_of(shards / "1.tar", {"a.jpg": A, "a.cls": b"7"})
    found = rows(shards, "webdataset", classes=str(tmp_path / "classes.txt"))
    assert labels(found) == {
        "0.tar/a.jpg": ("Dog",),
        "0.tar/b.jpg": ("Mug",),
        "0.tar/c.PNG": ("Dog",),
        "1.tar/a.jpg": ("7",),
    }
    assert [row.read() for row in found] == [A, B, C, A]


def test_a_label_of_our_own_webdataset_is_its_first_by_rank(tmp_path: Path) -> None:
    facts = {
        "label": "/m/01",
        "labels": [{"label": "/m/01", "source": "machine"}],
        "licence": "CC-BY-4.0",
    }
    tar = tar_of(tmp_path / "0.tar", {"a.jpg": A, "a.json": json.dumps(facts).encode()})
    (row,) = rows(tar, "webdataset")
    assert (row.facts.labels, row.facts.licence) == (("/m/01",), "CC-BY-4.0")


def test_what_img2dataset_could_not_fetch_is_told(tmp_path: Path) -> None:
    told = {"url": "http://x/a.jpg", "caption": "a mug", "label": "Mug", "status": "success"}
    folder = folder_of(tmp_path / "out", {"00000_stats.json": b"{}"})
    tar_of(
        folder / "00000.tar",
        {
            "000000000.jpg": A,
            "000000000.json": json.dumps(told).encode(),
            "000000000.txt": b"a mug",
        },
    )
    table = [
        {"key": "000000000", "status": "success", "error_message": None},
        {"key": "000000001", "status": "failed_to_download", "error_message": "HTTP Error 404"},
    ]
    pq.write_table(pa.Table.from_pylist(table), folder / "00000.parquet")
    found = rows(folder)
    assert labels(found) == {
        "00000.tar/000000000.jpg": ("Mug",),
        "00000.tar/000000001": "not_fetched",
    }
    assert found[0].facts.source_url == "http://x/a.jpg"
    assert "HTTP Error 404" in str(found[1].problem)


def test_parquet_of_hugging_face_has_photos_and_class_names(tmp_path: Path) -> None:
    features = {
        "image": {"_type": "Image"},
        "label": {"names": ["Cat", "Mug"], "_type": "ClassLabel"},
    }
    noted = {b"huggingface": json.dumps({"info": {"features": features}}).encode()}
    table = pa.table(
        {
            "image": [
                {"bytes": A, "path": "a.jpg"},
                {"bytes": B, "path": None},
                {"bytes": None, "path": "c"},
            ],
            "label": [1, 0, 1],
            "license": [BY, "", ""],
        }
    ).replace_schema_metadata(noted)
    pq.write_table(table, tmp_path / "train-0.parquet", row_group_size=2)
    found = rows(tmp_path / "train-0.parquet")
    assert labels(found) == {
        "train-0.parquet#0/0": ("Mug",),
        "train-0.parquet#0/1": ("Cat",),
        "train-0.parquet#1/0": "no_photo",
    }
    assert (found[0].read(), found[0].facts.licence) == (A, BY)


@pytest.mark.parametrize("data", [b"", b"PAR1 but no more", b"x" * 1000])
def test_a_damaged_parquet_file_is_a_row_of_the_report(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.parquet").write_bytes(data)
    assert labels(rows(tmp_path / "a.parquet")) == {"a.parquet#0": "table_broken"}


def test_a_source_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        open_reader(str(tmp_path / "nowhere"), "files", {})


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (BY, "CC-BY-2.0"),
        ("http://creativecommons.org/licenses/by-nc-sa/4.0/deed.de", "CC-BY-NC-SA-4.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("CC BY-SA 3.0", "CC-BY-SA-3.0"),
        ("cc-by-4.0", "CC-BY-4.0"),
        ("CC0-1.0", "CC0-1.0"),
        ("https://creativecommons.org/licenses/by-nd/2.0/", None),
        ("CC BY", None),
        ("All rights reserved", None),
        ("free", None),
        ("", None),
        ("https://evil.example/?https://creativecommons.org/licenses/by/2.0/", None),
    ],
)
def test_a_licence_is_known_or_unknown_and_never_guessed(words: str, found: str | None) -> None:
    assert spdx(words) == found


def test_what_a_source_says_is_kept_in_one_bounded_line() -> None:
    facts = clean_facts(SourceFacts(("  Mug\n", "Mug", ""), author="A\0da\u202e" + "x" * 9999))
    assert facts.labels == ("Mug",)
    assert facts.author.startswith("A\\x00da\\u202exx")
    assert len(facts.author) == 500
