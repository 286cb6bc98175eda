-- Written by: spark_jobs (organise).
create table label_set_versions (
    version bigint primary key,
    job_run_id bigint not null references job_runs,
    images bigint not null,
    label_sets bigint not null,
    published_at timestamptz not null default now()
);

-- An image is in a label's set from `added_in` until before `removed_in`: any published version
-- can be read again.
create table label_set_members (
    label text not null references labels,
    image_id char(16) not null references images,
    claimed_label text not null references labels, -- the verified label that leads up to `label`
    probability real not null,
    added_in bigint not null references label_set_versions,
    removed_in bigint references label_set_versions,
    primary key (label, image_id, claimed_label, added_in)
);
create index label_set_members_now on label_set_members (label, image_id)
    where removed_in is null;
create index label_set_members_of_image on label_set_members (image_id)
    where removed_in is null;

-- Counts of the newest version, written in the transaction that publishes it.
create table label_set_counts (
    label text primary key references labels,
    images bigint not null,     -- with descendants
    own_images bigint not null  -- of the label itself
);
