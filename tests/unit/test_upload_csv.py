"""A CSV of photos is read strictly: what is wrong is named, and nothing of it is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagehub.client.claims import from_csv
from imagehub.errors import Refused

GOOD = "file,label\np0.jpg,Mug\n"


def _written(folder: Path, data: bytes | str) -> Path:
    file = folder / "photos.csv"
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return file


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ("file,label\np0.jpg,Bell pepper, red\n", "line 2: has 3 cells, the header 2"),
        ("file,label\np0.jpg,Mug\np1.jpg,Mug,\n", "line 3: has 3 cells, the header 2"),
        ("file,label,device\np0.jpg,Mug\n", "line 2: has 2 cells, the header 3"),
        ("file,label,label\np.jpg,Bell pepper,Mug\n", "line 1: has the column 'label' twice"),
        ("file,label,File\np.jpg,Mug,q.jpg\n", "line 1: has the column 'file' twice"),
        ("file;label\np0.jpg;Mug\n", "line 1: has its cells parted by semicolons"),
        ("file;label\np0.jpg;Bell pepper, red\n", "line 1: has its cells parted by semicolons"),
        ("sep=;\nfile;label\np0.jpg;Mug\n", "line 2: has its cells parted by semicolons"),
        ("file\tlabel\np0.jpg\tMug\n", "line 1: has its cells parted by tabs"),
        (GOOD.encode("utf-16"), "line 1: is text in UTF-16"),
        (GOOD.encode("utf-16-le"), "line 1: is text in UTF-16"),
        (GOOD.encode("utf-16-be"), "line 1: is text in UTF-16"),
        ("file,label\np0.jpg,Mug\np1.jpg,Café\n".encode("cp1252"), "line 3: is no CSV in UTF-8"),
        ("file,label,latitude\np0.jpg,Mug,48.1\n", "line 2: has only one of latitude"),
        ("file,label,longitude\np0.jpg,Mug,11.5\n", "line 2: has only one of latitude"),
        ("file,label,latitude,longitude\np0.jpg,Mug,48.1,\n", "line 2: has only one of latitude"),
        ('file,label,latitude,longitude\np0.jpg,Mug,"48,1",11\n', "line 2: has '48,1'"),
        ("file,label,taken_at\np0.jpg,Mug,5/1/2026\n", "line 2: has '5/1/2026'"),
        ("file,label,taken_at\np0.jpg,Mug,9999-12-31T23:59:00-14:00\n", "line 2: has '9999"),
        ("file,label,taken_at\np0.jpg,Mug,0001-01-01\n", "line 2: has '0001"),
        ("ImageID,LabelName\nabc,\n", "line 2: has no LabelName"),
        ("ImageID,Subset\nabc,train\n", "line 1: has no column 'file'"),
    ],
)
def test_a_faulty_csv_is_named_by_line_and_fault(
    tmp_path: Path, data: bytes | str, what: str
) -> None:
    with pytest.raises(Refused) as refusal:
        from_csv(_written(tmp_path, data))
    assert what in refusal.value.sentence
    assert refusal.value.sentence.endswith("Nothing was sent.")


@pytest.mark.parametrize(
    "data",
    [
        GOOD.encode("utf-8-sig"),
        "File,Label\np0.jpg,Mug\n",
        "file, label\np0.jpg, Mug\n",
        "sep=,\nfile,label\np0.jpg,Mug\n",
        "file,label\np0.jpg,Mug\n,\n,,\n , \n\n",
        "file,label\r\np0.jpg,Mug\r\n\r\n",
        "file,label\rp0.jpg,Mug\r",
        "\n\nfile,label\np0.jpg,Mug\n",
        "file,label,,\np0.jpg,Mug,,\n",
    ],
)
def test_what_spreadsheets_leave_does_no_harm(tmp_path: Path, data: bytes | str) -> None:
    found = from_csv(_written(tmp_path, data))
    assert [(photo.name, photo.claim.label) for photo in found] == [("p0.jpg", "Mug")]


def test_the_tables_of_an_unpacked_release_name_its_photos(tmp_path: Path) -> None:
    photo = tmp_path / "train/mug-02jvh9/00000000000000aa.jpg"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"photo")
    (tmp_path / "images.csv").write_text("ImageID,Subset\n00000000000000aa,train\n")
    (tmp_path / "labels.csv").write_text(
        "ImageID,Source,LabelName,Confidence\n"
        "00000000000000aa,verification,/m/02jvh9,1\n"
        "00000000000000aa,verification,/m/0bt9lr,0\n"
        "00000000000000bb,verification,/m/0bt9lr,1\n"
    )
    by_labels = from_csv(tmp_path / "labels.csv")
    assert [(photo.file, photo.claim.label) for photo in by_labels] == [
        (photo, "/m/02jvh9"),
        (tmp_path / "00000000000000bb.jpg", "/m/0bt9lr"),  # told as unreadable when it is sent
    ]
    assert from_csv(tmp_path / "images.csv") == by_labels[:1]
