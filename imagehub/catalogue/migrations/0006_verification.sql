create extension if not exists vector;

-- Written by: spark_jobs (verify). One row for each way to look at a photo: networks and PCA.
create table verification_versions (
    version integer generated always as identity primary key,
    networks jsonb not null,       -- name and sha256 of each network's file
    projection bytea not null,     -- numpy .npz: features -> 256 dimensions
    projection_kind text not null check (projection_kind in ('random', 'pca')),
    fitted_on integer not null,    -- images that the projection was fitted on
    thresholds jsonb not null,
    created_at timestamptz not null default now(),
    is_current boolean not null default false
);
create unique index one_current_verification_version
    on verification_versions (is_current) where is_current;

-- Written by: spark_jobs (verify). What one version saw in one image, whatever its label.
create table image_checks (
    image_id char(16) not null references images,
    version integer not null references verification_versions,
    findings jsonb not null,       -- [{code, measured, sentence}]
    classes jsonb not null,        -- {MID: probability}, the network's likeliest
    embedding halfvec(256) not null,
    checked_at timestamptz not null default now(),
    primary key (version, image_id)
);
create index image_checks_by_embedding on image_checks using hnsw (embedding halfvec_cosine_ops);
create index image_checks_by_image on image_checks (image_id);

-- Written by: spark_jobs (verify).
create table verdicts (
    image_id char(16) not null references images,
    label text not null references labels,
    version integer not null references verification_versions,
    outcome text not null check (outcome in ('verified', 'needs_review', 'rejected')),
    probability real not null check (probability between 0 and 1),
    reasons jsonb not null,        -- [sentence]
    evidence jsonb not null,       -- [{source, probability, sentence}]
    crowd_size integer not null,   -- photos claimed as the label when this was decided
    job_run_id bigint not null references job_runs,
    decided_at timestamptz not null default now(),
    primary key (version, image_id, label)
);
create index verdicts_by_image on verdicts (image_id);
create index verdicts_by_outcome on verdicts (version, outcome, label);
