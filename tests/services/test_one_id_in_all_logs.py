"""A photo's id stands in every program's log, from the request that brings it on."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

from imagehub.photo import digest
from tests import factories, photos
from tests.web_server import Web


def events(text: str, image_id: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        event = json.loads(line)
        if event.get("image") == image_id:
            yield event


def test_from_the_request_to_the_landing(web: Web) -> None:
    photo, (_, token) = photos.jpeg(uuid.uuid4().int % 10**6, 320, 240), web.person()
    with web.database.transaction() as cursor:
        label = factories.label(cursor)
    image_id = digest(photo)[:16]
    for _ in range(2):
        key = uuid.UUID(image_id * 2)
        assert web.send(token, photo, label.mid, key).status_code == 202
    landing = subprocess.run(
        [sys.executable, "-m", "ingestion", "--until-empty"],
        env=web.settings.for_child(),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    deadline = time.monotonic() + 30
    while len(accepted := list(events(web.output.read_text(), image_id))) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    (landed,) = events(landing.stdout, image_id)
    assert [line["said"] for line in accepted] == ["upload accepted", "upload accepted before"]
    assert landed["said"].endswith("upload landed")
    assert {line["upload"] for line in (*accepted, landed)} == {landed["upload"]}
    assert all(line["part"] == "webapp" and line["label"] == label.mid for line in accepted)
