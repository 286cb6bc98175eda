"""Count again from the rows what the hub keeps as counters."""

from __future__ import annotations

from dataclasses import dataclass

from imagehub.catalogue.database import Cursor, Database


@dataclass(frozen=True, slots=True)
class CounterCheck:
    """One counter as it is kept, and as its rows say."""

    name: str
    kept: int
    recounted: int

    @property
    def is_right(self) -> bool:
        """True if the counter says what the rows say."""
        return self.kept == self.recounted

    def as_dict(self) -> dict[str, str | int | bool]:
        """The tally for JSON."""
        return {
            "name": self.name,
            "kept": self.kept,
            "recounted": self.recounted,
            "right": self.is_right,
        }


def recount(database: Database) -> list[CounterCheck]:
    """Compare every counter with its rows, all at one moment."""
    with database.transaction() as cursor:
        cursor.execute("set transaction isolation level repeatable read, read only")
        return [*_uploads(cursor), *_claims(cursor), *_label_sets(cursor), *_graphs(cursor)]


def _uploads(cursor: Cursor) -> list[CounterCheck]:
    cursor.execute(
        """
        with landed as (
            select count(*) as uploads, count(distinct image_id) as images
            from uploads
            where state = 'landed'
        ), rows_say (name, total) as (
            select 'landed', uploads
            from landed
            union all
            select 'refused', count(*)
            from uploads
            where state = 'refused'
            union all
            select 'images', count(*)
            from images
            union all
            select 'exact_duplicates', uploads - images
            from landed
        )
        select name, landing_counts.total as kept, rows_say.total as recounted
        from landing_counts
        join rows_say using (name)
        union all
        select 'accepted', (select count(*) from acceptances),
            (select count(*) from uploads) + (
                select count(*)
                from acceptances
                where not exists (select from uploads where uploads.id = upload_id)
            )
        order by name
        """
    )
    return _tallies(cursor)


def _claims(cursor: Cursor) -> list[CounterCheck]:
    cursor.execute(
        """
        with claims_say as (
            select label, count(*) as images from claims group by label
        ), verdicts_say as (
            select version, coalesce(label, '') as label, outcome, count(*) as images
            from verdicts
            group by grouping sets ((version, label, outcome), (version, outcome))
        ), compared (name, kept, again) as (
            select 'claims_counted_right', coalesce(k.images, 0), coalesce(s.images, 0)
            from claim_counts k
            full join claims_say s using (label)
            union all
            select 'verdicts_counted_right', coalesce(k.images, 0), coalesce(s.images, 0)
            from verdict_counts k
            full join verdicts_say s using (version, label, outcome)
        )
        select name, count(*) as kept, count(*) filter (where kept = again) as recounted
        from compared
        group by name
        union all
        select t.said, coalesce(sum(c.total), 0), t.rows
        from (
            select 'acceptances' as name, 'rows_of_acceptances' as said, count(*) as rows
            from acceptances
            union all
            select 'door_refusals', 'rows_of_door_refusals', count(*) from door_refusals
            union all
            select 'duplicates', 'rows_of_duplicates', count(*) from duplicates
            union all
            select 'clusters', 'rows_of_clusters', count(*) from clusters
            union all
            select 'photo_bytes', 'photo_bytes', coalesce(sum(photo_bytes), 0) from images
            union all
            select 'full_bytes', 'full_bytes', coalesce(sum(full_bytes), 0) from images
        ) t
        left join row_counts c using (name)
        group by t.said, t.rows
        order by name
        """
    )
    return _tallies(cursor)


def _label_sets(cursor: Cursor) -> list[CounterCheck]:
    cursor.execute(
        """
        with rows_say as (
            select label, count(distinct image_id) as images,
                   count(distinct image_id) filter (where claimed_label = label) as own_images
            from current_members group by label
        ), compared as (
            select coalesce(kept.images, 0) as images,
                   coalesce(kept.own_images, 0) as own_images,
                   coalesce(rows_say.images, 0) as images_again,
                   coalesce(rows_say.own_images, 0) as own_images_again
            from label_set_counts kept full join rows_say using (label)
        )
        select 'label_sets_counted_right' as name, count(*) as kept,
               count(*) filter (
                   where images = images_again and own_images = own_images_again
               ) as recounted
        from compared
        union all
        select 'label_set_images', coalesce(sum(images), 0), coalesce(sum(images_again), 0)
        from compared
        """
    )
    return _tallies(cursor)


def _graphs(cursor: Cursor) -> list[CounterCheck]:
    cursor.execute(
        """
        with recursive closure (mid, ancestor) as (
            select mid, mid
            from labels
            union
            select closure.mid, edge.parent
            from closure
            join label_edges edge on edge.child = closure.ancestor and edge.kind = 'is_a'
        )
        select 'label_ancestors' as name, (select count(*) from label_ancestors) as kept,
            (select count(*) from closure join label_ancestors using (mid, ancestor)) + (
                select count(*)
                from closure
                where not exists (
                    select from label_ancestors kept
                    where (kept.mid, kept.ancestor) = (closure.mid, closure.ancestor)
                )
            ) as recounted
        union all
        select 'cluster_members', (select coalesce(sum(size), 0) from clusters),
            (select count(*) from cluster_members)
        """
    )
    return _tallies(cursor)


def _tallies(cursor: Cursor) -> list[CounterCheck]:
    return [CounterCheck(row.name, int(row.kept), int(row.recounted)) for row in cursor.fetchall()]
