-- Accounts, what they sign in with, and what they may do.
--
-- The portal and the API act as the role imagehub_web, whoever they connect as: it owns no table, so
-- that row-level security holds for it. Ingestion, jobs and commands act as the owner of the tables.
-- A request may read each table and view; what it may write is granted table by table.
do $$ begin
    create role imagehub_web nologin;
exception when duplicate_object or unique_violation then null; -- another database has made it
end $$;
do $$ begin
    if not (select rolsuper from pg_roles where rolname = current_user) then
        execute format('grant imagehub_web to %I', current_user);
    end if;
end $$;
grant usage on schema public to imagehub_web;
grant select on migrations to imagehub_web;
alter default privileges in schema public grant select on tables to imagehub_web;
alter default privileges in schema public grant usage on sequences to imagehub_web;

-- Written by: webapp, the commands `imagehub token` and `imagehub account` and, for its first admin,
-- `imagehub up`. A deleted account keeps its row, for what it sent, and loses its name.
create table accounts (
    id uuid primary key default gen_random_uuid(),
    name text not null unique check (name <> ''),
    roles text[] not null -- roles are capabilities, not a ladder
        check (roles <@ array['contributor', 'reviewer', 'premium', 'admin']),
    created_at timestamptz not null default now(),
    suspended_at timestamptz,
    deleted_at timestamptz,
    in_force boolean not null
        generated always as (suspended_at is null and deleted_at is null) stored
);

-- Written by: webapp and the command `imagehub token`.
create table tokens (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null references accounts,
    secret_sha256 bytea not null unique check (length(secret_sha256) = 32),
    created_at timestamptz not null default now(),
    revoked_at timestamptz,
    name text not null default 'made by command',
    scopes text[] not null default '{read,upload,review,subsets,train,admin}',
    last_used_at timestamptz
);
create index tokens_by_account on tokens (account_id);

-- Written by: webapp. Who is signed in at a browser. One that a token began ends with that token.
create table sessions (
    secret_sha256 bytea primary key check (length(secret_sha256) = 32),
    token_id uuid references tokens,
    begun_at timestamptz not null default now(),
    ends_at timestamptz not null,
    account_id uuid not null references accounts
);
create index sessions_by_end on sessions (ends_at);
create index sessions_by_account on sessions (account_id);

-- Written by: webapp, the command `imagehub account` and `imagehub up`. What an account signs in
-- with; one without a row signs in by a link or a token.
create table credentials (
    account_id uuid primary key references accounts,
    email text unique check (email = lower(email)),
    password_hash text, -- Argon2id with its own parameters
    changed_at timestamptz not null default now()
);

-- Written by: webapp, the command `imagehub account` and `imagehub up`. Links that sign in once.
create table sign_in_links (
    secret_sha256 bytea primary key check (length(secret_sha256) = 32),
    account_id uuid not null references accounts,
    made_at timestamptz not null default now(),
    ends_at timestamptz not null,
    used_at timestamptz
);

-- Written by: webapp and the commands that make accounts. Who accepted which version of the terms
-- and the licence, and when. A row stays as it is: a new version of the terms asks for a new row.
create table consents (
    account_id uuid not null references accounts,
    terms_version integer not null check (terms_version > 0),
    given_at timestamptz not null default now(),
    given_by text not null check (given_by in ('page', 'app', 'command')),
    primary key (account_id, terms_version)
);

-- Written by: webapp and the command `imagehub account`. What was done to accounts, by whom; nobody
-- changes or deletes a row, not even who owns the table.
create table audit_events (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    actor_id uuid references accounts, -- null: a visitor, or a command at the machine itself
    account_id uuid not null references accounts, -- whom it concerns
    action text not null,
    detail text not null default ''
);
create index audit_events_by_account on audit_events (account_id, id desc);

create function refuse_audit_change() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log only grows';
end $$;
create trigger audit_events_only_grow before update or delete on audit_events
    for each row execute function refuse_audit_change();
create trigger audit_events_are_kept before truncate on audit_events
    for each statement execute function refuse_audit_change();

-- Written by: webapp. How often something was asked for in a window of time, by account, by address
-- and in all; bytes are counted as uses are. Losing it in a crash only forgives what was asked.
create unlogged table rate_counts (
    bucket text primary key,
    uses bigint not null,
    ends_at timestamptz not null
);
create index rate_counts_by_end on rate_counts (ends_at);

-- Who asks, as the transaction says (`Database.acting_for`, `Database.at_the_door`).
create function asking_account() returns uuid language sql stable as $$
    select nullif(current_setting('imagehub.account', true), '')::uuid
$$;
create function asking_as(role text) returns boolean language sql stable as $$
    select exists (
        select from accounts where id = asking_account() and role = any(roles) and in_force
    )
$$;
-- True while it is still being found out who asks: signing up and in, and reading a token.
create function at_the_door() returns boolean language sql stable as $$
    select coalesce(current_setting('imagehub.door', true), '') = 'open'
$$;

grant insert, update on accounts to imagehub_web;
grant insert, update, delete on tokens, sessions, credentials, sign_in_links, rate_counts
    to imagehub_web;
grant insert on consents, audit_events to imagehub_web;

-- An account's own rows are its own: a request reads and writes those of its asker only.
alter table tokens enable row level security;
alter table tokens force row level security;
create policy owner on tokens to current_user using (true) with check (true);
create policy own on tokens to imagehub_web
    using (account_id = (select asking_account()))
    with check (account_id = (select asking_account()));
create policy door on tokens to imagehub_web
    using ((select at_the_door())) with check ((select at_the_door()));

alter table sessions enable row level security;
alter table sessions force row level security;
create policy owner on sessions to current_user using (true) with check (true);
create policy own on sessions to imagehub_web
    using (account_id = (select asking_account()))
    with check (account_id = (select asking_account()));
create policy door on sessions to imagehub_web
    using ((select at_the_door())) with check ((select at_the_door()));
-- An admin ends the sessions of whom he suspends.
create policy admins on sessions for delete to imagehub_web using ((select asking_as('admin')));
create policy admins_find on sessions for select to imagehub_web
    using ((select asking_as('admin')));

alter table credentials enable row level security;
alter table credentials force row level security;
create policy owner on credentials to current_user using (true) with check (true);
create policy own on credentials to imagehub_web
    using (account_id = (select asking_account()))
    with check (account_id = (select asking_account()));
create policy door on credentials to imagehub_web
    using ((select at_the_door())) with check ((select at_the_door()));

alter table sign_in_links enable row level security;
alter table sign_in_links force row level security;
create policy owner on sign_in_links to current_user using (true) with check (true);
create policy own on sign_in_links to imagehub_web
    using (account_id = (select asking_account()))
    with check (account_id = (select asking_account()));
create policy door on sign_in_links to imagehub_web
    using ((select at_the_door())) with check ((select at_the_door()));

alter table consents enable row level security;
alter table consents force row level security;
create policy owner on consents to current_user using (true) with check (true);
create policy own on consents to imagehub_web
    using (account_id = (select asking_account()))
    with check (account_id = (select asking_account()));

alter table audit_events enable row level security;
alter table audit_events force row level security;
create policy owner on audit_events to current_user using (true) with check (true);
create policy own on audit_events to imagehub_web
    using (account_id = (select asking_account()))
    with check (account_id = (select asking_account()));
create policy door on audit_events to imagehub_web
    using ((select at_the_door())) with check ((select at_the_door()));
-- Admins read the log and add to it.
create policy admins on audit_events to imagehub_web
    using ((select asking_as('admin'))) with check ((select asking_as('admin')));
