"""Upload <-> message: a round trip loses nothing, and no message is read by halves."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagehub import messages
from imagehub.errors import Refused
from imagehub.messages import Message
from imagehub.vocabulary import Upload, UploadMetadata

TIMES = st.datetimes(timezones=st.just(UTC))
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
UPLOADS = st.builds(
    Upload,
    id=st.uuids(),
    account_id=st.uuids(),
    claimed_label=WORDS,
    photo_sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    accepted_at=TIMES,
    metadata=st.builds(
        UploadMetadata,
        taken_at=st.none() | TIMES,
        latitude=st.none() | st.floats(-90, 90),
        longitude=st.none() | st.floats(-180, 180),
        device=st.none() | WORDS,
    ),
)


@given(UPLOADS, st.binary())
def test_an_upload_comes_out_of_its_message_as_it_went_in(upload: Upload, photo: bytes) -> None:
    message = messages.encode(upload, photo)
    assert messages.decode(message) == upload
    assert message.value == photo


@given(st.text(), st.dictionaries(st.sampled_from(["schema", "upload", "x"]), st.text()))
def test_what_is_no_upload_is_refused_and_nothing_else_is_raised(
    key: str, headers: dict[str, str]
) -> None:
    with pytest.raises(Refused) as refusal:
        messages.decode(Message(key, headers, b""))
    assert refusal.value.code == "message_malformed"


@pytest.mark.parametrize("upload", ["", "[]", "null", "{", '{"metadata":{}}', "[" * 100_000])
def test_a_message_of_our_schema_with_broken_fields_is_refused(upload: str) -> None:
    message = Message(str(uuid4()), {"schema": messages.SCHEMA, "upload": upload}, b"")
    with pytest.raises(Refused):
        messages.decode(message)


def test_a_message_with_a_field_too_many_is_refused() -> None:
    whole = messages.encode(
        Upload(uuid4(), uuid4(), "/m/01g317", "0" * 64, datetime(2026, 5, 1, tzinfo=UTC)), b""
    )
    more = whole.headers["upload"][:-1] + ', "verified": true}'
    with pytest.raises(Refused):
        messages.decode(Message(whole.key, {**whole.headers, "upload": more}, b""))


@pytest.mark.parametrize(
    "change",
    [
        {"claimed_label": 7},
        {"claimed_label": "a\0b"},
        {"claimed_label": "\ud800"},
        {"photo_sha256": None},
        {"accepted_at": "2026-05-01T00:00:00"},
        {"metadata": {"taken_at": None, "latitude": "51", "longitude": 0.0, "device": None}},
        {"metadata": {"taken_at": None, "latitude": 51.0, "longitude": 0.0, "device": ["x"]}},
    ],
)
def test_a_message_with_a_field_of_another_type_is_refused(change: dict[str, object]) -> None:
    upload = Upload(uuid4(), uuid4(), "/m/01g317", "0" * 64, datetime(2026, 5, 1, tzinfo=UTC))
    whole = messages.encode(upload, b"")
    fields = json.loads(whole.headers["upload"]) | change
    message = Message(whole.key, {**whole.headers, "upload": json.dumps(fields)}, b"")
    with pytest.raises(Refused) as refusal:
        messages.decode(message)
    assert refusal.value.code == "message_malformed"
