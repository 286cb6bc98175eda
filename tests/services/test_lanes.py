"""The jobs without Spark run in two lanes: strangers' servers hold up none of the others."""

from __future__ import annotations

import json
import socket
import threading
import time
from pathlib import Path

from imagehub.catalogue.database import Database
from imagehub.catalogue.demands import deliveries
from imagehub.catalogue.demands.deliveries import DeliveryEvent
from imagehub.catalogue.uploads import withdrawals
from imagehub.hub import open_store
from imagehub.settings import Settings
from spark_jobs.watch import start_plain_lanes
from spark_jobs.withdraw import job as withdraw
from tests import factories
from webapp.webhooks import service

EVENT = DeliveryEvent("demand.reached", json.dumps({"data": {"words": "Reached."}}), "it")


def test_a_withdrawal_does_not_wait_for_a_server_that_never_answers(
    database: Database, catalogue_url: str, tmp_path: Path
) -> None:
    settings = Settings(data=tmp_path, catalogue_url=catalogue_url, webhook_addresses="any")
    store, stop = open_store(settings), threading.Event()
    with database.transaction() as cursor:
        account = factories.account(cursor)
        photo = factories.photo(cursor, owner=account, store=store)
    with socket.create_server(("127.0.0.1", 0)) as tarpit:
        url = f"http://127.0.0.1:{tarpit.getsockname()[1]}/hook"
        service.add(database, account, url, any_address=True)
        with database.transaction() as cursor:
            deliveries.queue_webhooks(cursor, account.id, EVENT)
        threads = start_plain_lanes(settings, database, store, stop)
        held, _ = tarpit.accept()
        with held:
            with database.transaction() as cursor:
                withdrawals.ask(cursor, account.id, [photo.upload_id])
            while withdraw.has_work(database):
                time.sleep(0.05)
            with database.transaction() as cursor:
                (sent,) = deliveries.of_account(cursor, account.id, 9)
            stop.set()
    assert (sent.state, sent.answer) == ("waiting", "")
    for thread in threads:
        thread.join()
