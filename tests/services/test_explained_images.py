"""A verdict on the photo's page, in the API and on the receipt: who reads what."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace

import pytest

from imagehub.catalogue.database import Database
from imagehub.catalogue.images import comparisons
from imagehub.vocabulary import Evidence, Finding, Label, Outcome, Role
from tests import factories
from tests.factories import Photo
from tests.signed_in import SignedIn
from tests.web_server import Web

RECORD = Evidence("contributor", 0.31, "Of this contributor's 40 other photos 12 are right.")
PROBABILITY = 0.9137
NUMBERS = ("0.9137", "0.88", "0.31", "91.37")


@dataclass(frozen=True)
class Shown:
    """A public photo that two people sent, one of them also as something else."""

    photo: Photo
    rival: Label
    secret: Label
    owner: str
    second: str
    stranger: str
    admin: str


@pytest.fixture(scope="module")
def shown(web: Web) -> Shown:
    people = [web.person() for _ in range(3)]
    admin = web.person(Role.ADMIN)
    with web.database.transaction() as cursor:
        rival = factories.label(cursor, "Camera")
        secret = factories.label(cursor, "Secret claim")
        for _ in range(3):
            factories.verified_photo(cursor, rival)
        photo = factories.photo(cursor, factories.label(cursor, "Mug"), owner=people[0][0])
        factories.checks(cursor, photo.image_id)
        again = replace(photo, label=secret)
        factories.same_photo_again(cursor, again, people[1][0])
        evidence = [
            Evidence("quality", None, "The photo itself is fit."),
            Evidence("crowd", 0.88, "Looks more like Camera.", rival.mid),
            RECORD,
            Evidence("moon", 0.31, "The moon is unsure."),
        ]
        reasons = [piece.sentence for piece in evidence[1:]]
        factories.verdict(
            cursor, photo.image_id, photo.label, Outcome.VERIFIED, PROBABILITY, evidence, reasons
        )
        factories.verdict(cursor, photo.image_id, secret, Outcome.REJECTED, 0.04, evidence, reasons)
        factories.publish_label_sets(cursor)
    return Shown(photo, rival, secret, people[0][1], people[1][1], people[2][1], admin[1])


def page(web: Web, shown: Shown, token: str | None) -> str:
    """The photo's page; without its moments, whose digits may be any."""
    path = f"/images/{shown.photo.image_id}"
    answer = SignedIn(web, token).get(path) if token else web.get(path)
    assert answer.status_code == 200
    return html.unescape(re.sub(r'datetime="[^"]*"', "", answer.text))


def test_a_visitor_and_another_contributor_read_words_without_numbers_or_records(
    web: Web, shown: Shown
) -> None:
    for token in (None, shown.stranger):
        text = page(web, shown, token)
        assert "It counts as Mug." in text
        assert "About 95 of 100 photos" in text
        assert "Looks more like Camera." in text
        for hidden in (RECORD.sentence, "moon", "Secret claim", *NUMBERS):
            assert hidden not in text
        answer = web.get(f"/api/v1/images/{shown.photo.image_id}", token).json()
        (verdict,) = answer["verdicts"]
        assert verdict["probability"] is None
        assert [seen["source"] for seen in verdict["evidence"]] == ["quality", "crowd"]
        assert {seen["probability"] for seen in verdict["evidence"]} == {None}
        assert RECORD.sentence not in str(answer)
        assert "Secret claim" not in str(answer)


def test_the_contributor_reads_of_ones_own_record_in_words(web: Web, shown: Shown) -> None:
    text = page(web, shown, shown.owner)
    assert RECORD.sentence in text
    assert "Moon" in text
    assert "Secret claim" not in text
    for number in NUMBERS:
        assert number not in text
    receipt = web.get(f"/api/v1/uploads/{shown.photo.upload_id}", shown.owner).json()
    assert receipt["verdict"]["headline"] == "It counts as Mug."
    assert receipt["verdict"]["verification_version"] >= 1
    assert [seen["source"] for seen in receipt["verdict"]["evidence"]][2:] == [
        "contributor", "moon",
    ]  # fmt: skip
    assert {seen["probability"] for seen in receipt["verdict"]["evidence"]} == {None}
    assert RECORD.sentence in receipt["steps"][-1]["reasons"]


def test_who_claimed_another_label_reads_the_verdict_on_it_too(web: Web, shown: Shown) -> None:
    text = page(web, shown, shown.second)
    assert "It does not seem to show Secret claim." in text
    assert "If it shows Camera, send the same photo again as Camera" in text


def test_an_admin_reads_everything_with_numbers(web: Web, shown: Shown) -> None:
    text = page(web, shown, shown.admin)
    for expected in ("0.9137", "0.880", "91 of 100", RECORD.sentence, "Secret claim", "Moon"):
        assert expected in text
    answer = web.get(f"/api/v1/images/{shown.photo.image_id}", shown.admin).json()
    assert [round(verdict["probability"], 4) for verdict in answer["verdicts"]] == [
        PROBABILITY,
        0.04,
    ]


def test_the_page_shows_what_the_photo_was_compared_with(web: Web, shown: Shown) -> None:
    text = page(web, shown, None)
    nearest = text.partition("Photos of Camera, the nearest")[2].partition("Said by")[0]
    assert len(set(re.findall(r'href="/images/([0-9a-f]{16})"', nearest))) == 3


def test_a_record_that_could_be_anothers_is_told_to_neither(web: Web) -> None:
    people = [web.person() for _ in range(2)]
    with web.database.transaction() as cursor:
        photo = factories.photo(cursor, owner=people[0][0])
        again = factories.same_photo_again(cursor, photo, people[1][0])
        factories.checks(cursor, photo.image_id, [Finding("dark", 3.0, "The photo is dark.")])
        factories.verdict(
            cursor, photo.image_id, photo.label, Outcome.NEEDS_REVIEW, 0.5,
            [RECORD], [RECORD.sentence, "The photo is dark."],
        )  # fmt: skip
    for (_, token), upload in zip(people, (photo, again), strict=True):
        receipt = web.get(f"/api/v1/uploads/{upload.upload_id}", token).json()
        assert receipt["steps"][-1]["reasons"] == ["The photo is dark."]
        assert "with more light" in receipt["verdict"]["next_steps"][0]
        assert RECORD.sentence not in str(web.get(f"/api/v1/images/{photo.image_id}", token).json())


def test_photos_to_compare_with_are_public_nearest_first_and_no_copies(
    database: Database,
) -> None:
    def near(angle: float) -> list[float]:
        return [1.0, angle, *[0.0] * 254]

    with database.transaction() as cursor:
        dog = factories.label(cursor, "Dog")
        made = [factories.photo(cursor, dog) for _ in range(6)]
        for number, photo in enumerate(made):
            factories.checks(cursor, photo.image_id, embedding=near(number / 5))
        for photo in made[:5]:
            factories.verdict(cursor, photo.image_id, dog)
        factories.publish_label_sets(cursor)
        ids = [photo.image_id for photo in made]
        found = comparisons.nearest_of_labels(cursor, ids[0], [dog.mid, "/m/no"], [ids[1]], 2)
        assert list(found) == [dog.mid]
        assert [tile.image_id for tile in found[dog.mid]] == ids[2:4]
        unseen = factories.photo(cursor, dog)
        assert comparisons.nearest_of_labels(cursor, unseen.image_id, [dog.mid], [], 2) == {}
