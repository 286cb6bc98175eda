"""A hub in small whose photos can be withdrawn: landed by ingestion, removed by the job."""

from __future__ import annotations

import hashlib
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.uploads import removals, withdrawals
from imagehub.errors import Conflict, Unavailable
from imagehub.settings import Settings
from imagehub.storage import keys
from imagehub.storage.folder import FolderStore
from imagehub.storage.protocol import ObjectStore
from imagehub.vocabulary import Account
from spark_jobs import jobs
from tests import factories
from tests.services.landing import SmallHub


@dataclass
class WithdrawingHub(SmallHub):
    """A hub in small and the job `withdraw`, which needs no Spark."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.settings = Settings(
            data=self.folder.parent,
            catalogue_url=self.url,
            storage_url=f"folder:{self.folder}",
            signing_key=self.folder.parent / "signing-key.pem",
            log_topic=self.topic,
        )
        self.store: ObjectStore = FolderStore(str(self.folder))

    def accept(self, photo: bytes, owner: Account | None = None) -> uuid.UUID:
        """An upload that the API has accepted and the log has; it is not landed yet."""
        key, owner = uuid.uuid4(), owner or self.account
        digest = hashlib.sha256(photo).digest()
        with self.database.transaction() as cursor:
            cursor.execute(
                "insert into acceptances (upload_id, account_id, claimed_label, photo_sha256,"
                " request_sha256, photo_bytes) values (%s, %s, %s, %s, %s, %s)",
                (str(key), str(owner.id), self.label.mid, digest, digest, len(photo)),
            )
        now = datetime.now(UTC)
        self.send(self.message(photo, id=key, account_id=owner.id, accepted_at=now))
        return key

    def somebody(self) -> Account:
        """Another contributor."""
        with self.database.transaction() as cursor:
            return factories.account(cursor)

    def withdraw(self, upload_id: uuid.UUID, owner: Account | None = None) -> None:
        """Take an upload back, as its contributor."""
        with self.database.transaction() as cursor:
            assert withdrawals.ask(cursor, (owner or self.account).id, [upload_id]) == upload_id

    def take_down(self, photo: bytes, kind: str = "harm") -> None:
        """Decide that a photo goes."""
        with self.database.transaction() as cursor:
            admin = factories.account(cursor)
            cursor.execute(
                "insert into photo_decisions (photo_sha256, outcome, kind, words, decided_by)"
                " values (%s, 'take_down', %s, 'x', %s)",
                (hashlib.sha256(photo).digest(), kind, str(admin.id)),
            )

    def remove(self, store: ObjectStore | None = None) -> dict[str, int]:
        """Do the job once."""
        return jobs.execute("withdraw", self.settings, None, self.database, store or self.store)

    def remove_quietly(self) -> None:
        """Do the job once; ingestion may still have something to handle, or another run begin."""
        with suppress(Unavailable, Conflict):
            self.remove()

    def remove_until_done(self) -> None:
        """Do the job as the loop over jobs does, until nothing waits; ten times at most."""
        for _ in range(10):
            with self.database.transaction() as cursor:
                if not removals.any_waiting(cursor):
                    return
            try:
                self.remove()
            except Unavailable:
                self.land_all()
        raise AssertionError("something waits to be removed for ever")

    def left_of(self, photo: bytes) -> list[str]:
        """Where something of the photo is left: keys of the store, tables, messages of the log."""
        name = hashlib.sha256(photo).hexdigest()
        found = [key for key in self.store.keys("") if name in key]
        with self.database.transaction() as cursor:
            cursor.execute("select from images where photo_sha256 = %s", (bytes.fromhex(name),))
            found += ["images"] * cursor.rowcount
            cursor.execute("select from uploads where image_id = %s", (name[:16],))
            found += ["uploads"] * cursor.rowcount
            found += [f"log: {key}" for key in messages_with(cursor, photo)]
        return found


def messages_with(cursor: Cursor, photo: bytes) -> list[str]:
    """The keys of the log's messages that carry the photo's bytes."""
    cursor.execute(
        "select key, coalesce((select string_agg(bytes, '' order by number) from log_pieces p"
        " where p.pieces = m.pieces), '') || value as value from log_messages m"
    )
    return [row.key for row in cursor.fetchall() if bytes(row.value) == photo]


def withdrawing_hub(cursor: Cursor, url: str, folder: Path) -> WithdrawingHub:
    """A hub with one account and one label."""
    return WithdrawingHub(
        url, folder / "objects", factories.account(cursor), factories.label(cursor)
    )


def objects_of(photo: bytes) -> tuple[str, ...]:
    """The keys of a photo's objects."""
    return keys.of_photo(hashlib.sha256(photo).hexdigest())
