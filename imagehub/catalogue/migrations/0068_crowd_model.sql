-- Written by: spark_jobs (verify). What the crowd's photos say together, for each version of
-- verification: kept by differences, in the transaction that changes a claim's weight.
create table crowd_models (
    version integer primary key references verification_versions on delete cascade,
    taken_to bigint not null default 0, -- uploads up to this (landed_in, id) are enrolled
    taken_upload uuid not null default '00000000-0000-0000-0000-000000000000',
    reviews_to timestamptz not null default '-infinity', -- reviews before this are known
    photos bigint not null default 0,   -- claims that count
    gram bytea not null default '',     -- sum of v x x', 256 x 256 float64; '' is all zeros
    revision bigint not null default 0, -- grows with every change
    fit integer not null default 0,     -- grows when every claim is weighed anew
    fitted_photos integer not null default 0,
    rounds_left integer not null default 0
);
alter table crowd_models alter gram set storage external;

-- Written by: spark_jobs (verify), with crowd_models.
create table crowd_labels (
    version integer not null references verification_versions on delete cascade,
    label text not null references labels,
    photos integer not null,            -- claims that count
    voice double precision not null,    -- and the sum of v = weight x loudness
    embeddings bytea not null,          -- sum of v x, 256 float64
    judged_photos integer not null default 0, -- how many there were when all were judged
    judged_fit integer not null default 0,
    primary key (version, label)
);

-- Written by: spark_jobs (verify), with crowd_models. One row for each claim that was taken in.
create table crowd_claims (
    version integer not null references verification_versions on delete cascade,
    image_id char(16) not null references images,
    label text not null references labels,
    weight double precision check (weight between 0 and 1), -- probability that it is right; null: not fit
    loudness double precision not null default 1, -- less for many photos of one contributor
    accounts uuid[] not null,           -- who claims it, as counted in contributor_records
    reviews text not null default '',   -- the answers that were there when it became due
    next_step text check (next_step in ('judge', 'weigh')),
    primary key (version, image_id, label)
);
create index crowd_claims_by_label on crowd_claims (version, label, image_id);
create index crowd_claims_of_contributors on crowd_claims (version, label, (accounts[1]))
    where weight is not null;
create index crowd_claims_that_wait on crowd_claims (version, next_step, label)
    where next_step is not null;
create index crowd_claims_reviewed on crowd_claims (version, image_id, label)
    where reviews <> '';

-- Written by: spark_jobs (verify), with crowd_models. A contributor's claims on fit photos, and how
-- many of them are right by expectation.
create table contributor_records (
    version integer not null references verification_versions on delete cascade,
    account_id uuid not null references accounts,
    claims integer not null,
    right_claims double precision not null,
    primary key (version, account_id)
);
