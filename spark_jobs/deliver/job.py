"""The job `deliver`: send what waits for people's webhooks and e-mail addresses.

An attempt is claimed before it is made, so two workers never make the same one; who dies in the
middle leaves it to be repeated under the same id, by which a receiver knows it.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from imagehub.catalogue.database import Database
from imagehub.catalogue.demands import deliveries
from imagehub.catalogue.demands.deliveries import Delivery
from imagehub.errors import HubError, Refused, Unavailable
from imagehub.hub import open_mailer
from imagehub.messenger import signing
from imagehub.messenger.addresses import is_address
from imagehub.messenger.mail import Letter, Mailer
from imagehub.messenger.post import post
from imagehub.messenger.targets import read_target, resolve
from spark_jobs.runs import JobContext

AT_ONCE = 16
LEASE_SECONDS = 120
WAITS_SECONDS = (5, 30, 300, 1_800, 7_200, 28_800, 86_400)
"""How long after each failed attempt the next one follows; after the last comes none."""

MOST_ATTEMPTS = len(WAITS_SECONDS) + 1

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DeliverySender:
    """Sends one delivery; `any_address` lets webhooks lead into private networks."""

    mailer: Mailer
    any_address: bool

    def send(self, delivery: Delivery) -> str:
        """Send it and say what was heard; raise HubError if it did not arrive."""
        if delivery.url is not None and delivery.secret is not None:
            return self._post(delivery, delivery.url, delivery.secret)
        if delivery.email is None:
            return "The account has no e-mail address any more."
        if not is_address(delivery.email):  # taken before addresses were parsed
            raise Refused("email_invalid", "No letter can go to the account's e-mail address.")
        words = json.loads(delivery.body)["data"]["words"]
        text = f"{words}\n\nYou are told because you wanted these photos.\n"
        self.mailer.send(Letter(str(delivery.id), delivery.email, words, text))
        return "Handed over."

    def _post(self, delivery: Delivery, url: str, secret: str) -> str:
        target = read_target(url, self.any_address)
        address = resolve(target, self.any_address)
        signed = signing.headers(secret, str(delivery.id), int(time.time()), delivery.body)
        status = post(target, address, delivery.body.encode(), signed)
        if not 200 <= status < 300:
            raise Unavailable(f"{target.host} answered {status}.")
        return f"{target.host} answered {status}."


def has_work(database: Database) -> bool:
    """True if something is to be sent now."""
    with database.transaction() as cursor:
        return deliveries.any_due(cursor)


def run(context: JobContext) -> dict[str, int]:
    """Send one round of what is due, side by side."""
    settings = context.settings
    sender = DeliverySender(open_mailer(settings), settings.webhook_addresses == "any")
    with context.database.transaction() as cursor:
        claimed = deliveries.claim(cursor, AT_ONCE, LEASE_SECONDS, MOST_ATTEMPTS)
    counts = {"sent": 0, "failed": 0}
    with ThreadPoolExecutor(AT_ONCE) as threads:
        attempts = {threads.submit(_try, sender, one): one for one in claimed}
        for ended in as_completed(attempts):  # written at once: what follows may die
            has_arrived, answer = ended.result()
            _note(context.database, attempts[ended], has_arrived, answer)
            counts["sent" if has_arrived else "failed"] += 1
    return counts


def wait_seconds(attempts: int) -> float | None:
    """When to try again after so many failed attempts; spread, so that not all come at once."""
    if attempts > len(WAITS_SECONDS):
        return None
    return WAITS_SECONDS[attempts - 1] * (1 + secrets.randbelow(200) / 1000)


def _try(sender: DeliverySender, delivery: Delivery) -> tuple[bool, str]:
    try:
        return True, sender.send(delivery)
    except HubError as error:
        return False, str(error)
    except Exception:  # whatever one delivery brings, the others of its round go out
        log.exception("the delivery %s cannot be sent", delivery.id)
        return False, "It cannot be sent: something is wrong on our side, or with its address."


def _note(database: Database, delivery: Delivery, has_arrived: bool, answer: str) -> None:
    heard = "".join(letter if letter.isprintable() else " " for letter in answer)
    with database.transaction() as cursor:
        if has_arrived:
            deliveries.sent(cursor, delivery.id, heard)
        else:
            deliveries.failed(cursor, delivery.id, heard, wait_seconds(delivery.attempts))
