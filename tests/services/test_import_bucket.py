"""A bucket's photos come in as they were when they were listed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from imagehub.catalogue.database import Database
from imagehub.errors import NotFound, Refused
from imagehub.importing.readers.bucket import BucketReader
from imagehub.importing.source import SourceRow
from tests import factories
from tests.photos import jpeg
from tests.servers.versitygw import VersityGateway
from tests.services.importing import ImportingHub


@pytest.fixture
def hub(
    catalogue_url: str,
    database: Database,
    tmp_path: Path,
    versitygw: VersityGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> ImportingHub:
    monkeypatch.setenv("IMAGEHUB_S3_ENDPOINT_URL", versitygw.url)
    with database.transaction() as cursor:
        account, label = factories.account(cursor), factories.label(cursor)
    return ImportingHub(catalogue_url, tmp_path / "hub/objects", account, label)


def put(s3: Any, bucket: str, files: dict[str, bytes]) -> None:
    for key, data in files.items():
        s3.put_object(Bucket=bucket, Key=key, Body=data)


def reader(server: VersityGateway, source: str) -> BucketReader:
    return BucketReader(source, None, None, server.url, "us-east-1")


def rows(found: BucketReader) -> list[SourceRow]:
    return [row for part in found.parts() for row in found.rows(part)]


def test_photos_of_a_bucket_land_labelled_by_their_folders(
    hub: ImportingHub, s3: Any, bucket: str
) -> None:
    put(
        s3,
        bucket,
        {
            "photos/Mug/1.jpg": jpeg(1, 200, 150),
            "photos/Dog/deep/2.jpg": jpeg(2, 200, 150),
            "photos/Dog/Ωμ é+&.jpg": jpeg(3, 200, 150),
            "photos/loose.jpg": jpeg(4, 200, 150),
            "photos/Mug/notes.txt": b"no photo",
            "elsewhere/Mug/5.jpg": jpeg(5, 200, 150),
        },
    )
    name = hub.report("start", f"s3://{bucket}/photos", "--name", "from-bucket")["name"]
    hub.land_all()
    assert hub.import_rows(name) == {
        "Mug/1.jpg": ("landed", ""),
        "Dog/deep/2.jpg": ("refused", "label_unknown"),
        "Dog/Ωμ é+&.jpg": ("landed", ""),
        "loose.jpg": ("refused", "label_missing"),
    }


def test_a_photo_that_changes_after_it_was_listed_is_refused_and_then_taken_as_it_is(
    hub: ImportingHub, s3: Any, bucket: str, versitygw: VersityGateway
) -> None:
    put(s3, bucket, {"Mug/1.jpg": b"as it was listed", "Mug/2.jpg": b"soon gone"})
    changed, gone = rows(reader(versitygw, f"s3://{bucket}"))
    put(s3, bucket, {"Mug/1.jpg": b"another"})
    s3.delete_object(Bucket=bucket, Key="Mug/2.jpg")
    for row, code in ((changed, "changed"), (gone, "gone")):
        with pytest.raises(Refused) as refused:
            row.read()
        assert refused.value.code == code
    (again,) = rows(reader(versitygw, f"s3://{bucket}"))
    assert again.read() == b"another"


def test_more_keys_than_one_page_are_all_listed(
    s3: Any, bucket: str, versitygw: VersityGateway
) -> None:
    keys = [f"Mug/{number:04d}.jpg" for number in range(1_050)]
    put(s3, bucket, dict.fromkeys(keys, b"x"))
    assert [row.key for row in rows(reader(versitygw, f"s3://{bucket}"))] == keys


def test_a_bucket_that_is_not_there_is_named(versitygw: VersityGateway) -> None:
    with pytest.raises(NotFound, match="no bucket test-absent"):
        rows(reader(versitygw, "s3://test-absent"))
