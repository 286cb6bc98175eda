"""Label sets: verified images under their label and all its ancestors, as numbered versions.

A version is written in one transaction: the three stages, `add_version`, `remove_gone`, `add_new`
and the counts. It costs what changed: triggers keep the images to look at in `unorganised`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imagehub.catalogue.database import Cursor

MOST_BY_INDEX = 100_000
"""Of so many changed images each one's rows are looked up; of more, everything is read."""


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


def any_due(cursor: Cursor) -> bool:
    """True if an image may come or go for another reason than its verdicts: its licence."""
    cursor.execute("select exists (select from unorganised where is_due) as answer")
    return bool(cursor.fetchone().answer)


def stage(cursor: Cursor) -> bool:
    """Work out who belongs where by the current verdicts, for the rest of the transaction.

    Only images whose verdicts changed are looked at, unless the answer is True: everything may
    have changed, as with another version of verification or an import of labels.
    """
    cursor.execute(
        """
        create temporary table changed_images on commit drop as
        with taken as (delete from unorganised returning image_id)
        select distinct image_id from taken
        """
    )
    cursor.execute("analyze changed_images")
    cursor.execute("select count(*) as changed, count(image_id) as known from changed_images")
    row = cursor.fetchone()
    everything = bool(row.known < row.changed or row.known > MOST_BY_INDEX)
    if not everything:  # Postgres may take a few hundred images for reason to read whole tables
        cursor.execute(
            """
            set local enable_seqscan = off;
            set local enable_hashjoin = off;
            set local enable_mergejoin = off
            """
        )
    scope = "true" if everything else "image_id in (select image_id from changed_images)"
    cursor.execute(
        f"""
        create temporary table wanted_members on commit drop as
        select a.ancestor as label, v.image_id, v.label as claimed_label, v.probability
        from verdicts v
        join current_version using (version)
        join label_ancestors a on a.mid = v.label
        where v.outcome = 'verified'
            and {scope}
            and not exists (select from unlicensed_images x where x.image_id = v.image_id)
        """  # noqa: S608 (one of the two scopes above)
    )
    cursor.execute(
        f"""
        create temporary table members_before on commit drop as
        select label, image_id, claimed_label, probability, added_in
        from current_members
        where {scope}
        """  # noqa: S608 (as above)
    )
    cursor.execute("analyze wanted_members, members_before")
    return everything


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
            select from members_before m
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
        from members_before m
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
    """Begin the next version of what is staged, not yet counted; return its number."""
    cursor.execute(
        """
        insert into label_set_versions (version, job_run_id, images, label_sets)
        select coalesce(max(version), 0) + 1, %s, 0, 0
        from label_set_versions
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


def count_all(cursor: Cursor, version: int) -> None:
    """Count the images of each set, when all of them are staged."""
    cursor.execute("delete from label_set_counts")
    cursor.execute(
        """
        insert into label_set_counts (label, images, own_images)
        select label, count(distinct image_id),
            count(distinct image_id) filter (where claimed_label = label)
        from wanted_members
        group by label
        """
    )
    cursor.execute(
        """
        update label_set_versions
        set images = (select count(distinct image_id) from wanted_members),
            label_sets = (select count(*) from label_set_counts)
        where version = %s
        """,
        (version,),
    )


def count_changes(cursor: Cursor, version: int) -> None:
    """Bring the counts of the version before to this one by what the staged images change."""
    cursor.execute(
        """
        insert into label_set_counts as c (label, images, own_images)
        select label, sum(step), sum(step * is_own::integer)
        from (
            select -1 as step, label, image_id, bool_or(claimed_label = label) as is_own
            from members_before
            group by label, image_id
            union all
            select 1, label, image_id, bool_or(claimed_label = label)
            from wanted_members
            group by label, image_id
        ) s
        group by label
        on conflict (label) do update
        set images = c.images + excluded.images, own_images = c.own_images + excluded.own_images
        """
    )
    cursor.execute("delete from label_set_counts where images = 0")
    cursor.execute(
        """
        update label_set_versions
        set label_sets = (select count(*) from label_set_counts),
            images = (select count(distinct image_id) from wanted_members)
                - (select count(distinct image_id) from members_before)
                + coalesce((
                    select images
                    from label_set_versions
                    where version < %(version)s
                    order by version desc
                    limit 1
                ), 0)
        where version = %(version)s
        """,
        {"version": version},
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
