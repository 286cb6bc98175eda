"""Open the resources that the settings name: catalogue, logs, object store and mail.

Each program's composition root calls these functions once. Nothing connects before its first use.
"""

from __future__ import annotations

import json
import logging
from urllib.parse import urlsplit

from imagehub.catalogue.database import Database
from imagehub.errors import Misconfigured
from imagehub.log.protocol import UploadLog
from imagehub.messenger.mail import Mailer, Outbox
from imagehub.settings import Settings
from imagehub.storage.protocol import ObjectStore

CATALOGUE_NOTE = "catalogue.url"
PORTAL_NOTE = "portal.url"
"""Files of the data folder in which an embedded hub that runs says where it listens."""


def open_catalogue(settings: Settings, role: str | None = None) -> Database:
    """The catalogue by URL, or the embedded one that runs in the data folder."""
    return Database(settings.catalogue_url or embedded_catalogue_url(settings), role=role)


def embedded_catalogue_url(settings: Settings) -> str:
    """The URL that the embedded hub's supervisor wrote down for its Postgres."""
    note = settings.data / CATALOGUE_NOTE
    if not note.exists():
        raise Misconfigured(
            f"No hub runs in {settings.data}. Start one with `imagehub up`, name the folder of the "
            "one that runs in IMAGEHUB_DATA, or a Postgres in IMAGEHUB_CATALOGUE_URL."
        )
    return note.read_text(encoding="utf-8").strip()


def portal_url(settings: Settings) -> str:
    """The portal's URL for people, without a slash at the end.

    That is the server of the settings, or, where they name none, what the embedded hub noted.
    """
    note = settings.data / PORTAL_NOTE
    is_named = settings.server != Settings.server
    found = settings.server if is_named or not note.exists() else note.read_text(encoding="utf-8")
    return found.strip().rstrip("/")


def open_log(settings: Settings, topic: str | None = None) -> UploadLog:
    """The upload log, or another topic of it."""
    topic = topic or settings.log_topic
    if settings.log_url.startswith("kafka:"):
        from imagehub.log.kafka import KafkaLog

        # It reports every refused connection and retry; what matters reaches us as an exception.
        logging.getLogger("kafka").setLevel(logging.CRITICAL)
        servers = urlsplit(settings.log_url).netloc.split(",")
        return KafkaLog(topic, servers, options=json.loads(settings.log_options or "{}"))
    from imagehub.log.postgres import PostgresLog

    return PostgresLog(topic, url=settings.catalogue_url or embedded_catalogue_url(settings))


def open_dead_letters(settings: Settings) -> UploadLog:
    """The topic of messages that could not be handled."""
    return open_log(settings, f"{settings.log_topic}-dead-letters")


def open_mailer(settings: Settings) -> Mailer:
    """The mailer: it writes into the folder `outbox` of the data folder."""
    return Outbox(settings.data / "outbox")


def open_store(settings: Settings) -> ObjectStore:
    """The object store."""
    where = urlsplit(settings.storage_url)
    if where.scheme == "s3":
        from imagehub.storage.s3 import S3Store

        return S3Store(
            bucket=where.netloc,
            prefix=where.path.strip("/"),
            endpoint_url=settings.s3_endpoint_url or None,
            region=settings.s3_region,
        )
    from imagehub.storage.folder import FolderStore

    path = settings.storage_url.partition(":")[2]
    return FolderStore(path or str(settings.data / "objects"))
