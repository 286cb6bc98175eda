"""What cannot be handled is set aside with its reason; a flood of it stops the line."""

from __future__ import annotations

import hashlib
import uuid

import pytest

from imagehub.messages import Message
from ingestion.dead_letters import Flooded, resume
from tests.services.landing import SmallHub, counts, small


def test_what_cannot_be_handled_is_set_aside_with_its_origin_and_the_next_upload_lands(
    small_hub: SmallHub,
) -> None:
    first = small_hub.message(small(1))
    same_id = small_hub.message(small(2), id=uuid.UUID(first.key))
    bad = {
        "message_malformed": Message("no uuid", {"schema": "strange"}, b"\xff"),
        "digest_mismatch": Message(str(uuid.uuid4()), first.headers, b"other bytes"),
        "unknown_account": small_hub.message(small(3), account_id=uuid.uuid4()),
        "unknown_label": small_hub.message(small(4), claimed_label="/m/nothing"),
        "upload_conflict": same_id,
    }
    small_hub.send(first, *bad.values(), small_hub.message(small(5)))
    small_hub.land_all()
    assert counts(small_hub)["landed"] == 2
    dead = {letter.headers["reason-code"]: letter for letter in small_hub.dead_letters()}
    assert set(dead) == set(bad)
    for offset, (code, message) in enumerate(bad.items(), start=1):
        letter = dead[code]
        assert (letter.key, letter.value) == (message.key, message.value)
        assert letter.headers["origin-topic"] == small_hub.topic
        assert letter.headers["origin-partition"] == "0"
        assert letter.headers["origin-offset"] == str(offset)
        assert letter.headers["reason"]
        assert message.headers.items() <= letter.headers.items()
    rows = small_hub.rows("dead_letters")
    assert {row["code"] for row in rows} == set(bad)
    of_uploads = {message.key for message in list(bad.values())[1:]}
    assert {row["upload_id"] for row in rows} == {None, *of_uploads}


def test_an_image_id_that_another_photo_has_is_no_reason_to_show_that_photo(
    small_hub: SmallHub,
) -> None:
    small_hub.send(small_hub.message(small(1)))
    small_hub.land_all()
    digest = hashlib.sha256(small(1)).hexdigest()
    forged = digest[:16] + "0" * 48  # as if two photos' digests began alike
    with small_hub.database.transaction() as cursor:
        cursor.execute("update images set photo_sha256 = %s", (bytes.fromhex(forged),))
    small_hub.send(small_hub.message(small(1)))
    small_hub.land_all()
    (letter,) = small_hub.dead_letters()
    assert letter.headers["reason-code"] == "upload_conflict"


def broken(count: int) -> list[Message]:
    return [Message(f"broken-{number}", {}, b"") for number in range(count)]


def test_a_flood_of_dead_letters_stops_the_line_until_a_person_lets_it_go_on(
    small_hub: SmallHub,
) -> None:
    small_hub.send(*broken(60), small_hub.message(small(1)))
    for _ in range(3):  # a restart does not forget
        with pytest.raises(Flooded, match="--resume"):
            small_hub.land_all()
        assert len(small_hub.dead_letters()) == 50
    assert counts(small_hub)["landed"] == 0
    with small_hub.database.transaction() as cursor:
        resume(cursor, small_hub.topic)
    small_hub.land_all()
    assert len(small_hub.dead_letters()) == 60
    assert counts(small_hub)["landed"] == 1


def test_dead_letters_scattered_among_many_good_messages_stop_the_line_too(
    small_hub: SmallHub,
) -> None:
    load = [small_hub.message(small(1)) for _ in range(240)]
    for number in range(15):
        load.insert(number * 16, broken(1)[0])
    small_hub.send(*load)
    with pytest.raises(Flooded):
        small_hub.land_all()
    assert 10 < len(small_hub.dead_letters()) < 15


def test_a_few_dead_letters_do_not_stop_the_line(small_hub: SmallHub) -> None:
    small_hub.send(
        *broken(49), small_hub.message(small(1)), *broken(49), small_hub.message(small(2))
    )
    small_hub.land_all()
    assert counts(small_hub)["landed"] == 2
