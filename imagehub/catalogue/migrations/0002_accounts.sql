-- Written by: the command `imagehub token`. Sign-up and sign-in will own these tables later.
create table accounts (
    id uuid primary key default gen_random_uuid(),
    name text not null unique check (name <> ''),
    roles text[] not null check (roles <@ array['contributor', 'operator']),
    created_at timestamptz not null default now()
);

create table tokens (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null references accounts,
    secret_sha256 bytea not null unique check (length(secret_sha256) = 32),
    created_at timestamptz not null default now(),
    revoked_at timestamptz
);
create index tokens_by_account on tokens (account_id);
