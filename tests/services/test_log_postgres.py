"""What only the log in Postgres does: offsets by the database, one active reader, pruning."""

from __future__ import annotations

import psycopg2
import pytest

from imagehub.catalogue.database import Database
from imagehub.errors import Unavailable
from imagehub.log.postgres import MAX_POLL_BYTES, PRUNE_MESSAGES, PostgresLog
from imagehub.log.protocol import LogConsumer
from imagehub.messages import Message


@pytest.fixture
def log(catalogue_url: str) -> PostgresLog:
    return PostgresLog("t", catalogue_url)


def append(log: PostgresLog, count: int, value: bytes = b"") -> None:
    for number in range(count):
        log.append(Message(f"key-{number}", {}, value))


def offsets(consumer: LogConsumer, count: int) -> list[int]:
    received = consumer.poll(count, timeout_seconds=0)
    consumer.commit([record.position for record in received])
    return [record.position.offset for record in received]


def make_older(database: Database, days: int) -> None:
    with database.transaction() as cursor:
        cursor.execute(
            "update log_messages set appended_at = now() - %s * interval '1 day'", (days,)
        )


def test_an_append_that_fails_leaves_no_gap(log: PostgresLog, database: Database) -> None:
    append(log, 1)
    with pytest.raises(ZeroDivisionError), database.transaction() as cursor:
        cursor.execute(
            "insert into log_messages (topic, key, headers, value) values ('t','','{}','')"
        )
        raise ZeroDivisionError
    append(log, 1)
    assert offsets(log.consumer("g"), 10) == [0, 1]


def test_topics_count_apart(log: PostgresLog, catalogue_url: str) -> None:
    append(log, 2)
    other = PostgresLog("other", catalogue_url)
    append(other, 1)
    assert offsets(other.consumer("g"), 10) == [0]
    assert offsets(log.consumer("g"), 10) == [0, 1]


def test_one_poll_takes_no_more_bytes_than_a_process_can_hold(log: PostgresLog) -> None:
    append(log, 5, bytes(MAX_POLL_BYTES // 4 + 1))
    consumer = log.consumer("g")
    assert offsets(consumer, 10) == [0, 1, 2]
    assert offsets(consumer, 10) == [3, 4]


def test_one_member_reads_and_the_other_takes_over_when_its_connection_dies(
    log: PostgresLog, database: Database
) -> None:
    append(log, 2)
    reader, standby = log.consumer("g"), log.consumer("g")
    received = reader.poll(1, timeout_seconds=0)
    assert list(standby.poll(1, timeout_seconds=0.2)) == []
    end_holder(database)
    assert offsets(standby, 10) == [0, 1]
    with pytest.raises(Unavailable, match="no longer"):
        reader.commit([record.position for record in received])
    assert list(reader.poll(1, timeout_seconds=0)) == []
    assert log.lag("g") == 0


def test_readers_of_two_groups_do_not_keep_one_another_out(log: PostgresLog) -> None:
    append(log, 1)
    first, second = log.consumer("g1"), log.consumer("g2")
    assert offsets(first, 1) == [0]
    assert offsets(second, 1) == [0]


def test_pruning_takes_what_is_old_and_committed_by_every_group(
    log: PostgresLog, database: Database
) -> None:
    append(log, 5)
    make_older(database, days=10)
    append(log, 1)
    ahead, behind = log.consumer("ahead"), log.consumer("behind")
    offsets(ahead, 6)
    offsets(behind, 3)
    assert log.prune(older_than_days=30) == 0
    assert log.prune(older_than_days=7) == 3
    assert log.prune(older_than_days=7) == 0
    assert (log.lag("ahead"), log.lag("behind"), log.lag("new")) == (0, 3, 3)
    assert offsets(behind, 10) == [3, 4, 5]
    behind.rewind()
    assert log.lag("behind") == 3
    assert offsets(behind, 10) == [3, 4, 5]
    append(log, 1)
    assert offsets(behind, 10) == [6]


def test_pruning_takes_more_than_fits_into_one_transaction(
    log: PostgresLog, database: Database
) -> None:
    append(log, 2 * PRUNE_MESSAGES + 1, b"photo" * 10_000)
    make_older(database, days=31)
    append(log, 1, b"photo" * 10_000)
    offsets(log.consumer("g"), 2 * PRUNE_MESSAGES + 2)
    assert log.prune(older_than_days=30) == 2 * PRUNE_MESSAGES + 1
    with database.transaction() as cursor:
        cursor.execute("select count(distinct pieces) as messages from log_pieces")
        assert cursor.fetchone().messages == 1


def test_nothing_is_pruned_that_no_group_has_read(log: PostgresLog, database: Database) -> None:
    append(log, 3)
    make_older(database, days=100)
    assert log.prune(older_than_days=1) == 0


def end_holder(database: Database) -> None:
    killer = psycopg2.connect(database.url)
    with killer, killer.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid, 5000) from pg_locks join pg_database"
            " on pg_database.oid = pg_locks.database"
            " where locktype = 'advisory' and datname = current_database()"
        )
        assert cursor.fetchall() == [(True,)]
    killer.close()
