"""A catalogue of any size, filled by Postgres itself: the same number gives the same rows.

Photos are claimed as the labels that are there, by Zipf's law, every fourth by two people; nine of
ten are verified and published. Every fifth of the first million is one account's. Tables are loaded
without triggers and indexes, which are made afterwards; then everything is counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from imagehub.catalogue.database import Cursor, Database
from tests import factories
from tests.filled_activity import ACTIVITY

CLUSTERS_EACH = 12
EMBEDDED = 100_000
"""So many photos have embeddings; the others have zeros, which stand in no index."""

REJECT_100 = """
    update verdicts
    set outcome = 'rejected'
    where image_id in (
        select image_id from verdicts where outcome = 'verified' order by image_id limit 100
    )
    """


@dataclass(frozen=True, slots=True)
class Filled:
    """The label with most photos, and the account that sent most."""

    label: str
    account: UUID


_LOADED = (
    *("images", "acceptances", "uploads", "image_checks", "verdicts", "crowd_claims"),
    *("cluster_members", "label_set_members", "duplicates"),
)
_DRAWN = """
create table drawn_people as
    select n, md5('person ' || n)::uuid as id from generate_series(0, %(people)s - 1) n;
insert into accounts (id, name, roles, created_at)
select id, 'filled-' || n, '{contributor}', now() - interval '3 years' from drawn_people;
create table drawn as
    with ranked as (
        select mid, row_number() over (order by md5(mid)) as rank from labels
    ), photos as (
        select n, sha256(('photo ' || n)::bytea) as digest,
            mod(n * 0.6180339887498949, 1.0)::double precision as place
        from generate_series(1, %(photos)s::bigint) n
    ), claimed as (
        select n, digest, left(encode(digest, 'hex'), 16)::char(16) as id, mid as label,
            md5('upload ' || n)::uuid as upload_id, mod(n * 7919, 1000) as dice,
            now() - (%(photos)s - n) * interval '16 seconds' as at,
            case when mod(n, 5) = 0 and n <= 1000000 then 0
                else 1 + mod(n::bigint * 31, %(people)s - 1) end as sender
        from photos
        join ranked on rank = floor(power((select count(*) + 1 from labels), place))::bigint
    )
    select c.*, p.id as account
    from claimed c join drawn_people p on p.n = c.sender order by c.n;
create table sent as
    select upload_id, account, label, digest, id, at from drawn
    union all
    select md5('second ' || d.n)::uuid, p.id, label, digest, d.id, at
    from drawn d
    join drawn_people p on p.n = 1 + mod(d.sender + 7, %(people)s - 1) and p.id <> d.account
    where mod(d.n, 4) = 0
    order by at, upload_id;
analyze drawn_people, drawn, sent;
"""
_PHOTOS = """
insert into images (
    id, photo_sha256, format, width, height, photo_bytes, full_sha256, full_bytes, full_crc32,
    full_width, full_height, fingerprint, derivative_recipe, first_upload_id, landed_at, brightness,
    view_sha256, thumb_sha256
)
select id, digest, 'JPEG', 1600, 1200, 400000, digest, 90000, 0, 1024, 768,
    ('x' || left(encode(digest, 'hex'), 16))::bit(64)::bigint, 1, upload_id, at, mod(n * 37, 256),
    digest, digest
from drawn;
insert into acceptances (
    upload_id, account_id, claimed_label, photo_sha256, request_sha256, photo_bytes, accepted_at
)
select upload_id, account, label, digest, digest, 400000, at from sent;
insert into uploads (
    id, account_id, claimed_label, photo_sha256, image_id, state, accepted_at, settled_at,
    latitude, longitude, device
)
select upload_id, account, label, digest, id, 'landed', at, at,
    mod(get_byte(digest, 0), 16) * 10 - 75, mod(get_byte(digest, 1), 34) * 10 - 165,
    (array['Canon EOS R6', 'Pixel 8', 'iPhone 15', null])[1 + mod(get_byte(digest, 2), 4)]
from sent;
"""
_VERDICTS = """
create temporary table drawn_parts on commit drop as
    select part, (
        select array_agg((random() + random() - 1 + 0 * (part + number))::real)::vector
        from generate_series(1, 256) number
    ) as jitter
    from generate_series(0, 1999) part;
insert into image_checks (image_id, version, findings, classes, embedding)
select id, %(version)s, '[]', '{"/m/01": 0.91, "/m/02": 0.04, "/m/03": 0.01}', case
    when n <= %(embedded)s then l2_normalize(a.jitter + b.jitter)::halfvec
    else array_fill(0::real, array[256])::vector::halfvec end
from drawn
left join drawn_parts a on a.part = mod(hashtext(label)::bigint + 2147483648, 400)
    and n <= %(embedded)s
left join drawn_parts b on b.part = 400 + mod(n * 7907, 1600) and n <= %(embedded)s;
insert into verdicts (
    image_id, label, version, outcome, probability, reasons, evidence, crowd_size, job_run_id
)
select id, label, %(version)s,
    case when dice < 900 then 'verified' when dice < 960 then 'needs_review' else 'rejected' end,
    case when dice < 900 then 0.94 when dice < 960 then 0.3 + dice / 5000.0 else 0.02 end,
    '["It fits what others sent as this label."]',
    '[{"source": "network", "probability": 0.91, "sentence": "It looks like it."},
      {"source": "crowd", "probability": 0.95, "sentence": "It fits what others sent."}]',
    12, %(run)s
from drawn where dice < 980;
insert into crowd_claims (version, image_id, label, weight, accounts)
select %(version)s, id, label, case when dice < 960 then 0.9 end, array[account]
from drawn where dice < 980;
insert into duplicates (image_id, keeper_id, distance, reason, job_run_id)
select d.id, k.id, 3, 'They look the same.', %(run)s
from drawn d join drawn k on k.n = d.n - 1 where mod(d.n, 50) = 0;
"""
_CLUSTERS = """
with sizes as (
    select label, mod(n, %(each)s) as place, count(*) as size, min(id) as medoid
    from drawn where dice < 900 group by 1, 2
)
insert into clusters (label, ordinal, size, medoid_id, job_run_id)
select label, row_number() over (partition by label order by place) - 1, size, medoid, %(run)s
from sizes;
insert into cluster_members
select c.id, d.id, mod(d.n * 0.7548776662, 1.0)
from (
    select id, n, label, dense_rank() over (partition by label order by mod(n, %(each)s)) as place
    from drawn where dice < 900
) d
join clusters c on c.label = d.label and c.ordinal = d.place - 1
order by 1, 2;
"""
_SETS = """
insert into label_set_versions (version, job_run_id, images, label_sets) values (1, %(run)s, 0, 0);
insert into label_set_members (label, image_id, claimed_label, probability, added_in)
select a.ancestor, d.id, d.label, 0.94, 1
from drawn d join label_ancestors a on a.mid = d.label where d.dice < 900
order by 1, 2, 3;
insert into label_set_counts
select label, count(*), count(*) filter (where claimed_label = label)
from label_set_members group by label;
update label_set_versions set images = (select count(*) from drawn where dice < 900),
    label_sets = (select count(*) from label_set_counts);
"""
_COUNTERS = """
update landing_counts set total = case name when 'landed' then (select count(*) from sent)
    when 'images' then %(photos)s when 'refused' then 0
    else (select count(*) from sent) - %(photos)s end;
insert into row_counts
    select 'acceptances', 1, count(*) from acceptances
    union all select 'duplicates', 1, count(*) from duplicates
    union all select 'clusters', 1, count(*) from clusters
    union all select 'photo_bytes', 1, sum(photo_bytes) from images
    union all select 'full_bytes', 1, sum(full_bytes) from images;
insert into claim_counts select label, count(*) from drawn group by label;
insert into verdict_counts
    select version, coalesce(label, ''), outcome, count(*) from verdicts
    group by grouping sets ((version, label, outcome), (version, outcome));
insert into crowd_models (version, taken_to, taken_upload, photos, fitted_photos)
select %(version)s, max(landed_in), 'ffffffff-ffff-ffff-ffff-ffffffffffff', %(photos)s, %(photos)s
from uploads;
insert into crowd_labels (version, label, photos, voice, embeddings, judged_photos)
select %(version)s, label, count(*), count(*), '', count(*) from drawn group by label;
delete from unorganised;
"""


def fill(database: Database, photos: int, embedded: int = EMBEDDED) -> Filled:
    """Fill a catalogue that has labels and no photos."""
    with database.transaction() as cursor:
        values = {
            "photos": photos,
            "people": max(50, min(20_000, photos // 100)),
            "embedded": min(embedded, photos),
            "version": factories.verification_version(cursor),
            "run": factories.job_run(cursor),
            "each": CLUSTERS_EACH,
        }
        cursor.execute("select setseed(0.5)")
        with _loading(cursor):
            for statements in (_DRAWN, _PHOTOS, _VERDICTS, _CLUSTERS, _SETS, _COUNTERS):
                cursor.execute(statements, values)
        cursor.execute(ACTIVITY, values)
        cursor.execute("drop table sent, drawn, drawn_people")
    with database.transaction() as cursor:
        cursor.execute("analyze")
        cursor.execute(
            """
            select (select label from label_set_counts order by own_images desc limit 1) as label,
                md5('person 0')::uuid as account
            """
        )
        return Filled(*cursor.fetchone())


@contextmanager
def _loading(cursor: Cursor) -> Iterator[None]:
    """Load tables without their triggers, and make their indexes afterwards, which is faster."""
    cursor.execute(
        """
        select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
        from pg_index i
        where i.indrelid = any(%s::regclass[]) and not i.indisunique
        order by 1
        """,
        (list(_LOADED),),
    )
    indexes = cursor.fetchall()
    cursor.execute("set local session_replication_role = replica")
    for index in indexes:
        cursor.execute(f"drop index {index.name}")
    yield
    cursor.execute("analyze")
    for index in indexes:
        cursor.execute(index.definition)
    cursor.execute("set local session_replication_role = origin")
