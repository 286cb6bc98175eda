-- Photos that are alike: duplicates of one another, and clusters of a label.

-- Written by: spark_jobs (cluster). Every member hangs on its keeper, never on a chain.
create table duplicates (
    image_id char(16) primary key references images,
    keeper_id char(16) not null references images,
    distance real not null,
    reason text not null,
    job_run_id bigint not null references job_runs,
    check (image_id <> keeper_id)
);
create index duplicates_by_keeper on duplicates (keeper_id);

-- Written by: webapp. Two images that a person says show different photos, whatever pixels say;
-- a person who takes that back deletes the row.
create table duplicate_undos (
    image_a char(16) not null references images,
    image_b char(16) not null references images,
    account_id uuid not null references accounts,
    undone_at timestamptz not null default now(),
    primary key (image_a, image_b),
    check (image_a < image_b)
);
create index duplicate_undos_by_second on duplicate_undos (image_b);

-- Written by: spark_jobs (cluster). The undos that the duplicate groups of today were made with:
-- where they differ from what people say now, groups are to be made anew.
create table heeded_undos (
    image_a char(16) not null references images,
    image_b char(16) not null references images,
    primary key (image_a, image_b)
);

-- Written by: spark_jobs (cluster). Images that were compared with all that were there then.
create table compared_images (
    version integer not null references verification_versions on delete cascade,
    image_id char(16) not null references images,
    primary key (version, image_id)
);

-- Written by: spark_jobs (cluster).
create table clusters (
    id bigint generated always as identity primary key,
    label text not null references labels,
    ordinal smallint not null,     -- 0 is the largest of its label
    size integer not null,
    medoid_id char(16) not null references images, -- the member nearest the centre
    job_run_id bigint not null references job_runs,
    unique (label, ordinal)
);

-- Written by: spark_jobs (cluster).
create table cluster_members (
    cluster_id bigint not null references clusters on delete cascade,
    image_id char(16) not null references images,
    distance real not null,        -- to the centre
    primary key (cluster_id, image_id)
);
create index cluster_members_by_image on cluster_members (image_id);
-- One cluster's photos, nearest to its centre first.
create index cluster_members_by_distance on cluster_members (cluster_id, distance, image_id);

-- Written by: spark_jobs (cluster), with a label's clusters: what they were made from.
create table clusterings (
    label text primary key references labels,
    version integer not null,
    contents text not null, -- digest of the image ids
    job_run_id bigint not null references job_runs
);

grant insert, update, delete on duplicate_undos to imagehub_web;
