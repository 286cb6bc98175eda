"""An imported photo keeps its own licence, and without one it is in no label set and no release."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagehub import release_paths
from imagehub.catalogue.database import Database
from imagehub.catalogue.releases import releases
from imagehub.subsets import ReleasePhoto, SubsetRules
from imagehub.vocabulary import Label, image_id_of
from spark_jobs import jobs
from tests import factories
from tests.archives import folder_of
from tests.photos import jpeg
from tests.services.importing import ImportingHub

TABLE = """file,label,licence,author
free.jpg,Paper boat,https://creativecommons.org/licenses/by-sa/2.0/,Ada
unnamed.jpg,Paper boat,,Eve
reserved.jpg,Paper boat,All rights reserved,Eve
"""


@pytest.fixture
def hub(catalogue_url: str, database: Database, tmp_path: Path) -> ImportingHub:
    with database.transaction() as cursor:
        boat = factories.label(cursor, "Paper boat")
        made = ImportingHub(
            catalogue_url, tmp_path / "hub/objects", factories.account(cursor), boat
        )
    (tmp_path / "table.csv").write_text(TABLE)
    files = {
        f"{name}.jpg": jpeg(n, 200, 150) for n, name in enumerate(("free", "unnamed", "reserved"))
    }
    made.bring(folder_of(tmp_path / "boats", files), "--table", tmp_path / "table.csv")
    return made


def verify_all(hub: ImportingHub) -> None:
    with hub.database.transaction() as cursor:
        cursor.execute("select id from images")
        for row in cursor.fetchall():
            factories.verdict(cursor, row.id, hub.label)


def offered(hub: ImportingHub) -> list[ReleasePhoto]:
    """What a release of the label would hold after the job `organise`."""
    if jobs.load("organise").has_work(hub.database):
        jobs.execute("organise", hub.settings, None, hub.database, hub.store)
    with hub.database.transaction() as cursor:
        cursor.execute("select max(version) as version from label_set_versions")
        found = releases.find(cursor, cursor.fetchone().version, SubsetRules((hub.label.mid,)))
        return releases.photos(cursor, [offer.image_id for offer in found])


def test_a_photo_without_a_known_licence_is_kept_apart_until_one_is_set(hub: ImportingHub) -> None:
    verify_all(hub)
    assert [(photo.licence, photo.contributor) for photo in offered(hub)] == [
        ("CC-BY-SA-2.0", "Ada")
    ]
    assert hub.report("show", "boats")["unlicensed"] == 2
    refused = hub.command("licence", "boats", "All rights reserved")
    assert refused.exit_code == 2
    assert "no licence that the hub knows" in refused.output
    assert "CC-BY-4.0: 2" in hub.command("licence", "boats", "CC-BY-4.0").output
    assert sorted(photo.licence for photo in offered(hub)) == [
        *("CC-BY-4.0", "CC-BY-4.0", "CC-BY-SA-2.0"),
    ]
    assert hub.report("show", "boats")["unlicensed"] == 0


def test_who_sends_a_photo_again_gives_it_no_licence(hub: ImportingHub) -> None:
    hub.accept(jpeg(2, 200, 150))
    hub.land_all()
    verify_all(hub)
    assert len(offered(hub)) == 1


def test_a_photo_that_its_importer_withdraws_is_under_the_next_senders_licence(
    hub: ImportingHub,
) -> None:
    hub.accept(jpeg(2, 200, 150))
    hub.land_all()
    verify_all(hub)
    assert len(offered(hub)) == 1
    hub.report("undo", "boats")
    jobs.execute("withdraw", hub.settings, None, hub.database, hub.store)
    assert [(photo.licence, photo.contributor) for photo in offered(hub)] == [
        ("CC-BY-4.0", hub.account.name)
    ]
    assert hub.count("photo_origins") == 0


def test_a_licence_lets_in_only_the_photos_of_its_import(hub: ImportingHub, tmp_path: Path) -> None:
    other = folder_of(tmp_path / "others", {"Paper boat/9.jpg": jpeg(9, 200, 150)})
    hub.bring(other)
    hub.command("licence", "others", "CC0-1.0")
    with hub.database.transaction() as cursor:
        cursor.execute("select licence from photo_origins order by licence nulls first")
        assert [row.licence for row in cursor.fetchall()] == [None, None, "CC-BY-SA-2.0", "CC0-1.0"]


def test_a_photo_of_several_labels_is_claimed_as_each(
    catalogue_url: str, database: Database, tmp_path: Path
) -> None:
    with database.transaction() as cursor:
        boat = factories.label(cursor, "Paper boat")
        made = ImportingHub(
            catalogue_url, tmp_path / "hub/objects", factories.account(cursor), boat
        )
    (tmp_path / "table.csv").write_text(
        "file,label\n1.jpg,Dog\n1.jpg,Paper boat\n1.jpg,Nothing known\n"
    )
    source = folder_of(tmp_path / "both", {"1.jpg": jpeg(1, 200, 150)})
    report = made.bring(source, "--table", tmp_path / "table.csv")
    assert (report["rows"], report["landed"], report["refused"]) == (3, 2, 1)
    assert made.count("uploads", f"image_id = '{image_of(made)}'") == 2
    assert made.count("images") == 1


def image_of(hub: ImportingHub) -> str:
    with hub.database.transaction() as cursor:
        cursor.execute("select encode(photo_sha256, 'hex') as photo from images")
        return image_id_of(cursor.fetchone().photo)


def test_labels_are_found_by_name_mid_and_as_folders_of_a_release(
    catalogue_url: str, database: Database, tmp_path: Path
) -> None:
    with database.transaction() as cursor:
        boat: Label = factories.label(cursor, "Paper boat")
        made = ImportingHub(
            catalogue_url, tmp_path / "hub/objects", factories.account(cursor), boat
        )
    folder = release_paths.folder(boat)
    (tmp_path / "t.csv").write_text(
        f"file,label\n1.jpg,paper BOAT\n2.jpg,{boat.mid}\n3.jpg,/m/none\n4.jpg,{folder}\n"
        f"5.jpg,other-{release_paths.code(boat.mid)}\n"
    )
    files = {f"{n}.jpg": jpeg(n, 200, 150) for n in (1, 2, 3, 4, 5)}
    report = made.bring(folder_of(tmp_path / "x", files), "--table", tmp_path / "t.csv")
    assert (report["landed"], report["refused"]) == (3, 2)
    assert made.count("label_proposals") == 1  # a MID is no name
