-- The scrub: the object store is read again and again and held against the catalogue's digests.

-- Written by: ingestion; by spark_jobs (scrub) where a derivative is made anew, and for images that
-- landed before there were these columns: null until the scrub has found the derivative readable.
alter table images
    add column view_sha256 bytea check (length(view_sha256) = 32),
    add column thumb_sha256 bytea check (length(thumb_sha256) = 32);

-- Written by: spark_jobs (scrub). Its one row: how far the scrub is, and when it may read on.
create table scrub_position (
    is_the_row boolean primary key default true check (is_the_row),
    kind text not null default 'images' check (kind in ('images', 'releases')),
    after text not null default '', -- the last image, or the last release and shard
    due_at timestamptz not null default now(),
    pass_began_at timestamptz not null default now(),
    last_pass_ended_at timestamptz
);
insert into scrub_position default values;

-- Written by: spark_jobs (scrub). Objects that are gone or have other bytes and cannot be mended. A
-- row goes when its object is found right.
create table damaged_objects (
    key text primary key,
    image_id char(16) references images,
    release_id text references releases,
    damage text not null check (damage in ('gone', 'rotten')),
    found_at timestamptz not null default now(),
    check ((image_id is null) <> (release_id is null))
);
create index damaged_objects_by_image on damaged_objects (image_id);
create index damaged_objects_by_time on damaged_objects (found_at desc, key);
