-- Written by: webapp.
create table subsets (
    id uuid primary key default gen_random_uuid(),
    name text not null unique check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    account_id uuid not null references accounts,
    rules jsonb not null,
    created_at timestamptz not null default now(),
    changed_at timestamptz not null default now()
);

-- Written by: webapp. A wish; the release job answers it with a row in `releases`.
create table release_requests (
    release_id text primary key check (release_id ~ '^[a-z0-9][a-z0-9-]{0,62}-[0-9]+$'),
    subset_id uuid not null references subsets,
    number integer not null check (number > 0),
    rules jsonb not null,
    account_id uuid not null references accounts,
    requested_at timestamptz not null default now(),
    unique (subset_id, number)
);

-- Written by: spark_jobs (release).
create table releases (
    id text primary key references release_requests,
    label_set_version bigint not null references label_set_versions,
    files integer not null,
    total_bytes bigint not null,
    labels integer not null,
    shards integer not null,
    manifest_sha256 bytea not null check (length(manifest_sha256) = 32),
    signature bytea not null check (length(signature) = 64), -- Ed25519 over the manifest's digest
    public_key bytea not null check (length(public_key) = 32),
    summary jsonb not null,      -- per label and split: files
    published_at timestamptz not null default now(),
    job_run_id bigint not null references job_runs
);

create table release_failures (
    release_id text primary key references release_requests,
    reason text not null,
    failed_at timestamptz not null default now()
);

-- A release never changes, whoever asks.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'a release never changes';
end $$;
create trigger releases_are_frozen before update or delete on releases
    for each row execute function refuse_change();
