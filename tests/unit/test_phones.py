"""Simulated phones against a small real HTTP server that answers as a script says."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from imagehub.errors import Misconfigured
from ingestion.simulation.crowd import Crowd, read_crowd
from ingestion.simulation.fleet import Fleet, send_all
from ingestion.simulation.history import History, HistoryKind, read_history
from ingestion.simulation.phone import NETWORKS, NetworkTroubles, Phone, SendOutcome
from ingestion.simulation.wire import ServerAddress

HEAD = "upload,file,contributor,mid,label,taken_at,latitude,longitude\n"
PHOTO = b"\xff\xd8" + bytes(200_000)


class Door(ThreadingHTTPServer):
    """Answers each attempt of a key with the next of `script`, then always with its last."""

    daemon_threads = True

    def __init__(self, script: list[tuple[int, dict[str, str]]]) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.script = script
        self.taken: dict[str, list[bytes]] = defaultdict(list)
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answers(BaseHTTPRequestHandler):
    server: Door

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        try:
            body = self.rfile.read(size)
        except ConnectionResetError:
            return
        if len(body) < size:
            return
        with self.server.lock:
            taken = self.server.taken[self.headers["Idempotency-Key"]]
            taken.append(body)
            status, headers = self.server.script[min(len(taken), len(self.server.script)) - 1]
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b'{"code": "some_code"}')
        except OSError:
            return  # the phone has hung up

    def log_message(self, *_said: object) -> None:
        return


@pytest.fixture
def crowd(tmp_path: Path) -> Crowd:
    (tmp_path / "photos").mkdir()
    rows = []
    for number in range(40):
        (tmp_path / f"photos/u{number:05d}.jpg").write_bytes(PHOTO + bytes([number]))
        rows.append(
            f"u{number:05d},photos/u{number:05d}.jpg,contributor-{number % 3},/m/0dj6p,Peach,"
            "2026-05-01T00:01:01+00:00,1.5,2.5\n"
        )
    (tmp_path / "uploads.csv").write_text(HEAD + "".join(rows))
    return read_crowd(tmp_path)


@pytest.fixture
def door(request: pytest.FixtureRequest) -> Iterator[Door]:
    server = Door(getattr(request, "param", [(202, {})]))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def tokens(crowd: Crowd) -> dict[str, str]:
    return dict.fromkeys(crowd.contributors, "dih_test")


def test_every_upload_arrives_over_a_bad_network_under_one_key(
    door: Door, crowd: Crowd, tmp_path: Path
) -> None:
    file = tmp_path / "history.jsonl"
    fleet = Fleet(8, ServerAddress.at(door.url), NETWORKS["bad"], seed=3)
    history = History(file)
    report = send_all(fleet, crowd, tokens(crowd), history)
    history.close()
    assert report.count(SendOutcome.ACCEPTED) == 40
    assert report.attempts > 40
    assert {str(upload.id) for upload in crowd.uploads} == set(door.taken)
    assert all(len(set(bodies)) == 1 for bodies in door.taken.values())
    assert any(len(bodies) > 1 for bodies in door.taken.values())
    events = list(read_history(file))
    begun = sum(event.kind is HistoryKind.INVOKE for event in events)
    assert begun == report.attempts == len(events) - begun


def test_the_same_seed_brings_the_same_troubles(door: Door, crowd: Crowd, tmp_path: Path) -> None:
    troubles = []
    for run, phones in enumerate((3, 11)):
        file = tmp_path / f"{run}.jsonl"
        fleet = Fleet(phones, ServerAddress.at(door.url), NETWORKS["bad"], seed=7)
        history = History(file)
        send_all(fleet, crowd, tokens(crowd), history)
        history.close()
        begun = (event for event in read_history(file) if event.kind is HistoryKind.INVOKE)
        troubles.append(sorted((event.upload, event.attempt, event.detail) for event in begun))
    assert troubles[0] == troubles[1]


@pytest.mark.parametrize("door", [[(503, {"Retry-After": "7"}), (202, {})]], indirect=True)
def test_a_phone_waits_as_long_as_it_is_told(door: Door, crowd: Crowd) -> None:
    waited: list[float] = []
    phone = Phone(
        0, ServerAddress.at(door.url), NetworkTroubles(), History(None), sleep=waited.append
    )
    sent = phone.send(crowd.uploads[0], "dih_test")
    assert (sent.ending, sent.attempts) == (SendOutcome.ACCEPTED, 2)
    assert len(waited) == 1
    assert waited[0] >= 7


@pytest.mark.parametrize("door", [[(415, {})]], indirect=True)
def test_a_refusal_at_the_door_is_final_and_keeps_its_code(door: Door, crowd: Crowd) -> None:
    phone = Phone(0, ServerAddress.at(door.url), NetworkTroubles(), History(None))
    sent = phone.send(crowd.uploads[0], "dih_test")
    assert (sent.ending, sent.attempts, sent.code) == (SendOutcome.REFUSED, 1, "some_code")


def test_a_phone_gives_up_in_the_end(crowd: Crowd) -> None:
    nobody = ServerAddress.at("http://127.0.0.1:9")
    phone = Phone(
        0, nobody, NetworkTroubles(), History(None), timeout_seconds=0, sleep=lambda _seconds: None
    )
    assert phone.send(crowd.uploads[0], "dih_test").ending is SendOutcome.GAVE_UP


def test_two_crowds_never_share_an_upload_and_one_always_does(crowd: Crowd, tmp_path: Path) -> None:
    assert read_crowd(tmp_path) == crowd
    table = tmp_path / "uploads.csv"
    table.write_text(table.read_text().replace("1.5,2.5", "1.5,2.6"))
    assert not {u.id for u in read_crowd(tmp_path).uploads} & {u.id for u in crowd.uploads}


def test_a_folder_without_a_crowd_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"is no crowd: it has no uploads\.csv"):
        read_crowd(tmp_path)


def test_a_contributor_without_a_token_is_named_before_anything_is_sent(
    door: Door, crowd: Crowd
) -> None:
    fleet = Fleet(2, ServerAddress.at(door.url), NetworkTroubles())
    with pytest.raises(Misconfigured, match="No token for contributor-1"):
        send_all(fleet, crowd, {"contributor-0": "a", "contributor-2": "b"}, History(None))
    assert not door.taken
