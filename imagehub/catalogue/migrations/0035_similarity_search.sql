-- Multi-index search over fingerprints: one index for each band of 16 bits.
create index images_by_band_0 on images (((fingerprint >> 48) & 65535));
create index images_by_band_1 on images (((fingerprint >> 32) & 65535));
create index images_by_band_2 on images (((fingerprint >> 16) & 65535));
create index images_by_band_3 on images ((fingerprint & 65535));

-- Written by: spark_jobs (cluster). Images that were compared with all that were there then.
create table compared_images (
    version integer not null references verification_versions on delete cascade,
    image_id char(16) not null references images,
    primary key (version, image_id)
);

-- Written by: spark_jobs (cluster), with a label's clusters: what they were made from.
create table clusterings (
    label text primary key references labels,
    version integer not null,
    contents text not null, -- digest of the image ids
    job_run_id bigint not null references job_runs
);

-- Written by: spark_jobs (release), with the release. An image stays in the split that it first
-- had in a release of the subset.
create table split_assignments (
    subset_id uuid not null references subsets,
    image_id char(16) not null references images,
    split text not null,
    release_id text not null references release_requests,
    primary key (subset_id, image_id)
);
