-- Subsets that people define, and the releases that freeze them.

-- Written by: webapp.
create table subsets (
    id uuid primary key default gen_random_uuid(),
    name text not null unique check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    account_id uuid not null references accounts,
    rules jsonb not null,
    created_at timestamptz not null default now(),
    changed_at timestamptz not null default now()
);

-- Written by: webapp. A request; the release job answers it with a row in `releases`.
create table release_requests (
    release_id text primary key check (release_id ~ '^[a-z0-9][a-z0-9-]{0,62}-[0-9]+$'),
    subset_id uuid not null references subsets,
    number integer not null check (number > 0),
    rules jsonb not null,
    account_id uuid not null references accounts,
    requested_at timestamptz not null default now(),
    unique (subset_id, number)
);
create index release_requests_newest on release_requests (requested_at desc, release_id desc);

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

-- A release never changes, whoever asks.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'a release never changes';
end $$;
create trigger releases_are_frozen before update or delete on releases
    for each row execute function refuse_change();

-- Written by: spark_jobs (release).
create table release_failures (
    release_id text primary key references release_requests,
    reason text not null,
    failed_at timestamptz not null default now()
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

-- Written by: webapp. Who took a release home while signed in: they are told what is withdrawn.
create table release_downloads (
    release_id text not null references releases,
    account_id uuid not null references accounts,
    first_at timestamptz not null default now(),
    last_at timestamptz not null default now(),
    primary key (release_id, account_id)
);

-- Written by: spark_jobs (withdraw). Files of releases whose photo is gone. `blanked_at`: when zeros
-- took the place of its bytes in the shard.
create table release_withdrawals (
    release_id text not null references releases,
    image_id char(16) not null,
    path text not null,
    file_sha256 bytea not null check (length(file_sha256) = 32),
    shard integer not null,
    kind text not null check (kind in ('withdrawn', 'taken_down')),
    withdrawn_at timestamptz not null default now(),
    blanked_at timestamptz,
    primary key (release_id, image_id)
);
create index release_withdrawals_by_image on release_withdrawals (image_id);

-- Written by: spark_jobs (withdraw). The list of a release's withdrawn files, signed as its manifest.
create table release_withdrawal_lists (
    release_id text primary key references releases,
    list bytea not null,
    signature bytea not null check (length(signature) = 64),
    public_key bytea not null check (length(public_key) = 32),
    made_at timestamptz not null default now()
);

-- A release from its request on: asked for, then ready (its row in `releases`) or failed.
create view release_entries as
select asked.release_id as id, subsets.name as subset, asked.number, asked.rules,
       asked.requested_at, failed.reason,
       ready.label_set_version, ready.files, ready.total_bytes, ready.labels, ready.shards,
       ready.manifest_sha256, ready.signature, ready.public_key, ready.summary, ready.published_at
from release_requests asked
join subsets on subsets.id = asked.subset_id
left join releases ready on ready.id = asked.release_id
left join release_failures failed on failed.release_id = asked.release_id;

-- The lot that draws a split, from 0 to below 1: that of an image's duplicate group, by its keeper.
-- `split_of` in spark_jobs/release/selection/splits.py draws the same one, to 64 bits.
create function split_lot(keeper char(16)) returns double precision
language sql stable parallel safe as $$
    select ('x' || substr(
        encode(sha256(convert_to('split of ' || keeper, 'UTF8')), 'hex'), 1, 12
    ))::bit(48)::bigint / 2.0 ^ 48
$$;

grant insert, update, delete on subsets, release_requests to imagehub_web;
grant insert, update on release_downloads to imagehub_web;

alter table release_downloads enable row level security;
alter table release_downloads force row level security;
create policy owner on release_downloads to current_user using (true) with check (true);
create policy own on release_downloads for select to imagehub_web
    using (account_id = (select asking_account()));
create policy note on release_downloads for insert to imagehub_web
    with check (account_id = (select asking_account()));
create policy note_again on release_downloads for update to imagehub_web
    using (account_id = (select asking_account()));
