"""Every single-file row of the corpus of bad inputs goes the whole way through a running hub."""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import requests

from deploy.demo.running import running_hub
from deploy.demo.settling import wait_until_settled
from imagehub.catalogue.accounts.tokens import issue
from imagehub.catalogue.database import Database
from imagehub.client import HubClient
from imagehub.formats import FORMATS
from imagehub.hub import open_catalogue
from imagehub.settings import Settings
from imagehub.vocabulary import Role
from tests import factories
from tests.bad_inputs import ROWS, Row
from tests.photos import jpeg
from tests.unit.test_bad_photos import METADATA

DOG = "/m/0bt9lr"
CLAIM = {
    "label": DOG,
    "latitude": "51.123456",
    "longitude": "-0.654321",
    "device": "CANARY-DEVICE",
}
SECRETS = (
    b"51.123456",
    b"0.654321",
    b"CANARY",
    *{canary for row in ROWS for canary in row.canaries},
)


@dataclass
class Corpus:
    """A hub that was sent every row, and what became of them; `keys` are upload ids by row."""

    settings: Settings
    database: Database
    token: str
    keys: dict[str, uuid.UUID] = field(default_factory=dict)
    answers: dict[str, requests.Response] = field(default_factory=dict)
    good: uuid.UUID = field(default_factory=uuid.uuid4)

    def get(self, path: str, token: str = "", **query: str) -> requests.Response:
        """GET a path of the hub, by default as a visitor."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.get(self.settings.server + path, query, headers=headers, timeout=60)

    def send(self, row: Row, key: uuid.UUID) -> requests.Response:
        """Upload the row's bytes as a phone would."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": str(key),
            "Content-Type": row.content_type,
            **row.headers,
        }
        address = f"{self.settings.server}/api/v1/uploads"
        return requests.post(address, row.make(), params=CLAIM, headers=headers, timeout=60)

    def receipt(self, key: uuid.UUID) -> dict[str, object]:
        """The receipt as the contributor reads it."""
        answer = self.get(f"/api/v1/uploads/{key}", self.token)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


@pytest.fixture(scope="module")
def corpus(
    tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]
) -> Iterator[Corpus]:
    port = free_port()
    settings = replace(
        Settings.from_environment({"IMAGEHUB_DATA": str(tmp_path_factory.mktemp("bad"))}),
        web_port=port,
        server=f"http://127.0.0.1:{port}",
        spark_master="local[2]",
        spark_memory="1g",
    )
    with running_hub(settings):
        database = open_catalogue(settings)
        token = issue(database, "contributor", [Role.CONTRIBUTOR])
        sent = Corpus(settings, database, token)
        for row in ROWS:
            sent.keys[str(row)] = uuid.uuid4()
            sent.answers[str(row)] = sent.send(row, sent.keys[str(row)])
        good = Row(0, "good photo", lambda: jpeg(77), status=202)
        assert sent.send(good, sent.good).status_code == 202
        wait_until_settled(database)
        publish_everything(database)
        wait_until_settled(database)
        yield sent
        database.close()


def publish_everything(database: Database) -> None:
    """Call every claim verified, so that whatever landed is served; organise publishes it."""
    with database.transaction() as cursor:
        cursor.execute("update verdicts set outcome = 'verified', probability = 0.99")
        factories.job_run(cursor, "verify")


def test_every_row_is_answered_at_the_door_as_it_asks(corpus: Corpus) -> None:
    for row in ROWS:
        answer = corpus.answers[str(row)]
        assert answer.status_code == row.status, f"{row}: {answer.text}"
        assert answer.json().get("code") == row.code, row


def test_every_accepted_row_comes_to_the_end_that_it_asks_for(corpus: Corpus) -> None:
    for row in ROWS:
        if not row.final_state:
            continue
        receipt = corpus.receipt(corpus.keys[str(row)])
        if row.final_state == "refused":
            assert receipt["state"] == "refused", row
            assert receipt["steps"][-1]["code"] == row.final_code, row  # type: ignore[index] # JSON
        else:
            assert receipt["state"] == "verified", row


def test_the_next_good_photo_lands_and_nothing_was_set_aside(corpus: Corpus) -> None:
    assert corpus.receipt(corpus.good)["state"] == "verified"
    with corpus.database.transaction() as cursor:
        cursor.execute("select count(*) as found from dead_letters")
        assert cursor.fetchone().found == 0
        cursor.execute(
            "select count(*) as found from image_checks where findings::text like %s",
            ("%unreadable%",),
        )
        assert cursor.fetchone().found == 0


def test_nothing_that_is_served_of_a_photo_carries_what_was_hidden_in_it(corpus: Corpus) -> None:
    images = public_images(corpus)
    assert len(images) == len({corpus.receipt(key)["image_id"] for key in landed(corpus)})
    for image_id in images:
        for kind in ("full", "view", "thumb"):
            served = fetch(corpus, f"/images/{image_id}/{kind}.jpg")
            assert hidden(served, METADATA) == [], (image_id, kind)
        for path in (f"/images/{image_id}", f"/api/v1/images/{image_id}"):
            assert hidden(fetch(corpus, path)) == [], path
        assert hidden(fetch(corpus, f"/api/v1/images/{image_id}/similar")) == []
    for path in ("/", f"/labels{DOG}", f"/api/v1/labels{DOG}/images", "/api/v1/status"):
        assert hidden(fetch(corpus, path)) == [], path


def test_a_release_of_them_carries_nothing_hidden(corpus: Corpus) -> None:
    client = HubClient(corpus.settings.server, corpus.token)
    answer = requests.post(
        f"{corpus.settings.server}/api/v1/subsets",
        json={"name": "all", "labels": [DOG], "min_short_side_pixels": 1, "keepers_only": False},
        headers={"Authorization": f"Bearer {corpus.token}"},
        timeout=30,
    )
    assert answer.status_code == 201, answer.text
    release = f"/api/v1/releases/{client.wait_for_release(client.request_release('all')).id}"
    archive = zipfile.ZipFile(io.BytesIO(fetch(corpus, f"{release}/download")))
    photos = [name for name in archive.namelist() if name.endswith(".jpg")]
    assert len(photos) == len(public_images(corpus))
    for name in archive.namelist():
        kept = METADATA if name in photos else ()
        assert hidden(archive.read(name), kept) == [], name
        beside = "files" if name in photos else "documents"
        assert fetch(corpus, f"{release}/{beside}/{name}") == archive.read(name)
    for name in FORMATS.keys() - {"imagefolder", "coco"}:  # ZIPs begin as what is hidden may
        for file in corpus.get(f"{release}/formats/{name}", corpus.token).json()["files"]:
            assert hidden(fetch(corpus, f"{release}/formats/{name}/{file['path']}")) == [], file
    for path in (release, f"{release}/manifest", f"{release}/documents"):
        assert hidden(fetch(corpus, path)) == [], path


def test_the_logs_hold_no_secret_and_no_failure(corpus: Corpus) -> None:
    for log in sorted(Path(corpus.settings.data, "logs").iterdir()):
        text = log.read_bytes()
        assert hidden(text, (corpus.token.encode(),)) == [], log.name
        assert b"Traceback" not in text, log.name
    answered = Path(corpus.settings.data, "logs", "web.log").read_text()
    assert re.findall(r" /\S* 5[0-9]{2}\"", answered) == []


def landed(corpus: Corpus) -> list[uuid.UUID]:
    rows = [corpus.keys[str(row)] for row in ROWS if row.final_state == "landed"]
    return [*rows, corpus.good]


def public_images(corpus: Corpus) -> list[str]:
    page = corpus.get(f"/api/v1/labels{DOG}/images", limit="200").json()
    assert page["next"] is None
    return [image["id"] for image in page["images"]]


def fetch(corpus: Corpus, path: str) -> bytes:
    answer = corpus.get(path, corpus.token)
    assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"
    return bytes(answer.content)


def hidden(data: bytes, also: tuple[bytes, ...] = ()) -> list[bytes]:
    """Those of the things that nobody may see that stand in the bytes."""
    return [secret for secret in (*SECRETS, *also) if secret in data]
