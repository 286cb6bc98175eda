"""Open Images' published tables come in by COPY: each row once, whatever kills the command."""

from __future__ import annotations

import base64
import csv
import hashlib
import random
from pathlib import Path
from typing import Any

import pytest

from imagehub.catalogue.database import Database
from imagehub.importing import open_images
from imagehub.importing.open_images_rows import LABEL_HEADER
from tests import factories
from tests.archives import folder_of
from tests.open_images_files import image_id, write_labels, write_photos
from tests.photos import jpeg
from tests.services.importing import ImportingHub

PHOTOS, EACH = 3_000, 4
MIDS = ("/m/01yrx", "/m/0bt9lr", "/m/02jvh9", "/m/09tvcd", "/m/081qc")


@pytest.fixture
def hub(catalogue_url: str, database: Database, tmp_path: Path) -> ImportingHub:
    with database.transaction() as cursor:
        account, label = factories.account(cursor), factories.label(cursor)
    return ImportingHub(catalogue_url, tmp_path / "hub" / "objects", account, label)


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    folder = tmp_path / "published"
    folder.mkdir()
    write_photos(folder / "image_ids_and_rotation.csv", PHOTOS)
    write_labels(folder / "human-imagelabels.csv", PHOTOS, EACH, MIDS, is_machine=False)
    write_labels(folder / "machine-imagelabels.csv", PHOTOS, EACH, MIDS, is_machine=True)
    return folder


def digest(hub: ImportingHub) -> str:
    """Of all rows by reference, in an order of their own, with how often each is there."""
    found = hashlib.sha256()
    with hub.database.transaction() as cursor:
        for table in ("referenced_photos", "imported_labels", "import_parts"):
            cursor.execute(f"select t::text as row from {table} t order by 1")
            for row in cursor.fetchall():
                found.update(row.row.encode())
        cursor.execute("select outcome, sum(rows) as rows from import_counts group by 1 order by 1")
        found.update(str(cursor.fetchall()).encode())
    return found.hexdigest()


def test_twenty_kills_at_random_moments_leave_the_same_rows(
    hub: ImportingHub, tables: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.report("open-images", tables)
    whole = digest(hub)
    hub.report("undo", "open-images")
    with hub.database.transaction() as cursor:
        cursor.execute("truncate imports cascade")
        cursor.execute("alter table imports alter column number restart with 1")
    monkeypatch.setattr(open_images, "BLOCK_BYTES", 4_000)
    dice = random.Random(3)
    step = sum(file.stat().st_size for file in tables.iterdir()) // 80
    progress = "select sum(position) from import_parts"
    for _ in range(20):
        assert hub.kill_after_progress(progress, step, dice, "open-images", tables)
    report = hub.report("open-images", tables)
    assert (report["rows"], report["landed"]) == (PHOTOS * (1 + 2 * EACH),) * 2
    assert digest(hub) == whole


def test_people_and_networks_are_kept_apart_and_what_is_not_there_is_kept(
    hub: ImportingHub, tmp_path: Path
) -> None:
    write_photos(tmp_path / "images.csv", 1)
    photo = image_id(0)
    write(
        tmp_path / "labels.csv",
        f"{photo},verification,/m/01yrx,1",
        f"{photo},crowdsource-verification,/m/0bt9lr,0",
        f"{photo},machine,/m/0bt9lr,0.9",
    )
    hub.report("open-images", tmp_path)
    told = hub.report("said", "open-images", photo)
    assert told["licence"] == "CC-BY-2.0"
    assert [(one["name"], one["by_people"], one["confidence"]) for one in told["labels"]] == [
        ("Cat", True, 1.0),
        ("Dog", True, 0.0),
        ("Dog", False, pytest.approx(0.9)),
    ]
    assert hub.count("verdicts") == hub.count("uploads") == 0


def write(file: Path, *lines: str) -> None:
    file.write_text("\n".join((",".join(LABEL_HEADER), *lines)) + "\n")


def test_each_row_is_landed_double_or_refused_with_its_place_and_reason(
    hub: ImportingHub, tmp_path: Path
) -> None:
    photo = image_id(0)
    good = f"{photo},verification,/m/01yrx,1"
    write(
        tmp_path / "labels.csv",
        *(good, good, f"{photo},verification,/m/0nothing,1", f"{photo},verification,/m/01yrx,7"),
        *(f"{photo},a guess,/m/01yrx,1", "x,verification,/m/01yrx,1", "too,few", '"broken"x,1,2,3'),
        f"{photo},verification,/m/0bt9lr,0",
    )
    report = hub.report("open-images", tmp_path)
    assert (report["rows"], report["landed"], report["duplicate"], report["refused"]) == (
        9,
        2,
        1,
        6,
    )
    assert {r["code"]: r["rows"] for r in report["reasons"]} == {
        "row_broken": 5,
        "label_unknown": 1,
    }
    rows = hub.import_rows("open-images")
    lines = (tmp_path / "labels.csv").read_bytes()
    unknown = next(key for key, (_, code) in rows.items() if code == "label_unknown")
    assert lines[int(unknown.partition("@")[2]) :].startswith(
        f"{photo},verification,/m/0noth".encode()
    )


def test_a_retry_brings_in_only_what_was_refused(hub: ImportingHub, tmp_path: Path) -> None:
    photo = image_id(0)
    write(
        tmp_path / "labels.csv",
        f"{photo},verification,/m/01yrx,1",
        f"{photo},verification,/m/0late,1",
        f"{photo},verification,/m/0never,1",
    )
    hub.report("open-images", tmp_path)
    with hub.database.transaction() as cursor:
        factories.label(cursor, "Late", mid="/m/0late")
    report = hub.report("retry", "open-images")
    assert (report["rows"], report["landed"], report["refused"]) == (3, 2, 1)
    assert hub.count("imported_labels") == 2


def test_an_undone_import_leaves_no_row(hub: ImportingHub, tables: Path) -> None:
    hub.report("open-images", tables)
    report = hub.report("undo", "open-images")
    assert (report["landed"], report["undone"]) == (0, PHOTOS * (1 + 2 * EACH))
    assert hub.count("referenced_photos") == hub.count("imported_labels") == 0


def test_a_table_that_comes_later_is_brought_in_too(hub: ImportingHub, tables: Path) -> None:
    late = tables / "machine-imagelabels.csv"
    late.rename(tables.parent / "late.csv")
    hub.report("open-images", tables)
    (tables.parent / "late.csv").rename(late)
    assert hub.report("open-images", tables)["landed"] == PHOTOS * (1 + 2 * EACH)


def test_too_many_wrong_rows_stop_the_import_with_the_reason(
    hub: ImportingHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_images, "MAX_REFUSED", 10)
    write(tmp_path / "labels.csv", *(f"{image_id(n)},machine,/m/0none,0.5" for n in range(20)))
    result = hub.command("open-images", tmp_path)
    assert result.exit_code == 2
    assert "'/m/0none' is no label of the hub. Import its class." in result.output


def test_the_published_columns_are_kept(hub: ImportingHub, tmp_path: Path) -> None:
    write_photos(tmp_path / "images.csv", 50)
    hub.report("open-images", tmp_path)
    expected = reading(tmp_path / "images.csv")
    with hub.database.transaction() as cursor:
        cursor.execute("select * from referenced_photos order by id")
        found = {row.id: row for row in cursor.fetchall()}
    assert len(found) == len(expected) == 50
    for row in expected:
        kept = found[row["ImageID"]]
        assert (kept.url, kept.page_url) == (row["OriginalURL"], row["OriginalLandingURL"])
        assert (kept.licence, kept.author) == ("CC-BY-2.0", row["Author"])
        assert kept.title == row["Title"].replace("\n", "\\n")
        assert kept.bytes == int(row["OriginalSize"])
        assert bytes(kept.md5) == decoded(row["OriginalMD5"])
        assert kept.rotation == (int(float(row["Rotation"])) if row["Rotation"] else None)


def reading(file: Path) -> list[dict[str, Any]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def decoded(text: str) -> bytes:
    return base64.b64decode(text)


def test_photos_at_hand_land_with_their_licence_and_what_people_verified(
    hub: ImportingHub, tmp_path: Path
) -> None:
    tables = tmp_path / "published"
    tables.mkdir()
    write_photos(tables / "images.csv", 3)
    one, two = map(image_id, range(2))
    write(
        tables / "labels.csv",
        *(f"{one},verification,/m/01yrx,1", f"{one},verification,/m/0bt9lr,0"),
        *(f"{one},machine,/m/02jvh9,1", f"{two},machine,/m/02jvh9,0.9"),
    )
    hub.report("open-images", tables)
    files = {f"train/{photo}.jpg": jpeg(n, 200, 150) for n, photo in enumerate((one, two, "other"))}
    hub.bring(folder_of(tmp_path / "photos", files), "--labels-of", "open-images")
    assert hub.import_rows("photos") == {
        f"train/{one}.jpg": ("landed", ""),
        f"train/{two}.jpg": ("refused", "label_missing"),
        "train/other.jpg": ("refused", "label_missing"),
    }
    assert hub.count("uploads", "claimed_label = '/m/01yrx'") == hub.count("uploads") == 1
    assert hub.count("photo_origins", "licence = 'CC-BY-2.0' and author like 'author %'") == 1
    absent = hub.command("start", tmp_path / "photos", "--name", "x", "--labels-of", "none")
    assert (absent.exit_code, "There is no import 'none'." in absent.output) == (2, True)
