"""What people have already comes in the way of uploads, and the report tells of every row."""

from __future__ import annotations

import csv
import hashlib
import io
import random
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.imports import imports
from imagehub.importing import bringing
from spark_jobs import jobs
from tests import factories
from tests.archives import folder_of, tar_of, zip_of
from tests.photos import jpeg
from tests.services.importing import ImportingHub

CUT = jpeg(90, 200, 150)[:3000]
PHOTOS = {
    "train/Mug/1.jpg": jpeg(1, 200, 150),
    "train/Mug/2.jpg": jpeg(2, 200, 150),
    "train/Dog/3.jpg": jpeg(3, 200, 150),
    "train/Dog/again.jpg": jpeg(1, 200, 150),
    "train/Win/4.jpg": jpeg(4, 200, 150),
    "train/Mug/cut.jpg": CUT,
    "train/Mug/text.png": b"no photo at all",
    "loose.jpg": jpeg(5, 200, 150),
    "train/Mug/notes.txt": b"one\ntwo",
    "train/Mug/.hidden.jpg": jpeg(6, 200, 150),
    "__MACOSX/Mug/._1.jpg": b"left by a system",
}
FOUND = {
    "train/Mug/1.jpg": ("landed", ""),
    "train/Mug/2.jpg": ("landed", ""),
    "train/Dog/3.jpg": ("landed", ""),
    "train/Dog/again.jpg": ("duplicate", ""),
    "train/Win/4.jpg": ("refused", "label_unknown"),
    "train/Mug/cut.jpg": ("refused", "truncated"),
    "train/Mug/text.png": ("refused", "unsupported_type"),
    "loose.jpg": ("refused", "label_missing"),
}
Pack = Callable[[Path, Mapping[str, bytes]], Path]


@pytest.fixture
def hub(catalogue_url: str, database: Database, tmp_path: Path) -> ImportingHub:
    with database.transaction() as cursor:
        return ImportingHub(
            catalogue_url,
            tmp_path / "hub" / "objects",
            factories.account(cursor),
            factories.label(cursor, "Paper boat"),
        )


@pytest.mark.parametrize(
    ("pack", "name"),
    [(folder_of, "things"), (zip_of, "things.zip"), (tar_of, "things.tar"), (tar_of, "things.tgz")],
)
def test_folders_and_archives_come_in_the_same_way(
    hub: ImportingHub, tmp_path: Path, pack: Pack, name: str
) -> None:
    in_order = dict(sorted(PHOTOS.items(), key=lambda file: file[0] != "train/Mug/1.jpg"))
    report = hub.bring(pack(tmp_path / name, in_order), "--licence", "CC-BY-4.0")
    found = hub.import_rows("things")
    # Which of two equal photos lands first is theirs to settle.
    equal = ["train/Mug/1.jpg", "train/Dog/again.jpg"]
    assert sorted(found.pop(place) for place in equal) == [("duplicate", ""), ("landed", "")]
    assert found == {place: what for place, what in FOUND.items() if place not in equal}
    assert report["rows"] == sum(report[outcome] for outcome in ("landed", "duplicate", "refused"))
    assert (report["rows"], report["landed"], report["duplicate"]) == (8, 3, 1)
    assert hub.count("acceptances") == hub.count("uploads") == 4 + 1  # the cut one is refused later


def test_a_name_that_no_label_has_is_proposed_and_not_guessed(
    hub: ImportingHub, tmp_path: Path
) -> None:
    hub.bring(folder_of(tmp_path / "drinks", {"Win/1.jpg": jpeg(1, 200, 150)}))
    hub.bring(folder_of(tmp_path / "more", {"win/1.jpg": jpeg(2, 200, 150)}))
    assert hub.count("label_proposals", "name = 'Win' and why = 'The import drinks uses it.'") == 1
    assert hub.count("label_proposals") == 1
    assert hub.count("uploads") == 0


def test_an_import_goes_on_after_kills_at_random_moments(
    hub: ImportingHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bringing, "BATCH_ROWS", 4)
    dice = random.Random(7)
    files = {f"Mug/{number:03d}.jpg": jpeg(number, 80, 64) for number in range(300)}
    source = tar_of(tmp_path / "mugs.tar", files)
    progress = "select count(*) from import_rows"
    for _ in range(20):
        assert hub.kill_after_progress(progress, 8, dice, "start", source)
    assert hub.bring(source)["landed"] == 300
    for table in ("import_rows", "acceptances", "uploads", "images", "photo_origins"):
        assert hub.count(table) == 300, table


def test_who_imports_what_another_process_imports_is_told(
    hub: ImportingHub, tmp_path: Path
) -> None:
    source = folder_of(tmp_path / "mugs", {"Mug/1.jpg": jpeg(1, 200, 150)})
    hub.bring(source)
    with hub.database.transaction() as cursor:
        imports.hold(cursor, "mugs")
    result = hub.command("start", source)
    assert result.exit_code == 2
    assert "The import mugs is under way in another process." in result.output


def test_a_name_stands_for_one_source(hub: ImportingHub, tmp_path: Path) -> None:
    source = folder_of(tmp_path / "mugs", {"Mug/1.jpg": jpeg(1, 200, 150)})
    hub.bring(source)
    result = hub.command("start", source, "--label", "Dog")
    assert result.exit_code == 2
    assert "with other options. Give this one another name." in result.output


def test_a_retry_sends_what_was_refused_and_nothing_else(hub: ImportingHub, tmp_path: Path) -> None:
    source = folder_of(tmp_path / "things", PHOTOS)
    hub.bring(source)
    before = hub.rows("acceptances")
    (source / "train/Mug/cut.jpg").write_bytes(jpeg(90, 200, 150))
    with hub.database.transaction() as cursor:
        factories.label(cursor, "Win")
    hub.report("retry", "things")
    hub.land_all()
    found = hub.import_rows("things")
    assert found["train/Mug/cut.jpg"] == found["train/Win/4.jpg"] == ("landed", "")
    assert found["train/Mug/text.png"] == ("refused", "unsupported_type")
    assert len(found) == len(FOUND)
    assert [row for row in before if row not in hub.rows("acceptances")] == []
    assert hub.count("acceptances") == len(before) + 2


def test_an_undone_import_leaves_only_what_others_sent(hub: ImportingHub, tmp_path: Path) -> None:
    hub.accept(PHOTOS["train/Mug/2.jpg"])
    hub.bring(folder_of(tmp_path / "things", PHOTOS))
    report = hub.report("undo", "things")
    assert (report["undone"], report["landed"], report["duplicate"]) == (4, 0, 0)
    jobs.execute("withdraw", hub.settings, None, hub.database, hub.store)
    assert hub.count("images") == hub.count("uploads", "state = 'landed'") == 1
    assert hub.count("photo_origins", "licence is not null or author <> ''") == 0
    assert hub.command("start", tmp_path / "things").exit_code == 2


def test_the_job_settles_rows_and_does_what_an_admin_asks_for(
    hub: ImportingHub, tmp_path: Path
) -> None:
    source = folder_of(tmp_path / "things", {"Mug/1.jpg": jpeg(1, 200, 150), "Mug/2.jpg": b"x"})
    hub.report("start", source)
    job = jobs.load("imports")
    assert not job.has_work(hub.database)
    hub.land_all()
    assert job.has_work(hub.database)
    run_imports(hub)
    assert not job.has_work(hub.database)
    (source / "Mug/2.jpg").write_bytes(jpeg(2, 200, 150))
    with hub.database.transaction() as cursor:
        assert imports.ask_retry(cursor, "things")
    run_imports(hub)
    hub.land_all()
    run_imports(hub)
    with hub.database.transaction() as cursor:
        assert imports.get(cursor, "things").rows == {"landed": 2}
        assert imports.ask_undo(cursor, "things")
    run_imports(hub)
    with hub.database.transaction() as cursor:
        entry = imports.get(cursor, "things")
    assert entry.rows == {"undone": 2}
    assert entry.undone_at
    assert not job.has_work(hub.database)


def run_imports(hub: ImportingHub) -> None:
    jobs.execute("imports", hub.settings, None, hub.database, hub.store)


def test_the_report_as_csv_has_every_row_with_its_reason(hub: ImportingHub, tmp_path: Path) -> None:
    hub.bring(folder_of(tmp_path / "things", PHOTOS))
    assert hub.command("show", "things", "--rows", tmp_path / "rows.csv").exit_code == 0
    rows = list(csv.DictReader(io.StringIO((tmp_path / "rows.csv").read_text())))
    assert Counter(row["outcome"] for row in rows) == {"landed": 3, "duplicate": 1, "refused": 4}
    (repeat,) = [row for row in rows if row["outcome"] == "duplicate"]
    assert repeat["image"] == hashlib.sha256(PHOTOS["train/Mug/1.jpg"]).hexdigest()[:16]
    assert all(row["reason"] for row in rows if row["outcome"] == "refused")


def test_the_counts_of_an_import_are_those_of_its_rows(hub: ImportingHub, tmp_path: Path) -> None:
    hub.bring(folder_of(tmp_path / "things", PHOTOS))
    with hub.database.transaction() as cursor:
        cursor.execute(
            "select outcome, count(*) as rows from import_rows group by outcome order by 1"
        )
        counted = {row.outcome: row.rows for row in cursor.fetchall()}
        assert imports.get(cursor, "things").rows == counted


def test_a_table_of_labels_is_told_what_is_missing_once_all_archives_are_read(
    hub: ImportingHub, tmp_path: Path
) -> None:
    (tmp_path / "shards").mkdir()
    (tmp_path / "t.csv").write_text("file,label\n1.jpg,Mug\n2.jpg,Mug\n3.jpg,Mug\n")
    zip_of(tmp_path / "shards/a.zip", {"1.jpg": jpeg(1, 200, 150)})
    zip_of(tmp_path / "shards/b.zip", {"2.jpg": jpeg(2, 200, 150)})
    hub.bring(tmp_path / "shards", "--table", tmp_path / "t.csv")
    expected = {"a.zip/1.jpg": ("landed", ""), "b.zip/2.jpg": ("landed", "")}
    missing = {"b.zip/3.jpg": ("refused", "file_missing")}
    assert hub.import_rows("shards") == expected | missing
    with hub.database.transaction() as cursor:  # as if it had been killed between the two
        cursor.execute("delete from import_parts where part = 'b.zip'")
        cursor.execute("delete from import_rows where part = 'b.zip'")
    hub.bring(tmp_path / "shards", "--table", tmp_path / "t.csv")
    assert hub.import_rows("shards") == expected | missing
    photos = {"2.jpg": jpeg(2, 200, 150), "late/3.jpg": jpeg(3, 200, 150)}
    zip_of(tmp_path / "shards/b.zip", photos)
    hub.report("retry", "shards")
    hub.land_all()
    assert hub.import_rows("shards") == expected | {"b.zip/late/3.jpg": ("landed", "")}
