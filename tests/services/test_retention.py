"""What the upload log kept long enough goes, and nothing else."""

from __future__ import annotations

import threading

from imagehub.messages import Message
from ingestion.retention import keep_pruned
from tests.services.landing import SmallHub, small
from tests.services.logs import wait_until


def make_older(hub: SmallHub, days: int) -> None:
    with hub.database.transaction() as cursor:
        cursor.execute(
            "update log_messages set appended_at = now() - %s * interval '1 day'", (days,)
        )


def topics(hub: SmallHub) -> list[str]:
    """The topic of every message that the log still holds."""
    return sorted(row["topic"] for row in hub.rows("log_messages"))


def test_landed_messages_are_removed_again_and_again_and_dead_letters_stay(
    small_hub: SmallHub,
) -> None:
    stop = threading.Event()
    log = small_hub.open_log(small_hub.topic)
    pruning = threading.Thread(target=keep_pruned, args=(log, stop, 0.05))
    pruning.start()
    for number in range(2):
        small_hub.send(small_hub.message(small(number)), Message("broken", {}, b""))
        small_hub.land_all()
        make_older(small_hub, days=31)
        wait_until(lambda: small_hub.topic not in topics(small_hub))
    small_hub.send(small_hub.message(small(3)))
    make_older(small_hub, days=31)  # it has not landed yet
    stop.set()
    pruning.join()
    keep_pruned(log, stop)
    assert topics(small_hub) == ["uploads", *["uploads-dead-letters"] * 2]
