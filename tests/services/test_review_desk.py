"""Reviews and parted duplicates over HTTP: who may, what changes, what waits."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from imagehub.catalogue import duplicate_undos, review_queue, reviews
from imagehub.catalogue.database import Database
from imagehub.catalogue.review_queue import BEFORE_ALL
from imagehub.vocabulary import Outcome, ReviewAnswer, Role
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
        return [str(one.answer) for one in reviews.of_image(cursor, photo.image_id)]


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


def test_the_desk_leads_through_the_queue_and_an_answer_can_be_taken_back(web: Web) -> None:
    person = SignedIn(web, web.person(Role.REVIEWER)[1])
    with web.database.transaction() as cursor:
        made = [factories.photo(cursor) for _ in range(3)]
        for number, photo in enumerate(made):  # next to one another in the queue
            probability = 0.50001 + number / 1e5
            factories.verdict(
                cursor, photo.image_id, photo.label, Outcome.NEEDS_REVIEW, probability
            )
    start = re.search(r'href="(/images/[^"]+)" data-key="j"', person.get("/review").text)
    assert start
    assert person.get(start[1]).status_code == 200
    form = {"label": made[0].label.mid, "answer": "no", "queue": "1"}
    onward = person.post(f"/images/{made[0].image_id}/reviews", **form).headers["Location"]
    assert onward.startswith(f"/images/{made[1].image_id}?review={made[1].label.mid}&done=")
    text = person.get(onward).text
    assert "You said no to" in text
    assert f"/images/{made[2].image_id}?review=" in text
    assert f"/images/{made[0].image_id}?review=" not in text
    form["answer"] = "withdraw"
    back = person.post(f"/images/{made[0].image_id}/reviews", **form).headers["Location"]
    assert back == f"/images/{made[0].image_id}?review={made[0].label.mid}"
    assert answers(web, made[0]) == []


def test_only_reviewers_see_the_queue_and_the_desk(web: Web, case: Case) -> None:
    assert web.get("/review", allow_redirects=False).headers["Location"].startswith("/sign-in")
    contributor = SignedIn(web, web.person()[1])
    assert contributor.get("/review").status_code == 403
    owner = SignedIn(web, case.owner).get(f"/images/{case.photo.image_id}")
    assert owner.status_code == 200
    assert "Does this photo show" not in owner.text
    reviewer = SignedIn(web, case.reviewer)
    for after in ("x", "W10", "WzFlNDAwLCJhIiwiYiJd"):
        assert reviewer.get(f"/review?after={after}").status_code == 422
    broken = reviewer.get(f"/images/{case.photo.image_id}?review=x&done=%00:x")
    assert broken.status_code == 200


def test_the_queue_holds_keepers_of_others_without_an_answer_least_certain_first(
    database: Database,
) -> None:
    with database.transaction() as cursor:
        me = factories.account(cursor, roles=[Role.REVIEWER])
        label = factories.label(cursor)
        made = {
            probability: factories.photo(cursor, label)
            for probability in (0.9, 0.52, 0.2, 0.45, 0.6)
        }
        own = factories.photo(cursor, label, owner=me)
        decided = factories.photo(cursor, label)
        factories.verdict(cursor, own.image_id, label, Outcome.NEEDS_REVIEW, 0.5)
        factories.verdict(cursor, decided.image_id, label, Outcome.VERIFIED, 0.5)
        for probability, photo in made.items():
            factories.verdict(cursor, photo.image_id, label, Outcome.NEEDS_REVIEW, probability)
        factories.duplicate(cursor, made[0.52].image_id, made[0.9].image_id)
        reviews.write(cursor, made[0.6].image_id, label.mid, me.id, ReviewAnswer.UNSURE)
        found = review_queue.behind(cursor, me.id, BEFORE_ALL, 10)
        wanted = [made[probability].image_id for probability in (0.45, 0.2, 0.9)]
        assert [one.image_id for one in found] == wanted
        middle = (found[1].uncertainty, found[1].image_id, label.mid)
        assert review_queue.behind(cursor, me.id, middle, 10) == found[2:]
        assert review_queue.before(cursor, me.id, middle, 10) == found[:1]


def test_an_admin_parts_duplicates_and_joins_them_again(web: Web) -> None:
    token = web.person(Role.ADMIN)[1]
    person = SignedIn(web, token)
    with web.database.transaction() as cursor:
        keeper, member = factories.photo(cursor), factories.photo(cursor)
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
