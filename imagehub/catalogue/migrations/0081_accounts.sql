-- Written by: webapp, the command `imagehub account` and, for its first admin, `imagehub up`.
-- What an account signs in with; one without a row signs in by a link or a token.
create table credentials (
    account_id uuid primary key references accounts,
    email text unique check (email = lower(email)),
    password_hash text, -- Argon2id with its own parameters
    changed_at timestamptz not null default now()
);

-- Accounts and their tokens are now written by webapp too. A deleted account keeps its row, for
-- what it sent, and loses its name.
alter table accounts
    add column suspended_at timestamptz,
    add column deleted_at timestamptz,
    add column in_force boolean not null
        generated always as (suspended_at is null and deleted_at is null) stored;
alter table tokens
    add column name text not null default 'made by command',
    add column scopes text[] not null default '{read,upload,review,subsets,admin}',
    add column last_used_at timestamptz;

-- A session belongs to an account; one that a token began ends with that token.
delete from sessions;
alter table sessions
    add column account_id uuid not null references accounts,
    alter column token_id drop not null;
create index sessions_by_account on sessions (account_id);

-- Written by: webapp, the command `imagehub account` and `imagehub up`. Links that sign in once.
create table sign_in_links (
    secret_sha256 bytea primary key check (length(secret_sha256) = 32),
    account_id uuid not null references accounts,
    made_at timestamptz not null default now(),
    ends_at timestamptz not null,
    used_at timestamptz
);
