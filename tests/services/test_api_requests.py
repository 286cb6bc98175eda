"""Requests that are wrong as requests: every one is refused with a reason, none is a 500."""

from __future__ import annotations

import json
import socket
import time
import uuid
from typing import Any

import pytest

from imagehub.vocabulary import MAX_PHOTO_BYTES
from tests import photos
from tests.web_server import Web

PHOTO = photos.jpeg(1, 320, 240)


@pytest.fixture(scope="module")
def token(web: Web) -> str:
    return web.person()[1]


def raw(web: Web, request: bytes, wait_seconds: float = 10) -> tuple[int, dict[str, Any]]:
    """Send bytes as they are; answer the status and the problem."""
    with socket.create_connection(("127.0.0.1", web.settings.web_port), wait_seconds) as wire:
        wire.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer or len(answer.split(b"\r\n\r\n", 1)[1]) < _length(answer):
            chunk = wire.recv(65536)
            if not chunk:
                break
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    try:
        return int(head.split()[1]), json.loads(body)
    except ValueError:
        return int(head.split()[1]), {}


def _length(answer: bytes) -> int:
    for line in answer.split(b"\r\n\r\n")[0].split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 1 << 30


def upload_head(token: str, *lines: str, label: str = "Dog") -> bytes:
    head = [
        f"POST /api/v1/uploads{f'?label={label}' if label else ''} HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {token}",
        f"Idempotency-Key: {uuid.uuid4()}",
        *lines,
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n"


def form(boundary: str, *parts: tuple[str, bytes], closed: bool = True) -> bytes:
    body = b"".join(
        b"--%s\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n"
        % (boundary.encode(), disposition.encode(), data)
        for disposition, data in parts
    )
    return body + (f"--{boundary}--\r\n".encode() if closed else b"")


def send_form(
    web: Web, token: str, body: bytes, content_type: str = "multipart/form-data; boundary=b"
) -> Any:
    headers = {"Idempotency-Key": str(uuid.uuid4()), "Content-Type": content_type}
    return web.post("/api/v1/uploads", token, data=body, headers=headers)


LABEL = ('name="label"', b"Dog")
IMAGE = ('name="image"; filename="a.jpg"', PHOTO)


@pytest.mark.parametrize("length", [MAX_PHOTO_BYTES + 1, 10**12, 10**30])
def test_a_body_that_is_announced_too_large_is_refused_unread(
    web: Web, token: str, length: int
) -> None:
    started_at = time.monotonic()
    status, problem = raw(web, upload_head(token, f"Content-Length: {length}"))
    assert status in (400, 413)
    assert problem.get("code") in ("too_large", None)
    assert time.monotonic() - started_at < 2


@pytest.mark.parametrize("length", ["-1", "abc", "1_000", "+5", "0x10"])
def test_a_length_that_is_none_is_refused(web: Web, token: str, length: str) -> None:
    status, _ = raw(web, upload_head(token, f"Content-Length: {length}"))
    assert status == 400


def test_a_chunked_photo_is_taken_up_to_the_limit(web: Web, token: str) -> None:
    def chunks(total: int) -> Any:
        yield PHOTO
        yield bytes(total - len(PHOTO))

    def send(total: int) -> Any:
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        path = "/api/v1/uploads?label=Dog"
        return web.post(path, token, data=chunks(total), headers=headers)

    assert send(MAX_PHOTO_BYTES).status_code == 202
    assert send(MAX_PHOTO_BYTES + 1).status_code == 413


@pytest.mark.parametrize(
    "chunk", [b"-3\r\nabc\r\n", b"zz\r\n", b"3\r\nabcdef\r\n", b"3;\x00\r\nabc"]
)
def test_a_chunked_body_that_is_none_is_the_clients_fault(
    web: Web, token: str, chunk: bytes
) -> None:
    status, problem = raw(web, upload_head(token, "Transfer-Encoding: chunked") + chunk)
    assert status == 400, problem


def test_a_client_names_no_place_below_which_the_hub_would_be(web: Web) -> None:
    for path in ("/account", "/accounts", "/healthz"):
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nSCRIPT_NAME: {{}}\r\n\r\n"
        for prefix in ("/x", "/acc"):
            status, _ = raw(web, head.format(prefix).encode())
            assert status == web.get(path, allow_redirects=False).status_code


def test_a_body_that_ends_early_is_not_accepted(web: Web, token: str) -> None:
    with socket.create_connection(("127.0.0.1", web.settings.web_port), 10) as wire:
        wire.sendall(upload_head(token, f"Content-Length: {len(PHOTO)}") + PHOTO[:-10])
        wire.shutdown(socket.SHUT_WR)
        assert b" 202 " not in wire.recv(65536)


@pytest.mark.parametrize(
    ("body", "boundary"),
    [
        (form("b", LABEL, IMAGE, closed=False), "; boundary=b"),
        (form("b", LABEL, IMAGE), ""),
        (form("b", LABEL, IMAGE), "; boundary=other"),
        (form("b", LABEL, IMAGE), "; boundary=" + "x" * 7000),
        (form("b", LABEL), "; boundary=b"),
        (form("b", LABEL, IMAGE, IMAGE), "; boundary=b"),
        (form("b", LABEL, ('name="image"', PHOTO)), "; boundary=b"),
        (form("b", LABEL, ('name="image"; filename=""', PHOTO)), "; boundary=b"),
        (form("b", LABEL, ('name="photo"; filename="a"', PHOTO)), "; boundary=b"),
        (form("b", LABEL, IMAGE, ('name="x"; filename="b"', b"")), "; boundary=b"),
        (b"", "; boundary=b"),
        (b"\r" * 100_000, "; boundary=b"),
    ],
    ids=range(12),
)
def test_a_form_without_its_one_photo_is_malformed(
    web: Web, token: str, body: bytes, boundary: str
) -> None:
    answer = send_form(web, token, body, "multipart/form-data" + boundary)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_multipart")


@pytest.mark.parametrize(
    "body",
    [
        form("b", *[(f'name="f{number}"', b"x") for number in range(60)], IMAGE),
        form("b", ('name="label"', b"x" * 200_000), IMAGE),
        form("b", (f'name="{"x" * 200_000}"', b"x"), IMAGE),
        form("b", LABEL, ('name="image"; filename="a"', PHOTO + bytes(MAX_PHOTO_BYTES))),
        b"\r" * 1_500_000,
    ],
    ids=["60 parts", "200 kB of text", "200 kB of header", "photo", "1.5 M line ends"],
)
def test_a_form_that_is_too_large_is_refused(web: Web, token: str, body: bytes) -> None:
    started_at = time.monotonic()
    assert send_form(web, token, body).status_code == 413
    assert time.monotonic() - started_at < 2


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "a\0b.jpg", "con.jpg", "\u202egpj.exe", "x" * 10_000, "=cmd()",
     'a.jpg"\r\nX-Odd: "y'],
)  # fmt: skip
def test_a_files_name_is_never_looked_at(web: Web, token: str, name: str) -> None:
    body = form("b", LABEL, (f'name="image"; filename="{name}"', PHOTO))
    assert send_form(web, token, body).status_code == 202


@pytest.mark.parametrize(
    "field", ['name="state"', 'name="account_id"', 'name="label"', 'name="verified"']
)
def test_unknown_and_repeated_fields_of_a_form_are_refused(
    web: Web, token: str, field: str
) -> None:
    answer = send_form(web, token, form("b", LABEL, (field, b"x"), IMAGE))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize("label", ["%ED%A0%80", "%ff", "Dog%00", "Do%E2%80%8Bg"])
def test_a_label_that_is_no_text_is_refused(web: Web, token: str, label: str) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    answer = web.post(f"/api/v1/uploads?label={label}", token, data=PHOTO, headers=headers)
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/labels", "/labels", "/sign-in"])
def test_a_query_of_bytes_that_are_no_text_is_the_clients_fault(web: Web, path: str) -> None:
    for query in (b"q=\xff", b"\xed\xa0\x80", b"next=\x80"):
        lines = b" HTTP/1.1\r\nHost: localhost\r\n\r\n"
        status, _ = raw(web, b"GET " + path.encode() + b"?" + query + lines)
        assert status in (200, 422)


def test_an_encoded_body_is_refused(web: Web, token: str) -> None:
    for path, media_type in (("/api/v1/uploads?label=Dog", "image/jpeg"),
                             ("/api/v1/subsets/preview", "application/json")):  # fmt: skip
        headers = {"Content-Encoding": "gzip", "Content-Type": media_type,
                   "Idempotency-Key": str(uuid.uuid4())}  # fmt: skip
        answer = web.post(path, token, data=b"{}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (415, "encoding_unsupported")


GOOD = b'{"labels": ["/m/0bt9lr"]'


@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        (b"", {422}), (b"null", {422}), (b"[]", {422}), (b'"x"', {422}), (b"{", {400}),
        (b"[" * 100_000, {400, 413}), (b"[" * 30_000 + b"]" * 30_000, {400}),
        (b'{"a":' * 9_000 + b"1" + b"}" * 9_000, {400}),
        (GOOD + b', "cap_per_label": ' + b"9" * 5000 + b"}", {400, 422}),
        (GOOD + b', "cap_per_label": NaN}', {400}), (GOOD + b', "cap_per_label": Infinity}', {400}),
        (GOOD + b', "cap_per_label": 1e999}', {400}), (GOOD + b', "labels": []}', {400}),
        (b'{"labels": ["\\ud800"]}', {422}), (b'{"labels": ["/m/0bt9lr\\u0000"]}', {422}),
        (b'{"\\ud800": 1, "labels": ["/m/0bt9lr"]}', {422}),
        (GOOD.decode().encode("utf-16") + "}".encode("utf-16-le"), {400}),
        (b"\xff\xfe{}", {400}), (GOOD + b', "x": "' + b"x" * 3_000_000 + b'"}', {413}),
        (b'{"name": "x", ' + GOOD[1:] + b"}", {422}),
    ],
    ids=range(20),
)  # fmt: skip
def test_json_that_is_not_strict_is_refused(web: Web, body: bytes, statuses: set[int]) -> None:
    headers = {"Content-Type": "application/json"}
    answer = web.post("/api/v1/subsets/preview", data=body, headers=headers)
    assert answer.status_code in statuses, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_json_must_be_called_json(web: Web) -> None:
    headers = {"Content-Type": "text/plain"}
    answer = web.post("/api/v1/subsets/preview", data=GOOD + b"}", headers=headers)
    assert answer.status_code == 415


@pytest.mark.parametrize(
    "limit",
    ["-1", "0", "1000000000", "1" + "0" * 20, "1_000", "١٢", "1.0", " 1", "1e2", "", "5&limit=5"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/v1/uploads", "/api/v1/releases", "/api/v1/labels"])
def test_a_limit_is_a_small_number_in_digits(web: Web, token: str, path: str, limit: str) -> None:
    assert web.get(f"{path}?limit={limit}", token).status_code == 422


@pytest.mark.parametrize(
    "words",
    ["%25", "_", "'", "%5C", "(a%2B)%2B$", "x" * 7000, "';drop+table+labels;--", "%00", "%ff"],
)
def test_a_search_takes_every_word(web: Web, words: str) -> None:
    started_at = time.monotonic()
    answer = web.get(f"/api/v1/labels?q={words}")
    assert answer.status_code in (200, 422)
    assert time.monotonic() - started_at < 1


@pytest.mark.parametrize("query", ["x=1", "limit=1&x=1", "role=operator", "%00=1"])
def test_unknown_names_in_a_query_are_refused(web: Web, token: str, query: str) -> None:
    for path in ("/api/v1/uploads", "/api/v1/releases", "/api/v1/status"):
        assert web.get(f"{path}?{query}", token).status_code == 422


def test_a_strange_host_is_not_answered(web: Web) -> None:
    for host in ("evil.example", "localhost.evil.example", "127.0.0.1.evil"):
        for path in ("/api/v1/status", "/", "/nothing"):
            assert web.get(path, headers={"Host": host}).status_code == 400


def test_a_wrong_method_names_the_right_ones(web: Web) -> None:
    answer = web.request("DELETE", "/api/v1/status")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in answer.headers["Allow"]


def test_every_answer_is_hardened(web: Web) -> None:
    for path in ("/", "/healthz", "/api/v1/status", "/api/v1/nothing", "/nothing", "/docs"):
        headers = web.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "Referrer-Policy" in headers
        assert "Set-Cookie" not in headers


def test_a_token_of_the_wrong_kind_and_a_cookie_are_worth_nothing(web: Web) -> None:
    answer = web.post("/api/v1/subsets", json={}, headers={"Cookie": "session=operator"})
    assert answer.status_code == 401
    jwt = "eyJhbGciOiJub25lIn0.eyJyb2xlIjoib3BlcmF0b3IifQ."
    assert web.get("/api/v1/uploads", jwt).status_code == 401


def test_the_access_log_names_no_query_and_no_person(web: Web, token: str) -> None:
    web.send(token, PHOTO, "Dog", device="My-secret-phone", latitude="1.5", longitude="2.5")
    time.sleep(0.2)
    log = web.output.read_text()
    assert "POST /api/v1/uploads 202" in log
    for secret in ("My-secret-phone", "latitude", token, "127.0.0.1 -"):
        assert secret not in log
