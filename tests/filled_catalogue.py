"""A catalogue of any size, filled by Postgres itself: the same number gives the same rows.

Photos are claimed as the labels that are there, by Zipf's law; nine of ten are verified and
published. Embeddings are zeros, which stand in no index.
"""

from __future__ import annotations

from imagehub.catalogue.database import Database
from tests import factories

CLUSTERS_EACH = 12
REJECT_100 = """
    update verdicts
    set outcome = 'rejected'
    where image_id in (
        select image_id from verdicts where outcome = 'verified' order by image_id limit 100
    )
    """

_IMAGES = """
create temporary table drawn on commit drop as
    with ranked as (
        select mid, row_number() over (order by md5(mid)) as rank, count(*) over () as labels
        from labels
    ), photos as (
        select n, sha256(('photo ' || n)::bytea) as digest,
            mod(n * 0.6180339887498949, 1.0)::double precision as place
        from generate_series(1, %(photos)s) n
    )
    select n, digest, left(encode(digest, 'hex'), 16)::char(16) as id, mid as label,
        md5('upload ' || n)::uuid as upload_id, mod(n * 7919, 1000) as dice
    from photos
    join ranked on rank = floor(power(labels + 1, place));
insert into images (
    id, photo_sha256, format, width, height, photo_bytes, full_sha256, full_bytes, full_crc32,
    full_width, full_height, fingerprint, derivative_recipe, first_upload_id
)
select id, digest, 'JPEG', 1600, 1200, 400000, digest, 90000, 0, 1024, 768,
    ('x' || left(encode(digest, 'hex'), 16))::bit(64)::bigint, 1, upload_id
from drawn;
insert into acceptances (
    upload_id, account_id, claimed_label, photo_sha256, request_sha256, photo_bytes
)
select upload_id, %(account)s, label, digest, digest, 400000 from drawn;
insert into uploads (
    id, account_id, claimed_label, photo_sha256, image_id, state, accepted_at
)
select upload_id, %(account)s, label, digest, id, 'landed', now() from drawn;
update landing_counts set total = %(photos)s where name in ('landed', 'images');
"""

_VERDICTS = """
insert into image_checks (image_id, version, findings, classes, embedding)
select id, %(version)s, '[]', '{}', array_fill(0::real, array[256])::vector::halfvec from drawn;
insert into verdicts (
    image_id, label, version, outcome, probability, reasons, evidence, crowd_size, job_run_id
)
select id, label, %(version)s,
    case when dice < 900 then 'verified' when dice < 960 then 'needs_review' else 'rejected' end,
    0.94, '[]', '[]', 12, %(run)s
from drawn where dice < 980;
"""

_CLUSTERS = """
with sizes as (
    select label, mod(n, %(each)s) as ordinal, count(*) as size, min(id) as medoid
    from drawn where dice < 900 group by 1, 2
)
insert into clusters (label, ordinal, size, medoid_id, job_run_id)
select label, ordinal, size, medoid, %(run)s from sizes;
insert into cluster_members
select c.id, d.id, mod(d.n * 0.7548776662, 1.0)
from drawn d join clusters c on c.label = d.label and c.ordinal = mod(d.n, %(each)s)
where d.dice < 900;
"""


def fill(database: Database, photos: int) -> str:
    """Fill a catalogue that has labels and no photos; return the label with most photos."""
    with database.transaction() as cursor:
        values = {
            "photos": photos,
            "account": factories.account(cursor).id,
            "version": factories.verification_version(cursor),
            "run": factories.job_run(cursor),
            "each": CLUSTERS_EACH,
        }
        for statements in (_IMAGES, _VERDICTS, _CLUSTERS):
            cursor.execute(statements, values)
        factories.publish_label_sets(cursor)
    with database.transaction() as cursor:
        cursor.execute("analyze")
        cursor.execute("select label from label_set_counts order by own_images desc limit 1")
        return str(cursor.fetchone().label)
