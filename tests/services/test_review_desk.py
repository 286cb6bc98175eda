"""Reviews and parted duplicates over HTTP: who may, what changes, what waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest

from imagehub.catalogue.duplicates import duplicate_undos
from imagehub.catalogue.moderation import photo_openings
from imagehub.catalogue.reviews import review_counts, reviews
from imagehub.catalogue.reviews.review_counts import ReviewerRecord
from imagehub.vocabulary import Outcome, Role
from tests import factories
from tests.factories import Photo
from tests.signed_in import SignedIn
from tests.web_server import Web


@dataclass(frozen=True)
class Case:
    """A photo that waits for a person, and people."""

    photo: Photo
    owner: str
    reviewer: str

    @property
    def path(self) -> str:
        return f"/api/v1/images/{self.photo.image_id}/reviews{self.photo.label.mid}"


@pytest.fixture
def case(web: Web) -> Case:
    account, owner = web.person(Role.CONTRIBUTOR, Role.REVIEWER)
    _, reviewer = web.person(Role.REVIEWER)
    with web.database.transaction() as cursor:
        photo = factories.photo(cursor, owner=account)
        factories.checks(cursor, photo.image_id)
        factories.verdict(cursor, photo.image_id, photo.label, Outcome.NEEDS_REVIEW, 0.5)
    return Case(photo, owner, reviewer)


def answers(web: Web, photo: Photo) -> list[str]:
    with web.database.transaction() as cursor:
        return [str(review.answer) for review in reviews.of_image(cursor, photo.image_id)]


def test_a_reviewer_answers_again_and_takes_it_back(web: Web, case: Case) -> None:
    for answer in ("yes", "unsure"):
        told = web.request("PUT", case.path, case.reviewer, json={"answer": answer})
        assert (told.status_code, told.json()["answer"]) == (200, answer)
    assert answers(web, case.photo) == ["unsure"]
    for _ in range(2):
        told = web.request("DELETE", case.path, case.reviewer)
        assert (told.status_code, told.json()["answer"]) == (200, None)
    assert answers(web, case.photo) == []


def test_nobody_else_reviews_and_nobody_a_photo_of_ones_own(web: Web, case: Case) -> None:
    for token, status in ((None, 401), (web.person()[1], 403), (case.owner, 403)):
        for method in ("PUT", "DELETE"):
            body = {"json": {"answer": "yes"}} if method == "PUT" else {}
            assert web.request(method, case.path, token, **body).status_code == status
    assert answers(web, case.photo) == []


@pytest.mark.parametrize(
    ("image_id", "mid"),
    [("{}", "/m/absent"), ("{}", "/m/04_sv"), ("0" * 16, "{}"), ("A" * 16, "{}"), ("x", "/m/x")],
)
def test_a_claim_that_nobody_made_is_not_found(
    web: Web, case: Case, image_id: str, mid: str
) -> None:
    path = (
        f"/api/v1/images/{image_id.format(case.photo.image_id)}"
        f"/reviews{mid.format(case.photo.label.mid)}"
    )
    for method, body in (("PUT", {"json": {"answer": "yes"}}), ("DELETE", {})):
        assert web.request(method, path, case.reviewer, **body).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"answer": "maybe"}, {"answer": 1}, {"answer": "yes", "x": 1}]
)
def test_an_answer_is_yes_no_or_unsure(web: Web, case: Case, body: object) -> None:
    assert web.request("PUT", case.path, case.reviewer, json=body).status_code == 422


def asked(web: Web, person: SignedIn) -> list[dict[str, str]]:
    found = person.get("/review/questions")
    assert found.status_code == 200, found.text
    questions: list[dict[str, str]] = found.json()["questions"]
    return questions


@pytest.fixture
def desk(web: Web) -> Iterator[tuple[Photo, ...]]:
    """Three photos wait, and nothing else."""
    with web.database.transaction() as cursor:
        factories.empty_review_queue(cursor)
        cursor.execute("delete from review_golds")
        made = tuple(factories.photo(cursor, store=web.store) for _ in range(3))
        for photo in made:
            factories.verdict(cursor, photo.image_id, photo.label, Outcome.NEEDS_REVIEW, 0.5)
    yield made
    with web.database.transaction() as cursor:
        cursor.execute("delete from review_golds")


def test_the_desk_asks_contributors_too_and_each_answer_can_be_taken_back(
    web: Web, desk: tuple[Photo, ...]
) -> None:
    person = SignedIn(web, web.person()[1])
    first, second, _ = asked(web, person)
    assert f'data-question="{first["id"]}"' in person.get("/review").text
    path = f"/review/questions/{first['id']}"
    onward = person.post(path, answer="no").headers["Location"]
    text = person.get(onward).text
    assert "You said no to" in text
    assert f'data-question="{second["id"]}"' in text
    assert [answer for photo in desk for answer in answers(web, photo)] == ["no"]
    assert person.post(path, answer="withdraw").headers["Location"] == "/review"
    assert not any(answers(web, photo) for photo in desk)
    assert first in asked(web, person)
    assert person.post(path, answer="maybe").status_code == 422
    person.post(path, answer="yes")
    with web.database.transaction() as cursor:
        cursor.execute("update reviews set reviewed_at = now() - interval '1 hour'")
    for given in ("no", "withdraw"):
        assert person.post(path, answer=given).status_code == 409


def test_a_question_shows_its_photo_to_whom_it_was_put_and_to_nobody_else(
    web: Web, desk: tuple[Photo, ...]
) -> None:
    person, other = (SignedIn(web, web.person()[1]) for _ in range(2))
    path = f"/review/questions/{asked(web, person)[0]['id']}"
    shown = person.get(f"{path}/photo.jpg")
    assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "private, no-store")
    assert shown.content[:2] == b"\xff\xd8"
    assert other.get(f"{path}/photo.jpg").status_code == 404
    assert other.post(path, answer="yes").status_code == 404
    for wrong in ("x", "0" * 32):
        assert person.get(f"/review/questions/{wrong}/photo.jpg").status_code == 404


def test_one_person_who_answers_twice_at_once_and_two_at_once_leave_one_row_each(
    web: Web, desk: tuple[Photo, ...]
) -> None:
    made = [web.person(role) for role in (Role.CONTRIBUTOR, Role.REVIEWER)]
    people = [SignedIn(web, token) for _, token in made]
    with web.database.transaction() as cursor:
        paths = [
            f"/review/questions/{factories.review_question(cursor, account, desk[0])}"
            for account, _ in made
        ]
    gate, heard = threading.Barrier(8), list[int]()

    def send(number: int) -> None:
        gate.wait(timeout=60)
        given = ("yes", "no")[number // 2 % 2]
        heard.append(people[number % 2].post(paths[number % 2], answer=given).status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert heard == [303] * 8
    assert len(answers(web, desk[0])) == 2


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.REVIEWER, Role.ADMIN])
def test_nothing_on_the_desk_tells_gold_from_other_questions(
    web: Web, desk: tuple[Photo, ...], role: Role
) -> None:
    account, token = web.person(role)
    person = SignedIn(web, token)
    with web.database.transaction() as cursor:
        public = factories.verified_photo(cursor, store=web.store)
        hidden = factories.photo(cursor, store=web.store)
        factories.verdict(cursor, hidden.image_id, hidden.label, Outcome.REJECTED, 0.001)
        factories.publish_label_sets(cursor)
        for photo, is_right in ((public, True), (hidden, False)):
            factories.review_gold(cursor, photo, is_right)
            factories.review_question(cursor, account, photo)
    found = asked(web, person)
    names = {photo.label.name for photo in (*desk, public, hidden)}
    assert {question["label"] for question in found} == names
    shapes = set()
    for question in found:
        path = f"/review/questions/{question['id']}"
        shown = person.get(f"{path}/photo.jpg")
        told = person.post(path, answer="unsure")
        undone = person.post(path, answer="withdraw")
        shapes.add(
            (
                *sorted(question), *(shown.status_code, told.status_code, undone.status_code),
                *sorted(name for name in shown.headers if name not in ("Date",)),
                shown.headers["Cache-Control"],
            )
        )  # fmt: skip
        assert UUID(question["id"]).version == 4
        for photo in (*desk, public, hidden):
            assert photo.image_id not in f"{question}{shown.headers}{told.headers}{told.text}"
    assert len(shapes) == 1
    assert "gold" not in (person.get("/review").text + person.get("/review/questions").text).lower()


def test_other_peoples_answers_are_on_no_page_of_anybody(web: Web, case: Case) -> None:
    web.request("PUT", case.path, case.reviewer, json={"answer": "no"})
    for role in (Role.REVIEWER, Role.ADMIN):
        token = web.person(role)[1]
        text = SignedIn(web, token).get(f"/images/{case.photo.image_id}").text
        assert "Does this photo show" in text
        assert 'aria-pressed="true"' not in text
        told = web.get(f"/api/v1/images/{case.photo.image_id}", token).text
        assert '"no"' not in told


def test_a_person_reads_the_own_record_only(web: Web, desk: tuple[Photo, ...]) -> None:
    account, token = web.person()
    other = SignedIn(web, web.person()[1])
    with web.database.transaction() as cursor:
        review_counts.store_records(cursor, [ReviewerRecord(str(account.id), 20, 17)])
    assert "Of 20 that were settled since, 17 agree" in SignedIn(web, token).get("/review").text
    assert "settled since" not in other.get("/review").text


def test_who_has_a_role_for_it_gets_the_desk_and_only_reviewers_the_buttons_on_photos(
    web: Web, case: Case
) -> None:
    assert web.get("/review", allow_redirects=False).headers["Location"].startswith("/sign-in")
    premium = SignedIn(web, web.person(Role.PREMIUM)[1])
    assert premium.get("/review").status_code == 403
    owner = SignedIn(web, case.owner).get(f"/images/{case.photo.image_id}")
    assert owner.status_code == 200
    assert "Does this photo show" not in owner.text
    reviewer = SignedIn(web, case.reviewer)
    broken = reviewer.get(f"/images/{case.photo.image_id}?review=x&done=%00:x")
    assert broken.status_code == 422
    assert reviewer.get("/review?done=%00").status_code == 422
    assert reviewer.get("/review?done=x").status_code == 200


def test_an_admin_parts_duplicates_and_joins_them_again(web: Web) -> None:
    admin, token = web.person(Role.ADMIN)
    person = SignedIn(web, token)
    with web.database.transaction() as cursor:
        keeper, member = factories.photo(cursor), factories.photo(cursor)
        for photo in (keeper, member):
            photo_openings.add(cursor, admin.id, photo.image_id, "Its sender wrote to us.", 600)
        factories.duplicate(cursor, member.image_id, keeper.image_id, 0.003)
    page = f"/images/{keeper.image_id}"
    assert "These are different photos" in person.get(page).text
    form = {"other": member.image_id, "act": "part"}
    assert person.post(f"{page}/duplicate-undos", **form).headers["Location"] == f"{page}#near"
    assert "they will be separated shortly" in person.get(f"/images/{member.image_id}").text
    with web.database.transaction() as cursor:
        assert duplicate_undos.undone(cursor, [keeper.image_id])
        cursor.execute("delete from duplicates where image_id = %s", (member.image_id,))
    assert "Said to be different photos" in person.get(page).text
    path = f"/api/v1{page}/duplicate-undos"
    assert web.request("DELETE", f"{path}/{member.image_id}", token).json()["parted"] is False
    assert "Said to be different photos" not in person.get(page).text
    again = web.post(path, token, json={"other": member.image_id})
    assert (again.status_code, again.json()["parted"]) == (201, True)
    person.post(f"{page}/duplicate-undos", other=member.image_id, act="join")
    with web.database.transaction() as cursor:
        assert not duplicate_undos.undone(cursor, [keeper.image_id])


def test_nobody_else_parts_and_only_images_that_are_there(web: Web, case: Case) -> None:
    with web.database.transaction() as cursor:
        other = factories.photo(cursor).image_id
    path = f"/api/v1/images/{case.photo.image_id}/duplicate-undos"
    for token, status in ((None, 401), (web.person()[1], 403)):
        assert web.post(path, token, json={"other": other}).status_code == status
        assert web.request("DELETE", f"{path}/{other}", token).status_code == status
    for wrong, status in (("0" * 16, 404), (case.photo.image_id, 422), ("A" * 16, 422)):
        assert web.post(path, case.reviewer, json={"other": wrong}).status_code == status
    assert web.request("DELETE", f"{path}/x", case.reviewer).status_code == 404


def test_a_visitor_sees_public_pairs_and_no_button(web: Web) -> None:
    with web.database.transaction() as cursor:
        label = factories.label(cursor)
        keeper, member = (factories.verified_photo(cursor, label) for _ in range(2))
        hidden = factories.photo(cursor, label)
        factories.publish_label_sets(cursor)
        factories.duplicate(cursor, member.image_id, keeper.image_id, 0.003)
        factories.duplicate(cursor, hidden.image_id, keeper.image_id, 0.003)
    text = web.get(f"/images/{keeper.image_id}").text
    assert "The pixels hardly differ." in text
    assert "different photos" not in text
    assert hidden.image_id[:6] not in text
    pairs = web.get(f"/api/v1/images/{keeper.image_id}").json()["duplicate_pairs"]
    assert [(pair["keeper"], pair["member"]) for pair in pairs] == [
        (keeper.image_id, member.image_id)
    ]


def test_only_reviewers_read_which_verification_is_in_force(web: Web, case: Case) -> None:
    path = "/api/v1/verification"
    assert web.get(path).status_code == 401
    assert web.get(path, web.person()[1]).status_code == 403
    told = web.get(path, case.reviewer).json()
    assert told["version"] >= 1
    assert told["current_since"]
    assert "in force since" in SignedIn(web, case.reviewer).get("/review").text
