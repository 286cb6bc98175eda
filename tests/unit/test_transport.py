"""The client on servers that are slow, down, or none of ours."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from imagehub.client import Claim, HubClient, RetryPolicy
from imagehub.client.retries import seconds_of
from imagehub.errors import (
    Conflict,
    Forbidden,
    HubError,
    Misconfigured,
    NotFound,
    Refused,
    Unauthorised,
    Unavailable,
)
from tests.scripted_server import Reply, Script, as_json, scripted_server

UPLOAD = uuid.UUID(int=7)
RECEIPT = {"id": str(UPLOAD), "state": "accepted", "photo_sha256": "0" * 64, "steps": []}
BUSY = as_json({"code": "unavailable", "detail": "Later."}, 503, **{"Retry-After": "3"})


def replies(*given: Reply) -> Script:
    waiting: Iterator[Reply] = iter(given)
    return lambda _: next(waiting)


def patient(pauses: list[float], attempts: int = 4) -> RetryPolicy:
    return RetryPolicy(attempts=attempts, sleep=pauses.append, chance=lambda: 1.0)


def send(url: str, retry_policy: RetryPolicy | None = None) -> HubClient:
    client = HubClient(url, "dih_secret", retry_policy or patient([]))
    client.upload(b"\xff\xd8\xff photo", Claim(label="Dog", latitude=1e-7, longitude=2), UPLOAD)
    return client


def test_a_busy_server_is_asked_again_with_the_same_key_when_it_says() -> None:
    pauses: list[float] = []
    with scripted_server(replies(BUSY, as_json({}, 429), as_json(RECEIPT, 202))) as server:
        send(server.url, patient(pauses))
    assert {r.headers["Idempotency-Key"] for r in server.seen} == {str(UPLOAD)}
    assert len(server.seen) == 3
    assert pauses == [3.25, 0.5]


def test_a_connection_that_breaks_before_the_answer_is_tried_again() -> None:
    cut = Reply(202, b"x" * 1000, cut=10)
    with scripted_server(replies(cut, as_json(RECEIPT, 202))) as server:
        send(server.url)
    assert [r.body for r in server.seen] == [b"\xff\xd8\xff photo"] * 2


def test_an_upload_says_what_it_claims_and_who_sends_it() -> None:
    with scripted_server(replies(as_json(RECEIPT, 202))) as server:
        send(server.url)
    request = server.seen[0]
    assert request.path == "/api/v1/uploads?label=Dog&latitude=0.000000&longitude=2.000000"
    assert request.headers["Authorization"] == "Bearer dih_secret"
    assert request.headers["Content-Type"] == "image/jpeg"
    assert len(request.headers["X-Content-SHA256"]) == 64


def test_patience_ends() -> None:
    with (
        scripted_server(lambda _: BUSY) as server,
        pytest.raises(Unavailable, match="Later"),
    ):
        send(server.url)
    assert len(server.seen) == 4


def test_a_server_that_nobody_runs_is_named(free_port: Callable[[], int]) -> None:
    with pytest.raises(Unavailable, match=r"http://127\.0\.0\.1:\d+ cannot be reached"):
        send(f"http://127.0.0.1:{free_port()}")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, Refused),
        (401, Unauthorised),
        (403, Forbidden),
        (404, NotFound),
        (409, Conflict),
        (415, Refused),
        (422, Refused),
        (500, Unavailable),
        (302, Misconfigured),
    ],
)
def test_a_problem_becomes_our_error_with_its_sentence(status: int, error: type[HubError]) -> None:
    reply = as_json({"code": "odd", "detail": "It is odd."}, status, Location="elsewhere")
    with scripted_server(lambda _: reply) as server, pytest.raises(error) as raised:
        send(server.url)
    assert len(server.seen) == 1
    assert "elsewhere" in str(raised.value) if status == 302 else "It is odd." in str(raised.value)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"id": 7}', b"\xff"])
def test_an_answer_of_some_other_server_is_said_to_be_none_of_a_hub(body: bytes) -> None:
    with (
        scripted_server(lambda _: Reply(200, body)) as server,
        pytest.raises(Misconfigured, match="hub"),
    ):
        send(server.url)


def test_a_release_is_not_asked_for_twice_when_nobody_knows_whether_the_first_arrived() -> None:
    cut = Reply(202, b"x" * 1000, cut=10)
    with (
        scripted_server(lambda _: cut) as server,
        pytest.raises(Unavailable),
    ):
        HubClient(server.url, "", patient([])).request_release("pets")
    assert len(server.seen) == 1


def test_waiting_ends_when_the_state_is_final_or_time_is_up() -> None:
    final = RECEIPT | {"state": "verified"}
    with scripted_server(replies(as_json(RECEIPT), as_json(final))) as server:
        assert HubClient(server.url, "", patient([])).wait(UPLOAD).state == "verified"
    with (
        scripted_server(lambda _: as_json(RECEIPT)) as server,
        pytest.raises(Unavailable, match="still accepted"),
    ):
        HubClient(server.url, "", patient([])).wait(UPLOAD, timeout_seconds=0)


@pytest.mark.parametrize("address", ["", "hub", "ftp://hub", "http://"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(Misconfigured, match="no address"):
        HubClient(address)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        ("", 0),
        ("17", 17),
        ("-1", 0),
        ("soon", 0),
        ("9" * 400, 999_999_999),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
    ],
)
def test_retry_after_is_read_or_ignored(header: str | None, seconds: float) -> None:
    assert seconds_of(header) == seconds


def test_retry_after_may_be_a_date() -> None:
    moment = datetime.now(UTC) + timedelta(seconds=30)
    assert 25 < seconds_of(format_datetime(moment)) <= 30


def test_no_pause_is_longer_than_patience_allows() -> None:
    pauses: list[float] = []
    RetryPolicy(sleep=pauses.append, chance=lambda: 0.0).pause(50, retry_after="86400")
    assert pauses == [20.0]
