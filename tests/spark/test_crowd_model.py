"""The crowd's model in the catalogue: kept by differences, and who is judged anew when it grows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from imagehub.catalogue.database import Database
from imagehub.catalogue.reviews import reviews
from imagehub.catalogue.verification import crowd_models
from imagehub.catalogue.verification.crowd_claims import read_embeddings
from imagehub.storage.folder import FolderStore
from imagehub.vocabulary import ReviewAnswer
from spark_jobs.verify import job as verify
from tests.factories.people import account
from tests.factories.uploads import Photo, same_photo_again
from tests.spark.drawn_hub import PER_SHAPE, add_photos, verdicts

Run = Callable[[], dict[str, int]]
Drawings = dict[str, list[Photo]]


def assert_model_is_the_sum_of_its_claims(database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute("select version from verification_versions where is_current")
        version = cursor.fetchone().version
        cursor.execute(
            "select k.label, array_agg(k.weight * k.loudness order by k.image_id) as voices,"
            " count(distinct k.accounts[1]) as contributors,"
            " string_agg(halfvec_send(c.embedding), ''::bytea order by k.image_id) as embeddings"
            " from crowd_claims k join image_checks c using (version, image_id)"
            " where k.version = %s and k.weight is not null group by k.label order by k.label",
            (version,),
        )
        claims = cursor.fetchall()
        sums = crowd_models.label_sums(cursor, version)
        gram = crowd_models.gram(cursor, version)
        state = crowd_models.state(cursor, version)
        cursor.execute(
            "select a::text as account_id, count(*) as claims, sum(weight) as right_claims"
            " from crowd_claims, unnest(accounts) a where weight is not null group by a"
        )
        people = {row.account_id: (row.claims, row.right_claims) for row in cursor}
        records = crowd_models.records(cursor, version, people)
    expected = np.zeros((256, 256))
    for row, label_sum in zip(claims, sums, strict=True):
        embeddings, sample_weights = read_embeddings(row.embeddings), np.array(row.voices)
        assert (label_sum.label, label_sum.photos) == (row.label, len(sample_weights))
        assert label_sum.contributors == row.contributors
        np.testing.assert_allclose(label_sum.sample_weight, sample_weights.sum(), rtol=1e-12)
        np.testing.assert_allclose(label_sum.embeddings, sample_weights @ embeddings, atol=1e-12)
        expected += (embeddings * sample_weights[:, None]).T @ embeddings
    np.testing.assert_allclose(gram, expected, atol=1e-12)
    assert state.photos == sum(label_sum.photos for label_sum in sums)
    for name, (count, right) in people.items():
        assert records[name].claims == count
        np.testing.assert_allclose(records[name].right, right, rtol=1e-12)


def written_by(database: Database, labels: set[str]) -> dict[tuple[str, str], str]:
    return {key: row.written_by for key, row in verdicts(database).items() if row.label in labels}


def test_an_arrival_is_judged_without_touching_other_verdicts(
    verify_once: Run, drawings: Drawings, database: Database, store: FolderStore
) -> None:
    verify_once()
    assert_model_is_the_sum_of_its_claims(database)
    before = verdicts(database)
    with database.transaction() as cursor:
        cursor.execute("select image_id, label, xmin::text from crowd_claims")
        claims = set(cursor.fetchall())
    square = drawings["Square"][0].label
    added = add_photos(database, store, square, "Square", [200])[0]
    assert verify_once() == {"looked": 1, "judged": 1}
    after = verdicts(database)
    assert after.pop((added.image_id, square.mid)).outcome == "verified"
    assert after == before
    with database.transaction() as cursor:
        cursor.execute("select image_id, label, xmin::text from crowd_claims")
        assert set(cursor.fetchall()) > claims
    assert_model_is_the_sum_of_its_claims(database)


def test_a_label_that_grew_by_a_quarter_is_judged_again_alone(
    verify_once: Run, drawings: Drawings, database: Database, store: FolderStore
) -> None:
    verify_once()
    square = drawings["Square"][0].label
    others = {drawings[name][0].label.mid for name in ("Circle", "Grid")}
    before = written_by(database, others)
    add_photos(database, store, square, "Square", range(200, 204))
    assert verify_once()["judged"] == PER_SHAPE + 4
    sizes = {row.crowd_size for row in verdicts(database).values() if row.label == square.mid}
    assert sizes == {PER_SHAPE + 4}
    assert written_by(database, others) == before


def test_a_hub_that_grew_by_a_quarter_is_weighed_and_judged_anew(
    verify_once: Run, drawings: Drawings, database: Database, store: FolderStore
) -> None:
    verify_once()
    with database.transaction() as cursor:
        first = crowd_models.state(cursor, 1)
    for name in ("Circle", "Square", "Grid"):
        add_photos(database, store, drawings[name][0].label, name, range(300, 304))
    verify_once()
    with database.transaction() as cursor:
        second = crowd_models.state(cursor, 1)
    assert second.fit > first.fit
    assert (second.photos, second.rounds_left) == (49, 0)
    assert {row.hub_size for row in verdicts(database).values()} == {49}
    assert_model_is_the_sum_of_its_claims(database)
    assert not verify.has_work(database)


def test_a_contributor_of_wrong_photos_gets_the_record_of_one(
    verify_once: Run, drawings: Drawings, database: Database, store: FolderStore
) -> None:
    with database.transaction() as cursor:
        careful, careless = account(cursor), account(cursor)
    circle = drawings["Circle"][0].label
    add_photos(database, store, circle, "Circle", range(400, 405), careful)
    add_photos(database, store, circle, "Grid", range(420, 423), careless)
    verify_once()
    with database.transaction() as cursor:
        same_photo_again(cursor, drawings["Square"][0], careful)
    assert verify.has_work(database)
    assert verify_once() == {"looked": 0, "judged": 1}
    with database.transaction() as cursor:
        records = crowd_models.records(cursor, 1, [str(careful.id), str(careless.id)])
    good, bad = records[str(careful.id)], records[str(careless.id)]
    assert (good.claims, bad.claims > 0) == (6, True)
    assert good.right / good.claims > bad.right / bad.claims
    assert_model_is_the_sum_of_its_claims(database)


def test_a_review_has_its_claim_judged_again_and_no_other(
    verify_once: Run, drawings: Drawings, database: Database
) -> None:
    verify_once()
    before = verdicts(database)
    doubted = drawings["Grid"][3]
    key = (doubted.image_id, doubted.label.mid)
    with database.transaction() as cursor:
        person = account(cursor)
        reviews.write(cursor, *key, person.id, ReviewAnswer.NO)
    assert verify.has_work(database)
    assert verify_once() == {"looked": 0, "judged": 1}
    after = verdicts(database)
    assert after.pop(key).probability < before[key].probability
    assert after == {other: row for other, row in before.items() if other != key}
    assert verify_once() == {"looked": 0, "judged": 0}
    assert not verify.has_work(database)
    with database.transaction() as cursor:
        assert reviews.withdraw(cursor, *key, person.id)
    assert verify_once() == {"looked": 0, "judged": 1}
    assert verdicts(database)[key].outcome == "verified"


def test_a_photo_that_counts_for_two_labels_is_in_both_sums(
    verify_once: Run, drawings: Drawings, database: Database
) -> None:
    with database.transaction() as cursor:
        same_photo_again(cursor, replace(drawings["Square"][0], label=drawings["Circle"][0].label))
    verify_once()
    assert_model_is_the_sum_of_its_claims(database)
    with database.transaction() as cursor:
        assert crowd_models.state(cursor, 1).photos == 38


def test_a_few_accounts_cannot_say_what_a_label_looks_like(
    verify_once: Run, drawings: Drawings, database: Database, store: FolderStore
) -> None:
    square, circle = drawings["Square"][0].label, drawings["Circle"][0].label
    add_photos(database, store, circle, "Circle", range(600, 630))
    lies = []
    for first in range(500, 580, 20):
        with database.transaction() as cursor:
            liar = account(cursor)
        lies += add_photos(database, store, square, "Circle", range(first, first + 5), liar)
    verify_once()
    outcomes = {key: row.outcome for key, row in verdicts(database).items()}
    assert {outcomes[photo.image_id, square.mid] for photo in lies} == {"rejected"}
    for honest in drawings["Square"]:
        assert outcomes[honest.image_id, square.mid] == "verified"
    with database.transaction() as cursor:
        (sums,) = crowd_models.label_sums(cursor, 1, [square.mid])
    assert (sums.photos, sums.contributors) == (len(lies) + PER_SHAPE, 4 + PER_SHAPE)
    assert_model_is_the_sum_of_its_claims(database)
