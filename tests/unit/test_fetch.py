"""Published files are fetched whole or not at all."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from imagehub.errors import Refused, Unavailable
from imagehub.vision.fetch import fetch
from imagehub.vision.source import Checksum

BODY = bytes(range(256)) * 9000
CHECKSUM = Checksum("sha256", hashlib.sha256(BODY).hexdigest())


class Site(ThreadingHTTPServer):
    """Serves BODY in pieces; breaks off after `breaks_at` bytes while that is set."""

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Pages)
        self.breaks_at: int | None = None
        self.has_ranges = True
        self.asked: list[str] = []


class Pages(BaseHTTPRequestHandler):
    """The one file of the site; everything else is not found."""

    server: Site

    def do_GET(self) -> None:
        if self.path != "/file":
            self.send_error(404)
            return
        asked = self.headers.get("Range", "")
        self.server.asked.append(asked)
        start = int(asked.removeprefix("bytes=").rstrip("-") or 0) if self.server.has_ranges else 0
        if start >= len(BODY):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(BODY) - start))
        self.end_headers()
        self.wfile.write(BODY[start : self.server.breaks_at])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the base class's name
        pass


@pytest.fixture
def site(free_port: object) -> Iterator[Site]:
    made = Site(free_port())  # type: ignore[operator] # the fixture gives a function
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


def url(site: Site, page: str = "file") -> str:
    return f"http://127.0.0.1:{site.server_address[1]}/{page}"


def silent(done: int, total: int) -> None:
    pass


def test_a_file_arrives_whole_and_progress_is_told(site: Site, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    place = tmp_path / "new" / "file"
    fetch(url(site), place, CHECKSUM, lambda done, total: told.append((done, total)))
    assert place.read_bytes() == BODY
    assert told[-1] == (len(BODY), len(BODY))
    assert [path.name for path in place.parent.iterdir()] == ["file"]
    fetch(url(site), place, CHECKSUM, silent)
    assert len(site.asked) == 1, "what is there is not fetched again"


@pytest.mark.parametrize("has_ranges", [True, False])
def test_a_broken_fetch_goes_on_where_it_stopped(
    site: Site, tmp_path: Path, has_ranges: bool
) -> None:
    site.breaks_at, site.has_ranges = 1_500_000, has_ranges
    place = tmp_path / "file"
    with pytest.raises(Unavailable, match="what has arrived is kept"):
        fetch(url(site), place, CHECKSUM, silent)
    assert not place.exists()
    kept = (tmp_path / "file.part").stat().st_size
    assert kept > 0
    site.breaks_at = None
    fetch(url(site), place, CHECKSUM, silent)
    assert place.read_bytes() == BODY
    assert site.asked[1] == f"bytes={kept}-"


def test_a_wrong_checksum_leaves_nothing(site: Site, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="its md5 is"):
        fetch(url(site), tmp_path / "file", Checksum("md5", "0" * 32), silent)
    assert list(tmp_path.iterdir()) == []


def test_a_whole_part_that_was_not_renamed_is_enough(site: Site, tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(BODY)
    fetch(url(site), tmp_path / "file", CHECKSUM, silent)
    assert (tmp_path / "file").read_bytes() == BODY


def test_without_a_network_the_sentence_says_what_to_do(free_port: object, tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}/file"  # type: ignore[operator] # gives a function
    with pytest.raises(Unavailable, match="name it with --file"):
        fetch(nowhere, tmp_path / "file", None, silent)


def test_a_page_that_is_missing_is_no_file(site: Site, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be fetched"):
        fetch(url(site, "gone"), tmp_path / "file", None, silent)
