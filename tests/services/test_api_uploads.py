"""Uploads through the real API: accepted once, refused with a reason, followed by a receipt."""

from __future__ import annotations

import hashlib
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from imagehub.catalogue.accounts import account_tokens
from imagehub.catalogue.uploads import tombstones
from imagehub.messages import decode
from imagehub.privacy import MAX_DEVICE_CHARACTERS
from imagehub.vocabulary import MAX_PHOTO_BYTES, Account, Role
from tests import photos
from tests.bad_inputs import ROWS, Row
from tests.web_server import Web

DOG = "/m/0bt9lr"
PHOTO = photos.jpeg(1, 320, 240)


@pytest.fixture
def person(web: Web) -> tuple[Account, str]:
    return web.person()


@pytest.fixture
def token(person: tuple[Account, str]) -> str:
    return person[1]


def messages_of(web: Web, key: uuid.UUID) -> list[bytes]:
    with web.database.transaction() as cursor:
        cursor.execute(
            "select coalesce((select string_agg(bytes, '' order by number) from log_pieces p"
            " where p.pieces = m.pieces), '') || value as value from log_messages m"
            " where key = %s",
            (str(key),),
        )
        return [bytes(row.value) for row in cursor.fetchall()]


def test_a_photo_that_was_taken_down_is_refused_by_the_api(web: Web, token: str) -> None:
    photo = photos.jpeg(77, 320, 240)
    with web.database.transaction() as cursor:
        tombstones.mark_purged(cursor, hashlib.sha256(photo).hexdigest(), "taken_down", "harm")
        for purged in tombstones.purged_photos(cursor):  # no other test shall sweep it
            tombstones.mark_swept(cursor, purged)
    answer = web.send(token, photo, "Dog", key := uuid.uuid4())
    assert (answer.status_code, answer.json()["code"]) == (422, "photo_taken_down")
    assert messages_of(web, key) == []


def test_an_upload_is_in_the_log_before_it_is_acknowledged(web: Web, token: str) -> None:
    key = uuid.uuid4()
    answer = web.send(token, PHOTO, "dog", key, taken_at="2026-05-01T08:00:00+02:00")
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/api/v1/uploads/{key}"
    receipt = answer.json()
    assert receipt["id"] == str(key)
    assert receipt["state"] == "accepted"
    assert receipt["claimed_label"] == {"mid": DOG, "name": "Dog"}
    assert messages_of(web, key) == [PHOTO]
    assert web.get(answer.headers["Location"], token).json() == receipt


def test_the_log_carries_the_claim_with_a_coarse_place(
    web: Web, person: tuple[Account, str]
) -> None:
    key = uuid.uuid4()
    answer = web.send(
        person[1], PHOTO, DOG, key,
        taken_at="2026-05-01T08:00:00", latitude="51.50722", longitude="-0.12750", device="Phone",
    )  # fmt: skip
    assert answer.status_code == 202, answer.text
    received = [
        record.message for record in web.log.consumer(f"test-{key}").poll(10_000, 1)
        if record.message.key == str(key)
    ]  # fmt: skip
    upload = decode(received[0])
    assert upload.account_id == person[0].id
    assert upload.claimed_label == DOG
    assert (upload.metadata.latitude, upload.metadata.longitude) == (51.5, -0.1)
    assert upload.metadata.taken_at is not None
    assert upload.metadata.taken_at.isoformat() == "2026-05-01T08:00:00+00:00"


def test_a_form_and_a_raw_body_say_the_same(web: Web, token: str) -> None:
    key = uuid.uuid4()
    form = web.post(
        "/api/v1/uploads", token,
        files={"image": ("../../etc/passwd", PHOTO, "text/html")},
        data={"label": "dog", "taken_at": "", "device": ""},
        headers={"Idempotency-Key": str(key)},
    )  # fmt: skip
    assert form.status_code == 202, form.text
    assert web.send(token, PHOTO, DOG, key).json() == form.json()
    assert messages_of(web, key) == [PHOTO]


def test_fifty_equal_requests_at_once_count_once(web: Web, token: str) -> None:
    key = uuid.uuid4()
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: web.send(token, PHOTO, "Dog", key), range(50)))
    assert {(answer.status_code, answer.text) for answer in answers} == {(202, answers[0].text)}
    assert messages_of(web, key) == [PHOTO]


def test_a_key_cannot_be_used_for_another_photo_or_claim(web: Web, token: str) -> None:
    key = uuid.uuid4()
    web.send(token, PHOTO, "Dog", key)
    for other in (
        web.send(token, photos.jpeg(2, 320, 240), "Dog", key),
        web.send(token, PHOTO, "Cat", key),
        web.send(token, PHOTO, "Dog", key, device="Another phone"),
    ):
        assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert messages_of(web, key) == [PHOTO]


def test_two_accounts_with_the_same_key_learn_nothing_of_each_other(web: Web, token: str) -> None:
    key, (_, other) = uuid.uuid4(), web.person()
    mine, theirs = web.send(token, PHOTO, "Dog", key), web.send(other, PHOTO, "Cat", key)
    assert (mine.status_code, theirs.status_code) == (202, 202)
    assert mine.json()["id"] == theirs.json()["id"] == str(key)
    for bearer, label in ((token, "Dog"), (other, "Cat")):
        for receipt in (
            web.get(f"/api/v1/uploads/{key}", bearer).json(),
            *web.get("/api/v1/uploads", bearer).json()["uploads"],
        ):
            assert receipt["id"] == str(key)
            assert receipt["claimed_label"]["name"] == label
    assert web.send(other, PHOTO, "Cat", key).json() == theirs.json()
    assert web.send(other, PHOTO, "Dog", key).status_code == 409


def test_a_refusal_at_the_door_stands_on_the_receipt_until_a_better_photo_comes(
    web: Web, token: str
) -> None:
    key = uuid.uuid4()
    refused = web.send(token, b"no photo at all", "Dog", key)
    assert (refused.status_code, refused.json()["code"]) == (415, "unsupported_type")
    receipt = web.get(f"/api/v1/uploads/{key}", token).json()
    assert receipt["state"] == "refused"
    assert receipt["steps"][0]["code"] == "unsupported_type"
    assert receipt["steps"][0]["reasons"] == [refused.json()["detail"]]
    assert web.send(token, PHOTO, "Dog", key).status_code == 202
    assert web.get(f"/api/v1/uploads/{key}", token).json()["state"] == "accepted"


def test_absent_foreign_and_malformed_ids_are_answered_alike(web: Web, token: str) -> None:
    key, (_, other) = uuid.uuid4(), web.person()
    web.send(other, PHOTO, "Dog", key)
    answers = [
        web.get(f"/api/v1/uploads/{name}", token)
        for name in (key, uuid.uuid4(), "nonsense", key.hex, "%00", "..%2f..", "a" * 5000)
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[0].text)}


def test_an_admin_sees_no_receipt_of_others_and_sends_no_photos(web: Web, token: str) -> None:
    key, (_, admin) = uuid.uuid4(), web.person(Role.ADMIN)
    web.send(token, PHOTO, "Dog", key)
    assert web.get(f"/api/v1/uploads/{key}", admin).status_code == 404
    assert web.send(admin, PHOTO, "Dog").status_code == 403


def test_own_uploads_come_newest_first_page_by_page(web: Web, token: str) -> None:
    keys = [uuid.uuid4() for _ in range(5)]
    for key in keys:
        web.send(token, PHOTO, "Dog", key)
    seen, after = [], None
    for _ in range(3):
        query = {"limit": "2", **({"after": after} if after else {})}
        page = web.get("/api/v1/uploads", token, params=query).json()
        seen += [receipt["id"] for receipt in page["uploads"]]
        after = page["next"]
    assert seen == [str(key) for key in reversed(keys)]
    assert after is None


def test_uploads_of_one_moment_stand_each_on_one_page(
    web: Web, person: tuple[Account, str]
) -> None:
    account, token = person
    keys = sorted(str(uuid.uuid4()) for _ in range(3))
    for key in keys:
        web.send(token, PHOTO, "Dog", uuid.UUID(key))
    with web.database.transaction() as cursor:
        cursor.execute(
            "update acceptances set accepted_at = now() where account_id = %s", (str(account.id),)
        )
    first = web.get("/api/v1/uploads?limit=2", token).json()
    second = web.get(f"/api/v1/uploads?limit=2&after={first['next']}", token).json()
    assert [upload["id"] for upload in first["uploads"] + second["uploads"]] == keys[::-1]


@pytest.mark.parametrize(
    "authorization", [None, "Bearer dih_forged", "Basic YTpi", "Bearer", "bearer ä"]
)
def test_without_a_valid_token_nothing_is_read(web: Web, authorization: str | None) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    if authorization:
        headers["Authorization"] = authorization.encode("latin-1")  # type: ignore[assignment] # raw bytes on the wire
    answer = web.post("/api/v1/uploads?label=Dog", data=PHOTO, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_is_worth_nothing_at_once(web: Web, token: str) -> None:
    assert web.get("/api/v1/uploads", token).status_code == 200
    with web.database.transaction() as cursor:
        assert account_tokens.revoke(cursor, hashlib.sha256(token.encode()).digest())
    assert web.get("/api/v1/uploads", token).status_code == 401


@pytest.mark.parametrize(
    "key",
    [
        None,
        "",
        "nonsense",
        "00000000000000000000000000000001",
        "{9a423fb7-df2b-4820-a891-c50fb5d15b56}",
    ],
)
def test_the_idempotency_key_is_a_uuid(web: Web, token: str, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = web.post("/api/v1/uploads?label=Dog", token, data=PHOTO, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["code"].startswith("idempotency_key_")


@pytest.mark.parametrize(
    "label",
    ["", " ", "Nothing", "a\0b", "x" * 65, "x" * 5000, "../x", "=cmd|'/C calc'!A0", "<b>",
     "Do\u200bg", "D\u043eg", "/m/", "/m/0bt9lr\n;", "%", "Do_"],
)  # fmt: skip
def test_a_label_that_is_none_is_refused(web: Web, token: str, label: str) -> None:
    answer = web.send(token, PHOTO, label)
    assert (answer.status_code, answer.json()["code"]) == (422, "label_invalid")


def test_label_names_are_matched_in_any_case_and_normal_form(web: Web, token: str) -> None:
    with web.database.transaction() as cursor:
        cursor.execute("insert into labels (mid, name) values ('/m/cafe1', 'Café')")
    for name in ("Café", "cAFÉ", "Cafe\u0301", " Café "):
        answer = web.send(token, PHOTO, name)
        assert answer.json()["claimed_label"]["mid"] == "/m/cafe1"


def test_a_label_is_found_without_its_accents_where_none_has_the_name_itself(
    web: Web, token: str
) -> None:
    with web.database.transaction() as cursor:
        cursor.execute(
            "insert into labels (mid, name) values ('/m/crem1', 'Crème brûlée'),"
            " ('/m/mate1', 'Maté'), ('/m/mate2', 'Mate')"
        )
    for name, mid in [("creme brulee", "crem1"), ("mate", "mate2"), ("MATÉ", "mate1")]:
        answer = web.send(token, PHOTO, name)
        assert answer.json()["claimed_label"]["mid"] == f"/m/{mid}"


def test_an_ambiguous_name_is_refused_with_its_mids(web: Web, token: str) -> None:
    with web.database.transaction() as cursor:
        cursor.execute(
            "insert into labels (mid, name) values ('/m/bat01', 'Bat X'), ('/m/bat02', 'bat x')"
        )
    answer = web.send(token, PHOTO, "Bat X")
    assert (answer.status_code, answer.json()["code"]) == (422, "label_ambiguous")
    assert "/m/bat01" in answer.json()["detail"]
    assert "/m/bat02" in answer.json()["detail"]
    assert web.send(token, PHOTO, "/m/bat02").status_code == 202


@pytest.mark.parametrize(
    "query",
    [{"latitude": "91", "longitude": "0"}, {"latitude": "1"}, {"latitude": "nan", "longitude": "0"},
     {"latitude": "1_0", "longitude": "0"}, {"taken_at": "yesterday"}, {"taken_at": "9" * 400},
     {"device": "x" * (MAX_DEVICE_CHARACTERS + 1)}, {"device": "a\0b"}, {"state": "verified"},
     {"account_id": "1"}],
)  # fmt: skip
def test_metadata_that_is_none_is_refused(web: Web, token: str, query: dict[str, str]) -> None:
    answer = web.send(token, PHOTO, "Dog", **query)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_the_door_answers_every_bad_photo_as_it_should(web: Web, token: str, row: Row) -> None:
    key = uuid.uuid4()
    answer = web.post(
        "/api/v1/uploads?label=Dog", token, data=row.make(),
        headers={"Idempotency-Key": str(key), "Content-Type": row.content_type, **row.headers},
    )  # fmt: skip
    assert (answer.status_code, answer.json().get("code")) == (row.status, row.code)
    assert len(messages_of(web, key)) == (row.status == 202)


def test_a_photo_above_the_limit_is_refused_and_not_noted(web: Web, token: str) -> None:
    key = uuid.uuid4()
    answer = web.send(token, PHOTO + bytes(MAX_PHOTO_BYTES + 1 - len(PHOTO)), "Dog", key)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert web.get(f"/api/v1/uploads/{key}", token).status_code == 404
    assert web.send(token, PHOTO + bytes(MAX_PHOTO_BYTES - len(PHOTO)), "Dog", key).ok


def test_a_declared_digest_must_be_that_of_the_photo(web: Web, token: str) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4()), "X-Content-SHA256": "0" * 64}
    answer = web.post("/api/v1/uploads?label=Dog", token, data=PHOTO, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "digest_mismatch")


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ({"taken_at": "2099-01-01T00:00:00Z"}, ["The time is left out"]),
        ({"latitude": "0", "longitude": "0"}, ["The place is left out"]),
        (
            {"taken_at": "1000-01-01", "latitude": "0.01", "longitude": "-0.01"},
            ["The time is left out", "The place is left out"],
        ),
        ({"taken_at": "2020-01-01", "latitude": "0", "longitude": "10"}, []),
    ],
    ids=str,
)
def test_times_and_places_that_cannot_be_are_left_out_with_a_word(
    web: Web, token: str, claim: dict[str, str], words: list[str]
) -> None:
    key = uuid.uuid4()
    answer = web.send(token, PHOTO, "dog", key, **claim)
    assert answer.status_code == 202, answer.text
    reasons = answer.json()["steps"][-1]["reasons"]
    assert [reason.partition(":")[0] for reason in reasons] == words
    assert web.send(token, PHOTO, "dog", key, **claim).json() == answer.json()


def test_a_devices_name_is_taken_without_the_nuls_that_exif_ends_it_with(
    web: Web, token: str
) -> None:
    sent = web.send(token, PHOTO, "dog", device="Example 12\0\0\0")
    assert sent.status_code == 202, sent.text
    inside = web.send(token, PHOTO, "dog", device="Exam\0ple")
    assert inside.status_code == 422
