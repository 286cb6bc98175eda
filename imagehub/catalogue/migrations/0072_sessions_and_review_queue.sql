-- Written by: webapp. Who is signed in at a browser; a session ends with the token it began with.
create table sessions (
    secret_sha256 bytea primary key check (length(secret_sha256) = 32),
    token_id uuid not null references tokens,
    begun_at timestamptz not null default now(),
    ends_at timestamptz not null
);
create index sessions_by_end on sessions (ends_at);

-- What waits for a person, the least certain first.
create index verdicts_to_review on verdicts
    (version, abs(probability - 0.5::real), image_id, label)
    where outcome = 'needs_review';
