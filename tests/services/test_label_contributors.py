"""How many contributors a label has: kept by differences, and counted anew with all claims."""

from __future__ import annotations

from pathlib import Path

from imagehub.catalogue.database import Database
from imagehub.catalogue.verification import arrivals, claim_weights, crowd_models
from imagehub.catalogue.verification.image_checks import Version
from imagehub.settings import Settings
from imagehub.storage.folder import FolderStore
from spark_jobs.runs import JobContext, job_run
from spark_jobs.verify.add_to_model import add_arrivals
from tests.factories.labels import label
from tests.factories.people import account
from tests.factories.uploads import photo, same_photo_again
from tests.factories.verification import verification_version


def take_in_all(database: Database, folder: Path, number: int) -> None:
    """Look at every image, find nothing wrong, and add the claims that arrived."""
    with database.transaction() as cursor:
        cursor.execute(
            "insert into image_checks (image_id, version, findings, classes, embedding)"
            " select id, %s, '[]', '{}', array_fill(0.5, array[256])::halfvec from images"
            " on conflict do nothing",
            (number,),
        )
    with database.transaction() as cursor:
        arrived = arrivals.after(cursor, number, arrivals.position(cursor, number), 100)
    version = Version(number, {}, b"", "random", 0, {}, True)
    with job_run(database, "verify") as run:
        store = FolderStore(str(folder))
        add_arrivals(JobContext(Settings(), database, store, run), version, arrived)


def contributors(database: Database, number: int) -> dict[str, int]:
    """Of each label, as the model has it; counted anew it is the same."""
    with database.transaction() as cursor:
        kept = {
            label_sum.label: label_sum.contributors
            for label_sum in crowd_models.label_sums(cursor, number)
        }
        counted = claim_weights.label_sizes(cursor, number)
    assert kept == {name: sizes[1] for name, sizes in counted.items()}
    return kept


def test_each_contributor_of_a_label_counts_once(database: Database, tmp_path: Path) -> None:
    with database.transaction() as cursor:
        number = verification_version(cursor)
        crowd_models.begin(cursor, number)
        cup, key = label(cursor, "Cup"), label(cursor, "Key")
        first, second = sorted(
            (account(cursor), account(cursor)), key=lambda person: str(person.id)
        )
        shared = photo(cursor, cup, owner=second)
        photo(cursor, cup, owner=second)
        photo(cursor, key, owner=second)
    take_in_all(database, tmp_path, number)
    assert contributors(database, number) == {cup.mid: 1, key.mid: 1}
    with database.transaction() as cursor:
        photo(cursor, cup)
        photo(cursor, key, owner=second)
        same_photo_again(cursor, shared, first)
    take_in_all(database, tmp_path, number)
    assert contributors(database, number) == {cup.mid: 3, key.mid: 1}
