"""What goes out to webhooks and by e-mail: signed, tried again, once, never into our network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from imagehub.catalogue.accounts import credentials
from imagehub.catalogue.database import Database
from imagehub.catalogue.demands import deliveries, webhooks
from imagehub.catalogue.demands.deliveries import DeliveryEntry, DeliveryEvent
from imagehub.errors import Conflict, Refused, Unavailable
from imagehub.messenger import signing
from imagehub.messenger.post import post
from imagehub.messenger.targets import Target
from imagehub.settings import Settings
from imagehub.vocabulary import Account
from spark_jobs import jobs
from spark_jobs.deliver import job as deliver
from tests import factories
from tests.receiver import Receiver
from webapp.webhooks import service

EVENT = DeliveryEvent(
    "demand.reached", json.dumps({"data": {"words": "Target reached: Müller."}}), "it"
)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver()
    yield running
    running.close()


@pytest.fixture
def account(database: Database) -> Account:
    with database.transaction() as cursor:
        return factories.account(cursor)


def work(database: Database, folder: Path, addresses: str = "any") -> dict[str, int]:
    settings = Settings(data=folder, webhook_addresses=addresses)
    return jobs.execute("deliver", settings, None, database, None)  # type: ignore[arg-type] # it stores no object


def sent(database: Database, account: Account) -> list[DeliveryEntry]:
    with database.transaction() as cursor:
        return deliveries.of_account(cursor, account.id, 9)


def make_due(database: Database) -> None:
    with database.transaction() as cursor:
        cursor.execute("update deliveries set next_at = now() where state = 'waiting'")


def test_a_webhook_is_signed_and_tried_again_under_the_same_id(
    database: Database, account: Account, receiver: Receiver, tmp_path: Path
) -> None:
    receiver.statuses = [500, 302]
    made = service.add(database, account, receiver.url, any_address=True)
    with database.transaction() as cursor:
        assert deliveries.queue_webhooks(cursor, account.id, EVENT) == 1
        assert deliveries.queue_webhooks(cursor, account.id, EVENT) == 0
    for state in ("waiting", "waiting", "sent"):
        work(database, tmp_path)
        assert sent(database, account)[0].state == state
        assert not deliver.has_work(database)
        make_due(database)
    assert len(receiver.got) == 3  # a redirect was not followed
    headers, body = receiver.got[-1]
    key = base64.b64decode(made.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    found = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{found}"
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert body == EVENT.body


def test_a_webhook_that_never_answers_is_given_up(
    database: Database, account: Account, receiver: Receiver, tmp_path: Path
) -> None:
    receiver.statuses = [404] * 20
    service.add(database, account, receiver.url, any_address=True)
    with database.transaction() as cursor:
        deliveries.queue_webhooks(cursor, account.id, EVENT)
        cursor.execute("update deliveries set attempts = %s", (len(deliver.WAITS_SECONDS),))
    work(database, tmp_path)
    (found,) = sent(database, account)
    assert (found.state, found.answer) == ("given_up", "127.0.0.1 answered 404.")


def mail_to(database: Database, address: str) -> Account:
    """An account with a letter that waits for it, whatever address it has."""
    with database.transaction() as cursor:
        account = factories.account(cursor, f"p{uuid.uuid4().hex[:12]}")
        credentials.set_email(cursor, account.id, address)
        deliveries.queue_mail(cursor, account.id, EVENT)
    return account


ODD = [
    "group:;@example.com", "=?utf-8?q?a=0d=0aBcc=3Ax?=@example.com", "a,b@evil.com",
    "a\x1b@example.com", "a@x.org\nBcc: b@x.org",
]  # fmt: skip


def test_a_delivery_that_cannot_be_made_holds_up_no_other(
    database: Database, receiver: Receiver, tmp_path: Path
) -> None:
    evil = [mail_to(database, address) for address in ODD]
    honest = mail_to(database, "ana@example.org")
    assert work(database, tmp_path) == {"sent": 1, "failed": len(ODD)}
    assert sent(database, honest)[0].state == "sent"
    assert {sent(database, account)[0].state for account in evil} == {"waiting"}
    make_due(database)
    work(database, tmp_path)
    assert sent(database, honest)[0].attempts == 1
    assert len(list((tmp_path / "outbox").iterdir())) == 1


def test_a_body_that_is_none_holds_up_no_other(database: Database, tmp_path: Path) -> None:
    broken, honest = (mail_to(database, f"{name}@example.org") for name in ("eve", "ana"))
    with database.transaction() as cursor:
        cursor.execute("update deliveries set body = '{}' where account_id = %s", (broken.id,))
    assert work(database, tmp_path) == {"sent": 1, "failed": 1}
    assert sent(database, honest)[0].state == "sent"
    assert "cannot be sent" in sent(database, broken)[0].answer


def test_a_result_is_written_while_others_are_still_on_their_way(
    database: Database, account: Account, receiver: Receiver, tmp_path: Path, catalogue_url: str
) -> None:
    honest = mail_to(database, "ana@example.org")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        service.add(database, account, url, any_address=True)
        with database.transaction() as cursor:
            deliveries.queue_webhooks(cursor, account.id, EVENT)
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(work, Database(catalogue_url), tmp_path)
            while sent(database, honest)[0].state != "sent" and not running.done():
                time.sleep(0.05)
            assert not running.done()
            running.result(60)


def test_what_had_all_its_attempts_is_not_claimed_again(database: Database, tmp_path: Path) -> None:
    account = mail_to(database, "ana@example.org")
    with database.transaction() as cursor:
        cursor.execute("update deliveries set attempts = %s", (deliver.MOST_ATTEMPTS,))
    assert work(database, tmp_path) == {"sent": 0, "failed": 0}
    (found,) = sent(database, account)
    assert (found.state, found.attempts) == ("given_up", deliver.MOST_ATTEMPTS)
    assert not deliver.has_work(database)


def test_attempts_follow_ever_later() -> None:
    waits = [deliver.wait_seconds(attempts) for attempts in range(1, 8)]
    assert all(wait is not None for wait in waits)
    assert waits == sorted(waits, key=lambda wait: wait or 0)
    assert deliver.wait_seconds(8) is None


def test_two_workers_at_once_send_everything_once(
    database: Database, catalogue_url: str, receiver: Receiver, tmp_path: Path
) -> None:
    with database.transaction() as cursor:
        for _ in range(20):
            person = factories.account(cursor)
            webhooks.add(cursor, person.id, receiver.url, signing.new_secret())
            deliveries.queue_webhooks(cursor, person.id, EVENT)

    def send(_: int) -> int:
        own = Database(catalogue_url)
        done = work(own, tmp_path)["sent"] + work(own, tmp_path)["sent"]
        own.close()
        return done

    with ThreadPoolExecutor(2) as workers:
        assert sum(workers.map(send, range(2))) == 20
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == len(receiver.got) == 20


def test_a_letter_lies_in_the_outbox_once(
    database: Database, account: Account, tmp_path: Path
) -> None:
    with database.transaction() as cursor:
        credentials.set_password(cursor, account.id, "x")
        cursor.execute("update credentials set email = 'a@example.org'")
        assert deliveries.queue_mail(cursor, account.id, EVENT) == 1
    work(database, tmp_path)
    with database.transaction() as cursor:  # as if the worker had died before it could say so
        cursor.execute("update deliveries set state = 'waiting', next_at = now()")
    work(database, tmp_path)
    (letter,) = (tmp_path / "outbox").iterdir()
    read = BytesParser(policy=policy.default).parsebytes(letter.read_bytes())
    assert (read["To"], read["Subject"]) == ("a@example.org", "Target reached: Müller.")
    assert "Target reached: Müller." in read.get_content()


def test_an_address_inside_is_refused_when_it_is_made_and_again_when_it_is_used(
    database: Database, account: Account, receiver: Receiver, tmp_path: Path
) -> None:
    for url in (receiver.url, receiver.url.replace("http", "https")):
        with pytest.raises(Refused):
            service.add(database, account, url, any_address=False)
    service.add(database, account, receiver.url, any_address=True)
    service.add(database, account, "https://localhost/", any_address=False)
    with database.transaction() as cursor:
        deliveries.queue_webhooks(cursor, account.id, EVENT)
    work(database, tmp_path, addresses="public")
    assert receiver.got == []
    assert {delivery.state for delivery in sent(database, account)} == {"waiting"}
    assert any("private network" in delivery.answer for delivery in sent(database, account))


def test_the_sixth_webhook_and_the_same_one_twice_are_refused(
    database: Database, account: Account
) -> None:
    with pytest.raises(Conflict):
        for _ in range(2):
            service.add(database, account, "https://a.example/0", any_address=False)
    for number in range(1, service.MOST):
        service.add(database, account, f"https://a.example/{number}", any_address=False)
    with pytest.raises(Refused, match="Remove one"):
        service.add(database, account, "https://a.example/6", any_address=False)


def test_a_server_that_drips_its_answer_gains_no_time() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.sendall(b"HTTP/1.1 200 OK\r\n")
            while not stop.wait(0.05):
                try:
                    peer.sendall(b"X-Slow: y\r\n")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    port = listener.getsockname()[1]
    with pytest.raises(Unavailable):
        post(Target(False, "127.0.0.1", port, "/"), "127.0.0.1", b"{}", {}, total_seconds=0.5)
    stop.set()
    thread.join(timeout=30)
    listener.close()
