"""Bring a source in: each row once, through the upload log, whatever kills it between.

A row's upload has an id made of the import, the row's place, its bytes and the attempt. So a row
that was sent and not noted is sent again as the same upload, which lands once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from imagehub import photo
from imagehub.catalogue.database import Cursor, Database
from imagehub.catalogue.imports import import_rows, imports, photo_origins
from imagehub.catalogue.imports.import_rows import ImportRow, KnownRow, RowPlace
from imagehub.catalogue.imports.imports import ImportEntry, ImportPlan, PartProgress
from imagehub.catalogue.imports.photo_origins import PhotoOrigin
from imagehub.catalogue.uploads import acceptances, tombstones
from imagehub.catalogue.uploads.acceptances import NewUpload
from imagehub.catalogue.uploads.tombstones import ArrivingUpload
from imagehub.errors import Conflict, Refused
from imagehub.importing.label_names import LabelNames
from imagehub.importing.licences import spdx
from imagehub.importing.source import SourceReader, SourceRow, clean_facts
from imagehub.log.protocol import UploadLog
from imagehub.messages import encode
from imagehub.vocabulary import MAX_PHOTO_BYTES, Upload

IMPORTS = UUID("6a2f1ab0-3f4f-4d0c-9d5b-7f8f6f3c2b11")
WORKERS = 8
BATCH_ROWS = 256
BATCH_BYTES = 64 << 20
NO_LABEL = Refused("label_missing", "Nothing says what the photo shows. Name a label.")


@dataclass(frozen=True, slots=True)
class RowClaim:
    """A row that may be sent: one photo under one label (a MID)."""

    row: SourceRow
    place: RowPlace
    label: str
    mid: str
    attempt: int


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A claim with its photo's bytes and digest."""

    claim: RowClaim
    photo: bytes
    sha256: str


def bring_in(
    database: Database,
    log: UploadLog,
    plan: ImportPlan,
    reader: SourceReader,
    is_retry: bool = False,
    met: Callable[[int], object] = lambda _: None,
) -> ImportEntry:
    """Send every row of the source that was not sent before, and with `is_retry` what was refused.

    `met` hears how many rows were met. Raises Unavailable while catalogue or log is down, Conflict
    where the import is under way elsewhere: what was sent stays, and the same call goes on.
    """
    with database.transaction() as cursor:
        imports.begin(cursor, plan)
        refused = import_rows.parts_refused(cursor, plan.name) if is_retry else set()
    with alone(database, plan.name), ThreadPoolExecutor(WORKERS, "importing") as pool:
        run = _Run(database, log, plan, LabelNames(plan), pool, is_retry)
        for part in reader.parts():
            with database.transaction() as cursor:
                is_read = imports.part(cursor, plan.name, part).is_read
            if not is_read or part in refused:
                run.bring_part(reader, part, met)
        with database.transaction() as cursor:
            imports.end_reading(cursor, plan.name)
            return imports.get(cursor, plan.name)


@contextmanager
def alone(database: Database, name: str) -> Iterator[None]:
    """Be the only process that brings this import in; raise Conflict if another is."""
    keeper = Database(database.url, statement_timeout_seconds=0)
    with keeper.transaction() as cursor:
        is_held = imports.hold(cursor, name)
    try:
        if not is_held:
            raise Conflict(f"The import {name} is under way in another process.")
        yield
    finally:
        keeper.close()  # and with the connection the hold goes


@dataclass(frozen=True)
class _Run:
    database: Database
    log: UploadLog
    plan: ImportPlan
    names: LabelNames
    pool: ThreadPoolExecutor
    is_retry: bool

    def bring_part(self, reader: SourceReader, part: str, met: Callable[[int], object]) -> None:
        rows = 0
        with self.database.transaction() as cursor:
            import_rows.forget(cursor, self.plan.name, part)
        for batch in batches(reader.rows(part)):
            self._bring(part, batch)
            rows += len(batch)
            met(len(batch))
        with self.database.transaction() as cursor:
            imports.keep_part(cursor, self.plan.name, part, PartProgress(0, rows, True))

    def _bring(self, part: str, batch: Sequence[SourceRow]) -> None:
        claims: list[RowClaim] = []
        refused: list[ImportRow] = []
        with self.database.transaction() as cursor:
            known = import_rows.known(cursor, self.plan.name, [row.key for row in batch])
            for row in batch:
                for one in self._claims(cursor, part, row, known):
                    (refused if isinstance(one, ImportRow) else claims).append(one)  # type: ignore[arg-type] # each to its own list
        read: list[ReadRow] = []
        for claim, found in zip(claims, self.pool.map(_read, claims), strict=True):
            if isinstance(found, Refused):
                refused.append(_refused(part, claim.place, claim.label, claim.attempt, found))
            else:
                read.append(found)
        with self.database.transaction() as cursor:
            photo_origins.keep(cursor, (self._origin(one) for one in read))
            import_rows.keep(cursor, self.plan.name, refused)
        list(self.pool.map(lambda one: self._send(part, one), read))

    def _claims(
        self, cursor: Cursor, part: str, row: SourceRow, known: dict[RowPlace, KnownRow]
    ) -> Iterator[RowClaim | ImportRow]:
        """The row's claims that are to be made now, and those that cannot be."""
        facts = clean_facts(row.facts)
        for number, label in enumerate(facts.labels or ("",)):
            place = RowPlace(row.key, number)
            before = known.get(place)
            if before and not (self.is_retry and before.outcome == "refused"):
                continue
            attempt = before.attempt + 1 if before else 0
            found = row.problem or (self.names.find(cursor, label) if label else NO_LABEL)
            if isinstance(found, Refused):
                yield _refused(part, place, label, attempt, found)
            else:
                yield RowClaim(row, place, label, found, attempt)

    def _upload_id(self, one: ReadRow) -> UUID:
        place = one.claim.place
        words = (self.plan.name, place.key, place.number, one.sha256, one.claim.attempt)
        return uuid5(IMPORTS, "\0".join(map(str, words)))

    def _origin(self, one: ReadRow) -> PhotoOrigin:
        facts = clean_facts(one.claim.row.facts)
        licence = spdx(facts.licence) if facts.licence else self.plan.licence
        return PhotoOrigin(
            *(self._upload_id(one), licence, facts.licence),
            *(facts.author, facts.title, facts.source_url),
        )

    def _send(self, part: str, one: ReadRow) -> None:
        """Note the row and append its photo to the log: both, or neither."""
        claim, upload_id = one.claim, self._upload_id(one)
        row = ImportRow(claim.place, part, claim.label, claim.attempt, upload_id)
        try:
            with self.database.transaction() as cursor:
                accepted_at = self._accept(cursor, one, upload_id)
                self.log.append(encode(self._upload(one, upload_id, accepted_at), one.photo))
                import_rows.keep(cursor, self.plan.name, [row])
        except Refused as refused:
            with self.database.transaction() as cursor:
                photo_origins.forget(cursor, upload_id)
                rows = [_refused(part, claim.place, claim.label, claim.attempt, refused)]
                import_rows.keep(cursor, self.plan.name, rows)

    def _accept(self, cursor: Cursor, one: ReadRow, upload_id: UUID) -> datetime:
        digest = bytes.fromhex(one.sha256)
        barrier = tombstones.barrier(
            cursor, ArrivingUpload(upload_id, self.plan.account_id, one.sha256)
        )
        if barrier.code:
            raise Refused(barrier.code, barrier.sentence)
        new = NewUpload(
            client_key=upload_id,
            account_id=self.plan.account_id,
            claimed_label=one.claim.mid,
            photo_sha256=digest,
            request_sha256=digest,
            photo_bytes=len(one.photo),
        )
        return acceptances.accept(cursor, new).accepted_at

    def _upload(self, one: ReadRow, upload_id: UUID, accepted_at: datetime) -> Upload:
        return Upload(
            id=upload_id,
            account_id=self.plan.account_id,
            claimed_label=one.claim.mid,
            photo_sha256=one.sha256,
            accepted_at=accepted_at,
        )


def batches(rows: Iterable[SourceRow]) -> Iterator[list[SourceRow]]:
    """Cut rows into lists that a process can hold."""
    batch: list[SourceRow] = []
    held_bytes = 0
    for row in rows:
        batch.append(row)
        held_bytes += min(row.size_bytes, MAX_PHOTO_BYTES)
        if len(batch) == BATCH_ROWS or held_bytes >= BATCH_BYTES:
            yield batch
            batch, held_bytes = [], 0
    if batch:
        yield batch


def _read(claim: RowClaim) -> ReadRow | Refused:
    """Read the photo and look at its header, as at an upload's."""
    try:
        data = claim.row.read()
        photo.inspect(data)
    except Refused as refused:
        return refused
    return ReadRow(claim, data, hashlib.sha256(data).hexdigest())


def _refused(part: str, place: RowPlace, label: str, attempt: int, why: Refused) -> ImportRow:
    return ImportRow(place, part, label, attempt, None, why.code, why.sentence)
