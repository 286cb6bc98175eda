-- What the hub thinks of each photo, and how it comes to think so.
create extension if not exists vector;

-- Written by: spark_jobs (verify). One row for each way to look at a photo: networks and PCA. The
-- version before the current one is kept until another follows, so that the hub can go back to it;
-- what older ones saw is deleted.
create table verification_versions (
    version integer generated always as identity primary key,
    networks jsonb not null,       -- name and sha256 of each network's file
    projection bytea not null,     -- numpy .npz: features -> 256 dimensions
    projection_kind text not null check (projection_kind in ('random', 'pca')),
    fitted_on integer not null,    -- images that the projection was fitted on
    thresholds jsonb not null,
    created_at timestamptz not null default now(),
    is_current boolean not null default false,
    previous integer references verification_versions, -- current before this one
    withdrawn_at timestamptz, -- an operator went back from it to the one before
    emptied_at timestamptz,   -- what it saw and said has been deleted
    current_since timestamptz -- whichever way that came about
);
create unique index one_current_verification_version
    on verification_versions (is_current) where is_current;

create function note_current_since() returns trigger language plpgsql as $$
begin
    new.current_since := now();
    return new;
end $$;
create trigger current_since_insert before insert on verification_versions
    for each row when (new.is_current) execute function note_current_since();
create trigger current_since_update before update of is_current on verification_versions
    for each row when (new.is_current and not old.is_current)
    execute function note_current_since();

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
-- Photos that could not be read are looked at again.
create index image_checks_unreadable on image_checks (version, checked_at)
    where findings @> '[{"code": "unreadable"}]';

-- Written by: spark_jobs (verify).
create table verdicts (
    image_id char(16) not null references images,
    label text not null references labels,
    version integer not null references verification_versions,
    outcome text not null check (outcome in ('verified', 'needs_review', 'rejected')),
    probability real not null check (probability between 0 and 1),
    reasons jsonb not null,        -- [sentence]
    evidence jsonb not null,       -- [{source, probability, sentence}]
    -- How many photos were claimed as the label, and how many fit ones the whole hub held, when this
    -- was decided: a verdict ages as either grows.
    crowd_size integer not null,
    job_run_id bigint not null references job_runs,
    decided_at timestamptz not null default now(),
    hub_size integer not null default 0,
    primary key (version, image_id, label)
);
create index verdicts_by_image on verdicts (image_id);
create index verdicts_by_outcome on verdicts (version, outcome, label);
-- What waits for a person, the least certain first.
create index verdicts_to_review on verdicts
    (version, abs(probability - 0.5::real), image_id, label)
    where outcome = 'needs_review';

-- Written by: spark_jobs (verify). What the crowd's photos say together, for each version of
-- verification: kept by differences, in the transaction that changes a claim's weight.
create table crowd_models (
    version integer primary key references verification_versions on delete cascade,
    taken_to bigint not null default 0, -- uploads up to this (landed_in, id) are enrolled
    taken_upload uuid not null default '00000000-0000-0000-0000-000000000000',
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
    contributors integer not null default 0, -- of the claims that count, each claim's first one
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

-- Written by: spark_jobs (verify). How many claims of a label each contributor had when all claims
-- were weighed last: counted once, where every range of images would count them again.
create table crowd_senders (
    version integer not null references verification_versions on delete cascade,
    label text not null references labels,
    account uuid not null,              -- the first of a claim's accounts
    claims bigint not null,
    primary key (version, label, account)
);

-- Written by: spark_jobs (verify), with crowd_models. A contributor's claims on fit photos, and how
-- many of them are right by expectation.
create table contributor_records (
    version integer not null references verification_versions on delete cascade,
    account_id uuid not null references accounts,
    claims integer not null,
    right_claims double precision not null,
    primary key (version, account_id)
);

-- The one version that verdicts are read from; no row before the first look at a photo.
create view current_version with (security_invoker = true) as
    select version, networks, thresholds, current_since from verification_versions where is_current;

-- Verdicts are decided again when their label, or the whole hub, has grown by a quarter since.
create function has_grown(size bigint, since integer) returns boolean
    immutable parallel safe language sql
    as $$ select size > since and size >= since * 1.25 $$;

-- How often a contributor was right is told in verdicts; no request reads the records themselves.
revoke select on contributor_records, crowd_senders from imagehub_web;
