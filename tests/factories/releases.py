"""Subsets, wishes for releases, and releases."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from imagehub.catalogue.database import Cursor
from imagehub.catalogue.releases import release_files
from imagehub.catalogue.releases.release_files import ReleaseFile
from imagehub.formats import FORMATS
from imagehub.vocabulary import Account, Label
from tests.factories.numbers import next_number
from tests.factories.people import account
from tests.factories.verification import job_run


def subset(
    cursor: Cursor,
    labels: Sequence[Label],
    name: str | None = None,
    owner: Account | None = None,
    **rules: object,
) -> str:
    """A subset over the labels; answer its name."""
    name = name or f"subset-{next_number()}"
    owner = owner or account(cursor)
    cursor.execute(
        "insert into subsets (name, account_id, rules) values (%s, %s, %s)",
        (name, str(owner.id), json.dumps(_rules(labels, rules))),
    )
    return name


def release_request(cursor: Cursor, subset_name: str) -> str:
    """A wish for the subset's next release; answer its id."""
    cursor.execute(
        "insert into release_requests (release_id, subset_id, number, rules, account_id)"
        " select s.name || '-' || n, s.id, n, s.rules, s.account_id from subsets s,"
        " lateral (select count(*) + 1 as n from release_requests r where r.subset_id = s.id) c"
        " where s.name = %s returning release_id",
        (subset_name,),
    )
    return str(cursor.fetchone().release_id)


def release_failure(
    cursor: Cursor, subset_name: str, reason: str = "The subset selects no image."
) -> str:
    """A release that could not be made; answer its id."""
    release_id = release_request(cursor, subset_name)
    cursor.execute(
        "insert into release_failures (release_id, reason) values (%s, %s)", (release_id, reason)
    )
    return release_id


def release(cursor: Cursor, subset_name: str, summary: Mapping[str, Mapping[str, int]]) -> str:
    """A release that is ready; `summary` counts files for each MID and split."""
    release_id = release_request(cursor, subset_name)
    files = sum(sum(splits.values()) for splits in summary.values())
    cursor.execute(
        "insert into releases (id, label_set_version, files, total_bytes, labels,"
        " manifest_sha256, signature, public_key, summary, job_run_id)"
        " select %s, max(version), %s, %s, %s, %s, %s, %s, %s, %s from label_set_versions",
        (
            *(release_id, files, files * 41_000, len(summary)),
            *(bytes(range(32)), bytes(range(64)), bytes(range(32, 64))),
            *(json.dumps(summary), job_run(cursor, "release")),
        ),
    )
    release_files.add(
        cursor,
        release_id,
        [
            ReleaseFile(f"{name}/{release_id}", "application/zip", files, 1, "0" * 64, "1" * 64)
            for name in FORMATS
        ],
    )
    return release_id


def _rules(labels: Sequence[Label], changes: Mapping[str, object]) -> dict[str, object]:
    return {
        "labels": [label.mid for label in labels],
        "cap_per_label": None,
        "min_short_side_pixels": 64,
        "keepers_only": True,
        "splits": {"train": 0.8, "validation": 0.1, "test": 0.1},
        **changes,
    }
