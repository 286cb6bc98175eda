"""Label sets: verified images under their label and all its ancestors, as numbered versions.

A version is written in one transaction: the three stages, `add_version`, `remove_gone`, `add_new`
and the counts.
"""

from __future__ import annotations

from imagehub.catalogue.database import Cursor


def labels_changed_since_organised(cursor: Cursor) -> bool:
    """True if labels were imported after the last complete run of the job `organise` began."""
    cursor.execute(
        "select exists (select from labels where imported_at > coalesce((select max(started_at)"
        " from job_runs where job = 'organise' and state = 'done'), '-infinity')) as answer"
    )
    return bool(cursor.fetchone().answer)


def stage(cursor: Cursor) -> None:
    """Work out who belongs where by the current verdicts, for the rest of the transaction."""
    cursor.execute(
        "create temporary table wanted_members on commit drop as"
        " select a.ancestor as label, v.image_id, v.label as claimed_label, v.probability"
        " from verdicts v"
        " join verification_versions n on n.version = v.version and n.is_current"
        " join label_ancestors a on a.mid = v.label"
        " where v.outcome = 'verified'"
    )
    cursor.execute("analyze wanted_members")


def stage_new(cursor: Cursor, tolerance: float) -> int:
    """Pick from what is staged the members that the newest version lacks; return how many.

    A probability that moved by less than `tolerance` is no change.
    """
    cursor.execute(
        "create temporary table new_members on commit drop as"
        " select w.* from wanted_members w where not exists (select from label_set_members m"
        "  where m.label = w.label and m.image_id = w.image_id and m.removed_in is null"
        "  and m.claimed_label = w.claimed_label and abs(m.probability - w.probability) < %s)",
        (tolerance,),
    )
    return int(cursor.rowcount)


def stage_gone(cursor: Cursor, tolerance: float) -> int:
    """Pick the members of the newest version that are not staged like this; return how many."""
    cursor.execute(
        "create temporary table gone_members on commit drop as"
        " select m.label, m.image_id, m.claimed_label, m.added_in from label_set_members m"
        " where m.removed_in is null and not exists (select from wanted_members w"
        "  where m.label = w.label and m.image_id = w.image_id"
        "  and m.claimed_label = w.claimed_label and abs(m.probability - w.probability) < %s)",
        (tolerance,),
    )
    return int(cursor.rowcount)


def add_version(cursor: Cursor, run_id: int) -> int:
    """Begin the next version of what is staged; return its number."""
    cursor.execute(
        "insert into label_set_versions (version, job_run_id, images, label_sets)"
        " select coalesce((select max(version) from label_set_versions), 0) + 1, %s,"
        " count(distinct image_id), count(distinct label) from wanted_members returning version",
        (run_id,),
    )
    return int(cursor.fetchone().version)


def remove_gone(cursor: Cursor, version: int) -> None:
    """From this version on, the members picked by `stage_gone` are in no set."""
    cursor.execute(
        "update label_set_members m set removed_in = %s from gone_members g"
        " where m.label = g.label and m.image_id = g.image_id"
        " and m.claimed_label = g.claimed_label and m.added_in = g.added_in",
        (version,),
    )


def add_new(cursor: Cursor, version: int) -> None:
    """From this version on, the members picked by `stage_new` are in their sets."""
    cursor.execute(
        "insert into label_set_members (label, image_id, claimed_label, probability, added_in)"
        " select label, image_id, claimed_label, probability, %s from new_members",
        (version,),
    )


def forget_counts(cursor: Cursor) -> None:
    """Drop the counts of the version before, except of sets that are still there."""
    cursor.execute(
        "delete from label_set_counts where label not in (select label from wanted_members)"
    )


def write_counts(cursor: Cursor) -> None:
    """Count the images of each set, with descendants and of the label itself."""
    cursor.execute(
        "insert into label_set_counts (label, images, own_images)"
        " select label, count(distinct image_id),"
        " count(distinct image_id) filter (where claimed_label = label)"
        " from wanted_members group by label"
        " on conflict (label) do update"
        " set images = excluded.images, own_images = excluded.own_images"
    )


def newest_version(cursor: Cursor) -> tuple[int, int, int]:
    """Number, images and label sets of the newest version; zeros before the first."""
    cursor.execute(
        "select version, images, label_sets from label_set_versions order by version desc limit 1"
    )
    row = cursor.fetchone()
    return (row.version, row.images, row.label_sets) if row else (0, 0, 0)
