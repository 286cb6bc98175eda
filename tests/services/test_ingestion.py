"""From the upload log to the object store and the catalogue: each upload once, and only once."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imagehub.errors import Unavailable
from imagehub.messages import Message
from imagehub.photo import LandedPhoto, land
from imagehub.privacy import MAX_DEVICE_CHARACTERS
from imagehub.sandbox.pool import Sandbox
from imagehub.storage import keys
from imagehub.storage.folder import FolderStore
from imagehub.vocabulary import UploadMetadata
from ingestion.consumer import GROUP, Consumer
from tests.bad_inputs import ROWS
from tests.bad_inputs import Row as BadInput
from tests.photos import draw, jpeg, plain, save, segment, with_segments
from tests.servers.kafka import Kafka
from tests.services.landing import ACCEPTED_AT, SmallHub, a_mixed_load, counts, small

COSTLY = {4, 36, 42, 43, 45, 50, 54, 55, 57, 59, 61}
"""Rows that take long to make or to carry; the sandbox's own tests decode them."""


def test_an_upload_becomes_four_objects_an_image_and_a_row(small_hub: SmallHub) -> None:
    photo = jpeg(1, 3000, 2000)
    message = small_hub.message(photo)
    small_hub.send(message)
    small_hub.land_all()
    digest = hashlib.sha256(photo).hexdigest()
    store = FolderStore(str(small_hub.folder))
    made = land(photo)
    assert store.get(keys.original(digest)) == photo
    assert store.get(keys.full(digest)) == made.full.data
    assert store.get(keys.view(digest)) == made.view.data
    assert store.get(keys.thumb(digest)) == made.thumb.data
    assert len(small_hub.objects()) == 4
    (image,) = small_hub.rows("images", "written_by", "landed_at")
    assert image == {
        "id": digest[:16],
        "photo_sha256": bytes.fromhex(digest),
        "format": "JPEG",
        "width": 3000,
        "height": 2000,
        "photo_bytes": len(photo),
        "full_sha256": hashlib.sha256(made.full.data).digest(),
        "full_bytes": len(made.full.data),
        "full_crc32": made.full.crc32,
        "full_width": 2048,
        "full_height": 1365,
        "view_sha256": bytes.fromhex(made.view.sha256),
        "thumb_sha256": bytes.fromhex(made.thumb.sha256),
        "fingerprint": made.fingerprint,
        "brightness": made.brightness,
        "flags": [],
        "derivative_recipe": keys.DERIVATIVE_RECIPE,
        "first_upload_id": message.key,
    }
    (upload,) = small_hub.rows("uploads")
    assert (upload["id"], upload["state"], upload["image_id"]) == (
        message.key,
        "landed",
        image["id"],
    )
    assert upload["accepted_at"] == ACCEPTED_AT
    assert counts(small_hub) == {"landed": 1, "refused": 0, "images": 1, "exact_duplicates": 0}
    assert small_hub.rows("ingestion_attempts") == []
    assert small_hub.pipeline().log.lag(GROUP) == 0


def test_a_place_is_rounded_and_a_device_is_cut_short(small_hub: SmallHub) -> None:
    told = UploadMetadata(datetime(2026, 4, 1, 9, tzinfo=UTC), 51.50722, -0.12750, "Phone\n" * 40)
    nowhere = UploadMetadata(None, float("nan"), 12.0, "")
    small_hub.send(small_hub.message(small(1), metadata=told))
    small_hub.send(small_hub.message(small(2), metadata=nowhere))
    small_hub.land_all()
    found = {(row["latitude"], row["longitude"]): row for row in small_hub.rows("uploads")}
    assert {tuple(map(_tenths, place)) for place in found} == {(51.5, -0.1), (None, None)}
    devices = sorted(row["device"] or "" for row in found.values())
    assert devices == ["", ("Phone" * 40)[:MAX_DEVICE_CHARACTERS]]


def _tenths(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, 5)


def test_exact_duplicates_land_on_the_image_that_is_there_and_are_not_decoded(
    small_hub: SmallHub,
) -> None:
    decoded: list[bytes] = []

    def decode(photo: bytes) -> LandedPhoto:
        decoded.append(photo)
        return land(photo)

    small_hub.send(small_hub.message(small(1)))
    small_hub.land_all(small_hub.pipeline(decode))
    small_hub.send(*[small_hub.message(small(1)) for _ in range(5)])
    small_hub.land_all(small_hub.pipeline(decode))
    assert len(decoded) == 1
    assert counts(small_hub) == {"landed": 6, "refused": 0, "images": 1, "exact_duplicates": 5}
    assert len({row["image_id"] for row in small_hub.rows("uploads")}) == 1


def test_two_photos_of_one_fingerprint_stay_two_images(small_hub: SmallHub) -> None:
    pixels = np.asarray(draw(1)).copy()
    pixels[0, 0] = 255 - pixels[0, 0]
    near = save(Image.fromarray(pixels), "PNG")
    twins = [save(plain(200, 200), "PNG"), save(plain(200, 201), "PNG")]
    small_hub.send(*[small_hub.message(photo) for photo in (save(draw(1), "PNG"), near, *twins)])
    small_hub.land_all()
    assert len({row["fingerprint"] for row in small_hub.rows("images")}) == 2
    assert counts(small_hub)["images"] == 4


def test_a_photo_that_cannot_be_taken_is_a_row_with_its_reason(small_hub: SmallHub) -> None:
    small_hub.send(*[small_hub.message(photo) for photo in (b"", b"GIF89a", small(1)[:-40])])
    small_hub.send(small_hub.message(small(2)))
    small_hub.land_all()
    refused = {row["code"]: row["reason"] for row in small_hub.rows("uploads") if row["code"]}
    assert set(refused) == {"empty_file", "unsupported_type", "truncated"}
    assert "Send the whole file again" in refused["truncated"]
    assert counts(small_hub) == {"landed": 1, "refused": 3, "images": 1, "exact_duplicates": 0}
    assert len(small_hub.objects()) == 4


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    sandbox = Sandbox(size=2)
    yield sandbox
    sandbox.close()


def test_the_whole_corpus_settles_as_its_rows_ask_and_nothing_hidden_is_kept_but_in_originals(
    small_hub: SmallHub, sandbox: Sandbox
) -> None:
    rows = [row for row in ROWS if row.number not in COSTLY and not row.headers]
    sent: dict[str, BadInput] = {}
    for row in rows:
        message = small_hub.message(row.make())
        sent[message.key] = row
        small_hub.send(message)
    small_hub.send(small_hub.message(jpeg(99)))
    small_hub.land_all(small_hub.pipeline(sandbox.land))
    uploads = {upload["id"]: upload for upload in small_hub.rows("uploads")}
    assert small_hub.dead_letters() == []
    assert len(uploads) == len(rows) + 1
    for key, row in sent.items():
        wanted = row.code or row.final_code
        assert (row, uploads[key]["code"]) == (row, wanted)
    canaries = {canary for row in rows for canary in row.canaries}
    assert len(canaries) > 8
    for path in small_hub.folder.rglob("*.jpg"):
        data = path.read_bytes()
        assert not [canary for canary in canaries if canary in data]


# Coming again


@pytest.fixture(params=["postgres", "kafka"])
def hub_of_a_log(request: pytest.FixtureRequest, small_hub: SmallHub) -> SmallHub:
    """A hub on each of the two logs."""
    if request.param == "kafka":
        kafka: Kafka = request.getfixturevalue("kafka_server")
        small_hub.kafka = f"127.0.0.1:{kafka.port}"
        small_hub.topic = request.getfixturevalue("topic")
    return small_hub


def test_a_consumer_that_goes_back_to_the_start_changes_not_one_row(
    hub_of_a_log: SmallHub,
) -> None:
    small_hub = hub_of_a_log
    small_hub.send(*a_mixed_load(small_hub, 50))
    small_hub.land_all()
    rows, objects, dead = small_hub.written(), small_hub.objects(), small_hub.dead_letters()
    assert (len(rows["uploads"]), len(dead)) == (48, 2)
    consumer = small_hub.pipeline().log.consumer(GROUP)
    consumer.rewind()
    consumer.close()
    assert small_hub.pipeline().log.lag(GROUP) == 50
    small_hub.land_all()
    assert small_hub.pipeline().log.lag(GROUP) == 0
    assert (small_hub.written(), small_hub.objects()) == (rows, objects)
    assert small_hub.dead_letters() == dead


def test_a_message_that_is_sent_twice_is_one_upload(small_hub: SmallHub) -> None:
    message = small_hub.message(small(1))
    small_hub.send(message, message, message)
    small_hub.land_all()
    assert counts(small_hub) == {"landed": 1, "refused": 0, "images": 1, "exact_duplicates": 0}


# Parts that are down


@dataclass
class OutOfOrder:
    """An object store that is down for its first `failures` puts."""

    store: FolderStore
    failures: int
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, key: str, data: bytes) -> bool:
        with self.lock:
            self.failures -= 1
            if self.failures >= 0:
                raise Unavailable("The object store is down.")
        return self.store.put(key, data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


def test_a_store_that_is_down_for_a_while_costs_no_upload(small_hub: SmallHub) -> None:
    small_hub.send(*[small_hub.message(small(number)) for number in range(4)])
    store = OutOfOrder(FolderStore(str(small_hub.folder)), failures=8)
    small_hub.land_all(small_hub.pipeline(store=store), batch_messages=4)
    assert counts(small_hub)["landed"] == 4
    assert small_hub.dead_letters() == []
    assert small_hub.rows("ingestion_attempts") == []


def test_an_outage_is_never_taken_for_a_message_that_kills(small_hub: SmallHub) -> None:
    small_hub.send(small_hub.message(small(1)))
    down = OutOfOrder(FolderStore(str(small_hub.folder)), failures=10**6)
    stop = threading.Event()
    threading.Timer(3, stop.set).start()
    Consumer(small_hub.pipeline(store=down), workers=1).run(stop)
    assert down.failures < 10**6 - 3
    small_hub.land_all()
    assert counts(small_hub)["landed"] == 1


def test_derivatives_that_an_earlier_encoder_stored_stay_and_the_row_describes_them(
    small_hub: SmallHub,
) -> None:
    digest = hashlib.sha256(small(1)).hexdigest()
    earlier = land(small(2)).full.data
    FolderStore(str(small_hub.folder)).put(keys.full(digest), earlier)
    small_hub.send(small_hub.message(small(1)))
    small_hub.land_all()
    (image,) = small_hub.rows("images")
    assert image["full_sha256"] == hashlib.sha256(earlier).digest()
    assert image["full_bytes"] == len(earlier)


def test_no_line_of_the_log_tells_where_a_photo_was_taken(
    small_hub: SmallHub, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    place = UploadMetadata(None, 48.858222, 2.2945, "CANARY PHONE")
    comment = with_segments(small(1), segment(0xFE, b"CANARY"))
    small_hub.send(small_hub.message(comment, metadata=place))
    odd = small_hub.message(small(2), metadata=place)
    fields = json.loads(odd.headers["upload"])
    fields["metadata"]["latitude"] = "48.858222"
    small_hub.send(Message(odd.key, {**odd.headers, "upload": json.dumps(fields)}, odd.value))
    small_hub.land_all()
    assert len(caplog.records) == 2
    assert not [word for word in ("48.8", "2.29", "CANARY") if word in caplog.text]
    (letter,) = small_hub.dead_letters()
    assert "48.8" not in letter.headers["reason"]
