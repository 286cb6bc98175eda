-- The sets of verified photos under each label, and where a set has few.

-- Written by: spark_jobs (organise).
create table label_set_versions (
    version bigint primary key,
    job_run_id bigint not null references job_runs,
    images bigint not null,
    label_sets bigint not null,
    published_at timestamptz not null default now()
);

-- Written by: spark_jobs (organise). An image is in a label's set from `added_in` until before
-- `removed_in`: any published version can be read again.
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
-- Newest photos: an image enters once under each label it was verified as.
create index label_set_members_newest on label_set_members (added_in desc, image_id)
    where removed_in is null and label = claimed_label;

-- Written by: spark_jobs (organise). Counts of the newest version, written in the transaction that
-- publishes it.
create table label_set_counts (
    label text primary key references labels,
    images bigint not null,     -- with descendants
    own_images bigint not null  -- of the label itself
);

-- Written by: spark_jobs (coverage). How many images of each label set (with descendants) were taken
-- in which region of 10 degrees, by what kind of device, in what light, and in which cluster of the
-- label they are. Empty, and -1 for a cluster: not known.
create table coverage_cells (
    label text not null references labels,
    place text not null,
    device text not null check (device in ('', 'phone', 'camera', 'other')),
    light text not null check (light in ('', 'dark', 'normal', 'bright')),
    cluster smallint not null,
    images integer not null check (images > 0),
    primary key (label, place, device, light, cluster)
);

-- What is in the sets now. A photo that is here is public.
create view current_members with (security_invoker = true) as
    select label, image_id, claimed_label, probability, added_in
    from label_set_members where removed_in is null;

-- A label with its numbers: verified images with and without descendants, and its direct kinds.
create view label_entries as
    select l.mid, l.name,
           coalesce(c.images, 0) as images,
           coalesce(c.own_images, 0) as own_images,
           (select count(*) from label_edges e where e.parent = l.mid and e.kind = 'is_a') as kinds,
           l.merged_into
    from labels l left join label_set_counts c on c.label = l.mid;

-- Anybody reads the uploads of public images.
create policy public on uploads for select to imagehub_web using (exists (
    select from label_set_members m where m.image_id = uploads.image_id and m.removed_in is null
));
