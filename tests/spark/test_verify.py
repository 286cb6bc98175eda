"""The job verify on a real small hub: Postgres, folder store, drawn photos, two cores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

from PIL import Image

from imagehub.catalogue.database import Database
from imagehub.storage import keys
from imagehub.storage.folder import FolderStore
from spark_jobs.verify import job as verify
from spark_jobs.verify.judge import UNJUDGED
from tests.factories.labels import label
from tests.factories.uploads import Photo, photo, same_photo_again
from tests.spark.drawn_hub import PER_SHAPE, SHAPES, SIZE, add_photos, everything, verdicts

Run = Callable[[], dict[str, int]]
Drawings = dict[str, list[Photo]]


def test_right_claims_are_verified_and_a_wrong_one_is_not(
    verify_once: Run, drawings: Drawings, database: Database
) -> None:
    assert verify.has_work(database)
    assert verify_once()["looked"] == 37
    found = verdicts(database)
    right = [found[p.image_id, p.label.mid] for name in SHAPES for p in drawings[name]]
    wrong = found[drawings["wrong"][0].image_id, drawings["wrong"][0].label.mid]
    assert [row.outcome for row in right] == ["verified"] * len(right)
    assert wrong.outcome != "verified"
    assert "more like Grid" in " ".join(wrong.reasons)
    assert {e["source"] for e in wrong.evidence} >= {"quality", "crowd", "network"}
    assert not verify.has_work(database)


def test_running_twice_changes_nothing(
    verify_once: Run, drawings: Drawings, database: Database
) -> None:
    verify_once()
    before = everything(database)
    assert verify_once() == {"looked": 0, "judged": 0}
    assert everything(database) == before


def test_a_new_labels_first_photo_needs_review(
    verify_once: Run, drawings: Drawings, database: Database, store: FolderStore
) -> None:
    verify_once()
    with database.transaction() as cursor:
        novelty = label(cursor, "Novelty")
    first = add_photos(database, store, novelty, "Grid", [7])[0]
    assert verify.has_work(database)
    assert verify_once() == {"looked": 1, "judged": 1}
    found = verdicts(database)[first.image_id, first.label.mid]
    assert found.outcome == "needs_review"
    assert "There are too few other photos of Novelty to compare." in found.reasons


def test_a_view_that_is_missing_or_damaged_is_a_finding(
    verify_once: Run, drawings: Drawings, database: Database, store: FolderStore
) -> None:
    missing, damaged = drawings["Circle"][0], drawings["Circle"][1]
    store.delete(keys.view(missing.photo_sha256))
    whole = store.get(keys.view(damaged.photo_sha256))
    store.delete(keys.view(damaged.photo_sha256))
    store.put(keys.view(damaged.photo_sha256), whole[:300])
    verify_once()
    found = verdicts(database)
    for refused in (missing, damaged):
        verdict = found[refused.image_id, refused.label.mid]
        assert verdict.outcome == "needs_review"
        assert "cannot be read" in verdict.reasons[0]
        assert verdict.crowd_size == PER_SHAPE + 1 - 2
    assert not verify.has_work(database)


def test_a_claim_that_cannot_be_judged_waits_for_a_person_and_holds_up_no_other(
    verify_once: Run, drawings: Drawings, database: Database
) -> None:
    verify_once()
    poisonous, *others = drawings["Circle"]
    with database.transaction() as cursor:
        cursor.execute(
            "update image_checks set findings = %s where image_id = %s",
            ('[{"code": "x", "measured": 1, "sentence": null}]', poisonous.image_id),
        )
        cursor.execute(
            "update crowd_claims set next_step = 'judge' where label = %s", (poisonous.label.mid,)
        )
    verify_once()
    found = verdicts(database)
    set_apart = found[poisonous.image_id, poisonous.label.mid]
    assert (set_apart.outcome, set_apart.reasons) == ("needs_review", list(UNJUDGED.reasons))
    judged = [found[other.image_id, other.label.mid].outcome for other in others]
    assert judged == ["verified"] * len(others)
    assert not verify.has_work(database)


def test_a_photo_that_could_not_be_read_is_looked_at_again_later(
    verify_once: Run, drawings: Drawings, database: Database, store: FolderStore
) -> None:
    missing = drawings["Circle"][0]
    whole = store.get(keys.view(missing.photo_sha256))
    store.delete(keys.view(missing.photo_sha256))
    verify_once()
    store.put(keys.view(missing.photo_sha256), whole)
    with database.transaction() as cursor:
        cursor.execute("update image_checks set checked_at = checked_at - interval '2 hours'")
    assert verify.has_work(database)
    assert verify_once()["looked"] == 1
    assert verdicts(database)[missing.image_id, missing.label.mid].outcome == "verified"
    with database.transaction() as cursor:
        cursor.execute(
            "select claims, right_claims from contributor_records where account_id = %s",
            (str(missing.account.id),),
        )
        claims, right = cursor.fetchone()
    assert (claims, right > 0.7) == (1, True)
    assert not verify.has_work(database)


def test_an_unfit_photo_is_rejected_and_says_why(
    verify_once: Run, drawings: Drawings, database: Database, store: FolderStore
) -> None:
    night = BytesIO()
    Image.new("RGB", SIZE, (6, 6, 9)).save(night, "JPEG")
    claimed = drawings["Square"][0].label
    with database.transaction() as cursor:
        dark = photo(cursor, claimed, store=store, size=SIZE, jpeg=night.getvalue())
    verify_once()
    found = verdicts(database)[dark.image_id, dark.label.mid]
    assert found.outcome == "rejected"
    assert found.reasons[0].startswith("The photo is so dark that little can be seen.")


def test_a_photo_sent_again_under_another_label_is_judged_without_looking_again(
    verify_once: Run, drawings: Drawings, database: Database
) -> None:
    verify_once()
    circle = drawings["Circle"][0].label
    with database.transaction() as cursor:
        same_photo_again(cursor, replace(drawings["Square"][0], label=circle))
    assert verify.has_work(database)
    assert verify_once() == {"looked": 0, "judged": 1}
    found = verdicts(database)[drawings["Square"][0].image_id, circle.mid]
    assert found.outcome != "verified"
    assert not verify.has_work(database)
