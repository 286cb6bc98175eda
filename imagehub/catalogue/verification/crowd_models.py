"""What the crowd's photos say together under one version: sums that are kept by differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from psycopg2.extras import execute_values

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.verification.arrivals import ArrivalCursor
from imagehub.vocabulary import EMBEDDING_DIMENSIONS

Float64s = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ModelState:
    """Where a version's model stands; `photos` are the claims that count.

    `revision` grows with every change, `fit` whenever every claim is weighed anew. The hub is due
    to be weighed anew if it `has_grown` by a quarter since, or if rounds are left.
    """

    photos: int
    revision: int
    fit: int
    has_grown: bool
    rounds_left: int


@dataclass(frozen=True, slots=True, eq=False)
class LabelSum:
    """One label's claims that count: how many, and the weighted sum of their embeddings (256).

    `sample_weight` is the sum of their sample weights (column `voice`). `contributors` are those
    who are the first account of one of them.
    """

    label: str
    photos: int
    contributors: int
    sample_weight: float
    embeddings: Float64s


@dataclass(frozen=True, slots=True)
class ContributorRecord:
    """A contributor's claims on fit photos, and how many of them are right by expectation."""

    claims: int
    right: float


def begin(cursor: Cursor, version: int) -> None:
    """Give the version an empty model, unless it has one."""
    cursor.execute(
        "insert into crowd_models (version) values (%s) on conflict do nothing", (version,)
    )


def versions(cursor: Cursor) -> list[int]:
    """The versions of verification that have a model, in order."""
    cursor.execute("select version from crowd_models order by version")
    return [row.version for row in cursor.fetchall()]


def state(cursor: Cursor, version: int) -> ModelState:
    """Where the version's model stands."""
    cursor.execute(
        """
        select photos, revision, fit, has_grown(photos, fitted_photos) as has_grown, rounds_left
        from crowd_models
        where version = %s
        """,
        (version,),
    )
    return ModelState(*cursor.fetchone())


def hold(cursor: Cursor) -> None:
    """Keep all models to this transaction until it ends.

    Who changes a model or removes an image does this before it locks an image: otherwise a
    withdrawal and a run of verification would wait for each other.
    """
    cursor.execute("select from crowd_models order by version for update")


def hold_revision(cursor: Cursor, version: int) -> int:
    """Return the model's revision and keep the model as it is until the transaction ends."""
    cursor.execute("select revision from crowd_models where version = %s for share", (version,))
    return int(cursor.fetchone().revision)


def take_revision(cursor: Cursor, version: int) -> None:
    """Begin a change of the model: from the commit on, who judged by the model before is late."""
    cursor.execute("update crowd_models set revision = revision + 1 where version = %s", (version,))


def gram(cursor: Cursor, version: int) -> Float64s:
    """Sum of the weighed outer products (256 x 256) of all claims that count."""
    cursor.execute("select gram from crowd_models where version = %s", (version,))
    data = bytes(cursor.fetchone().gram)
    if not data:
        return np.zeros((EMBEDDING_DIMENSIONS, EMBEDDING_DIMENSIONS))
    return np.frombuffer(data).reshape(EMBEDDING_DIMENSIONS, EMBEDDING_DIMENSIONS)


def write_gram(cursor: Cursor, version: int, gram: Float64s, photos: int) -> None:
    """Set the sum of outer products, and how many claims count."""
    cursor.execute(
        "update crowd_models set gram = %s, photos = %s where version = %s",
        (np.ascontiguousarray(gram).tobytes(), photos, version),
    )


def advance(cursor: Cursor, version: int, arrival_cursor: ArrivalCursor) -> None:
    """Remember that all uploads up to the place are taken in; it never goes back."""
    cursor.execute(
        """
        update crowd_models
        set taken_to = %(transaction)s, taken_upload = %(upload)s
        where version = %(version)s
            and (
                (taken_to, taken_upload) < (%(transaction)s, %(upload)s::uuid)
                or taken_to > pg_snapshot_xmax(pg_current_snapshot())::text::bigint
            )
        """,
        {
            "transaction": arrival_cursor.transaction,
            "upload": arrival_cursor.upload_id,
            "version": version,
        },
    )


def mark_fitted(cursor: Cursor, version: int, rounds_left: int) -> None:
    """Remember that every claim was weighed anew and now waits to be judged."""
    cursor.execute(
        """
        update crowd_models
        set fit = fit + 1, fitted_photos = photos, rounds_left = %s
        where version = %s
        """,
        (rounds_left, version),
    )


def mark_settled(cursor: Cursor, version: int) -> None:
    """Remember that judging all claims once more would change little."""
    cursor.execute("update crowd_models set rounds_left = 0 where version = %s", (version,))


def label_sums(cursor: Cursor, version: int, labels: Sequence[str] | None = None) -> list[LabelSum]:
    """The sums of these labels, or of all, in order."""
    cursor.execute(
        """
        select label, photos, contributors, voice, embeddings
        from crowd_labels
        where version = %(version)s and (%(labels)s::text[] is null or label = any(%(labels)s))
        order by label
        """,
        {"version": version, "labels": labels and list(labels)},
    )
    return [
        LabelSum(
            *(row.label, row.photos, row.contributors, row.voice),
            np.frombuffer(bytes(row.embeddings)),
        )
        for row in cursor
    ]


def totals(cursor: Cursor, version: int) -> tuple[float, int]:
    """How many of all contributors' claims are right by expectation, and how many there are."""
    cursor.execute(
        """
        select coalesce(sum(right_claims), 0)::float8 as expected,
            coalesce(sum(claims), 0)::int as claims
        from contributor_records
        where version = %s
        """,
        (version,),
    )
    row = cursor.fetchone()
    return row.expected, row.claims


def write_label_sums(cursor: Cursor, version: int, sums: Iterable[LabelSum]) -> None:
    """Set the sums of some labels; the others stay."""
    execute_values(
        cursor,
        """
        insert into crowd_labels (version, label, photos, contributors, voice, embeddings)
        values %s
        on conflict (version, label) do update
        set photos = excluded.photos, contributors = excluded.contributors, voice = excluded.voice,
            embeddings = excluded.embeddings
        """,
        [
            (
                *(
                    version,
                    label_sum.label,
                    label_sum.photos,
                    label_sum.contributors,
                    label_sum.sample_weight,
                ),
                label_sum.embeddings.tobytes(),
            )
            for label_sum in sums
        ],
    )


def mark_judged(cursor: Cursor, version: int, labels: Sequence[str]) -> None:
    """Remember that all claims of these labels were judged by the model as it is."""
    cursor.execute(
        """
        update crowd_labels l
        set judged_photos = l.photos, judged_fit = m.fit
        from crowd_models m
        where m.version = l.version and l.version = %s and l.label = any(%s)
        """,
        (version, list(labels)),
    )


def records(cursor: Cursor, version: int, accounts: Iterable[str]) -> dict[str, ContributorRecord]:
    """The records of those of the accounts that have one."""
    cursor.execute(
        """
        select account_id::text, claims, right_claims
        from contributor_records
        where version = %s and account_id = any(%s::uuid[])
        """,
        (version, list(accounts)),
    )
    return {row.account_id: ContributorRecord(row.claims, row.right_claims) for row in cursor}


def add_to_records(cursor: Cursor, version: int, changes: Mapping[str, ContributorRecord]) -> None:
    """Add differences to the records of some accounts."""
    execute_values(
        cursor,
        """
        insert into contributor_records as r (version, account_id, claims, right_claims)
        values %s
        on conflict (version, account_id) do update
        set claims = r.claims + excluded.claims,
            right_claims = r.right_claims + excluded.right_claims
        """,
        [
            (version, account, record.claims, record.right)
            for account, record in sorted(changes.items())
        ],
    )


def count_records_anew(cursor: Cursor, version: int) -> None:
    """Replace all records by sums over the version's claims."""
    cursor.execute("delete from contributor_records where version = %s", (version,))
    cursor.execute(
        """
        insert into contributor_records (version, account_id, claims, right_claims)
        select version, account_id, count(*), sum(weight::float8)
        from crowd_claims, unnest(accounts) as account_id
        where version = %s and weight is not null
        group by version, account_id
        """,
        (version,),
    )
