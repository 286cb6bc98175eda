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

create table cluster_members (
    cluster_id bigint not null references clusters on delete cascade,
    image_id char(16) not null references images,
    distance real not null,        -- to the centre
    primary key (cluster_id, image_id)
);
create index cluster_members_by_image on cluster_members (image_id);
