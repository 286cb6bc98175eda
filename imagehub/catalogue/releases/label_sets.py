"""Label sets: verified images under their label and all its ancestors, as numbered versions.

A version is written in one transaction: the three stages, `add_version`, `remove_gone`, `add_new`
and the counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imagehub.catalogue.database import Cursor


def labels_changed_since_organised(cursor: Cursor) -> bool:
    """True if labels were imported after the last complete run of the job `organise` began."""
    cursor.execute(
        """
        select exists (
            select from labels
            where imported_at > coalesce(
                (select max(started_at) from job_runs where job = 'organise' and state = 'done'),
                '-infinity'
            )
        ) as answer
        """
    )
    return bool(cursor.fetchone().answer)


def stage(cursor: Cursor) -> None:
    """Work out who belongs where by the current verdicts, for the rest of the transaction."""
    cursor.execute(
        """
        create temporary table wanted_members on commit drop as
        select a.ancestor as label, v.image_id, v.label as claimed_label, v.probability
        from verdicts v
        join current_version using (version)
        join label_ancestors a on a.mid = v.label
        where v.outcome = 'verified'
        """
    )
    cursor.execute("analyze wanted_members")


def stage_new(cursor: Cursor, tolerance: float) -> int:
    """Pick from what is staged the members that the newest version lacks; return how many.

    A probability that moved by less than `tolerance` is no change.
    """
    cursor.execute(
        """
        create temporary table new_members on commit drop as
        select w.*
        from wanted_members w
        where not exists (
            select from current_members m
            where m.label = w.label
                and m.image_id = w.image_id
                and m.claimed_label = w.claimed_label
                and abs(m.probability - w.probability) < %s
        )
        """,
        (tolerance,),
    )
    return int(cursor.rowcount)


def stage_gone(cursor: Cursor, tolerance: float) -> int:
    """Pick the members of the newest version that are not staged like this; return how many."""
    cursor.execute(
        """
        create temporary table gone_members on commit drop as
        select m.label, m.image_id, m.claimed_label, m.added_in
        from current_members m
        where not exists (
            select from wanted_members w
            where m.label = w.label
                and m.image_id = w.image_id
                and m.claimed_label = w.claimed_label
                and abs(m.probability - w.probability) < %s
        )
        """,
        (tolerance,),
    )
    return int(cursor.rowcount)


def add_version(cursor: Cursor, run_id: int) -> int:
    """Begin the next version of what is staged; return its number."""
    cursor.execute(
        """
        insert into label_set_versions (version, job_run_id, images, label_sets)
        select coalesce((select max(version) from label_set_versions), 0) + 1, %s,
            count(distinct image_id), count(distinct label)
        from wanted_members
        returning version
        """,
        (run_id,),
    )
    return int(cursor.fetchone().version)


def remove_gone(cursor: Cursor, version: int) -> None:
    """From this version on, the members picked by `stage_gone` are in no set."""
    cursor.execute(
        """
        update label_set_members m
        set removed_in = %s
        from gone_members g
        where m.label = g.label
            and m.image_id = g.image_id
            and m.claimed_label = g.claimed_label
            and m.added_in = g.added_in
        """,
        (version,),
    )


def add_new(cursor: Cursor, version: int) -> None:
    """From this version on, the members picked by `stage_new` are in their sets."""
    cursor.execute(
        """
        insert into label_set_members (label, image_id, claimed_label, probability, added_in)
        select label, image_id, claimed_label, probability, %s
        from new_members
        """,
        (version,),
    )


def forget_counts(cursor: Cursor) -> None:
    """Drop the counts of the version before, except of sets that are still there."""
    cursor.execute(
        """
        delete from label_set_counts c
        where not exists ( -- `not in` is no join in Postgres
            select from wanted_members w where w.label = c.label
        )
        """
    )


def write_counts(cursor: Cursor) -> None:
    """Count the images of each set, with descendants and of the label itself."""
    cursor.execute(
        """
        insert into label_set_counts (label, images, own_images)
        select label, count(distinct image_id),
            count(distinct image_id) filter (where claimed_label = label)
        from wanted_members
        group by label
        on conflict (label) do update
        set images = excluded.images, own_images = excluded.own_images
        """
    )


def newest_version(cursor: Cursor) -> tuple[int, int, int]:
    """Number, images and label sets of the newest version; zeros before the first."""
    cursor.execute(
        "select version, images, label_sets from label_set_versions order by version desc limit 1"
    )
    row = cursor.fetchone()
    return (row.version, row.images, row.label_sets) if row else (0, 0, 0)


def withdraw(cursor: Cursor, image_id: str, claims: Sequence[str] | None, run_id: int) -> None:
    """Publish a version without an image, or without it as these labels; nothing else changes.

    An image without any label left is in no version any more, as if it had never been.
    """
    values: dict[str, Any] = {"image": image_id, "claims": claims and list(claims)}
    before = _sets_of(cursor, image_id)
    cursor.execute(f"select exists (select {_MEMBERS_THAT_GO} and removed_in is null)", values)
    version = _next_version(cursor, run_id) if cursor.fetchone().exists else None
    if claims is None:
        cursor.execute(f"delete {_MEMBERS_THAT_GO}", values)
    elif version:
        cursor.execute(
            """
            update label_set_members
            set removed_in = %(version)s
            where image_id = %(image)s and claimed_label = any(%(claims)s) and removed_in is null
            """,
            values | {"version": version},
        )
    if version:
        _count_off(cursor, before, _sets_of(cursor, image_id), version)


_MEMBERS_THAT_GO = """
    from label_set_members
    where image_id = %(image)s and (%(claims)s::text[] is null or claimed_label = any(%(claims)s))
    """


def _next_version(cursor: Cursor, run_id: int) -> int:
    """Begin a version that is like the newest; its number."""
    cursor.execute(
        """
        insert into label_set_versions (version, job_run_id, images, label_sets)
        select version + 1, %s, images, label_sets
        from label_set_versions
        order by version desc
        limit 1
        returning version
        """,
        (run_id,),
    )
    return int(cursor.fetchone().version)


def _sets_of(cursor: Cursor, image_id: str) -> dict[str, bool]:
    """The sets that an image is in, and whether it is claimed to show the very label."""
    cursor.execute(
        """
        select label, bool_or(claimed_label = label) as is_own
        from current_members
        where image_id = %s
        group by label
        """,
        (image_id,),
    )
    return {row.label: row.is_own for row in cursor.fetchall()}


def _count_off(
    cursor: Cursor, before: Mapping[str, bool], after: Mapping[str, bool], version: int
) -> None:
    """Take one image off the counts: sets are never counted whole for one that leaves them."""
    labels = sorted(before)
    cursor.execute(
        """
        update label_set_counts c
        set images = c.images - gone.images, own_images = c.own_images - gone.own
        from unnest(%s::text[], %s::int[], %s::int[]) as gone (label, images, own)
        where c.label = gone.label
        """,
        (
            labels,
            [int(label not in after) for label in labels],
            [int(before[label]) - int(after.get(label, False)) for label in labels],
        ),
    )
    cursor.execute("delete from label_set_counts where label = any(%s) and images = 0", (labels,))
    cursor.execute(
        """
        update label_set_versions
        set label_sets = (select count(*) from label_set_counts), images = images - %s
        where version = %s
        """,
        (int(not after), version),
    )
