-- Demands for photos, and the ways in which people are told what became of something.

-- Written by: whoever has something to tell an account, through the function tell_account; the
-- webapp marks what was read. What people find on the page Notices.
create table notices (
    id bigint generated always as identity primary key,
    account_id uuid not null references accounts,
    kind text not null check (kind ~ '^[a-z_.]{1,40}$'), -- for programs
    words text not null check (words <> ''),
    link text not null default '' check (link = '' or link ~ '^/[^/\\]'), -- a page of the hub
    once text, -- what is told under the same name is told once
    made_at timestamptz not null default clock_timestamp(),
    read_at timestamptz,
    unique (account_id, once)
);
create index notices_by_account on notices (account_id, id desc);
create index notices_unread on notices (account_id) where read_at is null;

-- Written by: webapp. A demand for more photos of a label: how many that were sent after it was
-- asked are to be verified, until when.
create table demands (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null references accounts, -- who asks
    label text not null references labels,
    target integer not null check (target between 1 and 10000),
    why text not null check (char_length(why) between 1 and 300),
    asked_at timestamptz not null default clock_timestamp(),
    until timestamptz not null check (until > asked_at),
    closed_at timestamptz, -- withdrawn by who asked, or closed by an admin
    closed_by uuid references accounts,
    closed_because text not null default '',
    check ((closed_at is null) = (closed_by is null))
);
create index demands_by_label on demands (label) where closed_at is null;
create index demands_by_account on demands (account_id) where closed_at is null;

-- Written by: webapp. Who is told what becomes of a demand; who asks is one of them.
create table demand_watchers (
    demand_id uuid not null references demands,
    account_id uuid not null references accounts,
    by_mail boolean not null default false,
    joined_at timestamptz not null default clock_timestamp(),
    primary key (demand_id, account_id)
);
create index demand_watchers_by_account on demand_watchers (account_id);

-- Written by: spark_jobs (demands). How far each demand is, and how it ended.
create table demand_progress (
    demand_id uuid primary key references demands,
    verified integer not null,
    counted_at timestamptz not null default clock_timestamp(),
    outcome text check (outcome in ('reached', 'expired')),
    ended_at timestamptz,
    check ((outcome is null) = (ended_at is null))
);

-- Written by: webapp. Where an account wants to be told by HTTP; the secret signs what is sent.
create table webhooks (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null references accounts,
    url text not null check (char_length(url) <= 500),
    secret text not null check (secret like 'whsec\_%'),
    made_at timestamptz not null default clock_timestamp(),
    unique (account_id, url)
);

-- Written by: spark_jobs (demands and deliver). What is sent to a webhook or, without one, by
-- e-mail: tried again, ever later, until it is sent or given up.
create table deliveries (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null references accounts,
    webhook_id uuid references webhooks on delete cascade,
    event text not null,
    body text not null,
    once text not null, -- what is sent under the same name is sent to one place once
    made_at timestamptz not null default clock_timestamp(),
    attempts integer not null default 0,
    next_at timestamptz not null default clock_timestamp(),
    state text not null default 'waiting' check (state in ('waiting', 'sent', 'given_up')),
    answer text not null default '' -- what the last attempt heard
);
create unique index deliveries_once on deliveries
    (once, account_id, coalesce(webhook_id, '00000000-0000-0000-0000-000000000000'));
create index deliveries_due on deliveries (next_at) where state = 'waiting';
create index deliveries_by_account on deliveries (account_id, made_at desc);

-- The demands that have not ended; `verified` is null before the first count.
create view open_demands as
    select d.*, p.verified from demands d left join demand_progress p on p.demand_id = d.id
    where d.closed_at is null and p.outcome is null;

create view demand_entries as
    select d.id, d.label, l.name as label_name, d.target, d.why, d.asked_at, d.until,
           d.account_id, a.name as asker, d.closed_because,
           least(coalesce(p.verified, 0), d.target) as verified,
           coalesce(p.outcome, case when d.closed_at is null then 'open'
                                    when d.closed_by = d.account_id then 'withdrawn'
                                    else 'closed' end) as state,
           coalesce(p.ended_at, d.closed_at) as ended_at,
           (select count(*) from demand_watchers w where w.demand_id = d.id) as watchers
    from demands d join labels l on l.mid = d.label join accounts a on a.id = d.account_id
    left join demand_progress p on p.demand_id = d.id;

-- A request tells others, whose rows it may not see: so it asks the tables' owner to.
create function tell_account(account uuid, about text, said text, page text, named text)
returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into notices (account_id, kind, words, link, once)
    select a.id, about, said, page, named from accounts a where a.id = account and a.in_force
    on conflict (account_id, once) do nothing;
    return found;
end $$;
revoke execute on function tell_account from public;
grant execute on function tell_account to imagehub_web;

revoke select on webhooks from imagehub_web; -- the secret is shown once, when it is made
grant select (id, account_id, url, made_at) on webhooks to imagehub_web;
grant insert, update, delete on webhooks, demands, demand_watchers to imagehub_web;
grant update, delete on notices to imagehub_web;

alter table notices enable row level security;
alter table notices force row level security;
create policy owner on notices to current_user using (true) with check (true);
create policy own on notices to imagehub_web
    using (account_id = (select asking_account()));

alter table webhooks enable row level security;
alter table webhooks force row level security;
create policy owner on webhooks to current_user using (true) with check (true);
create policy own on webhooks to imagehub_web
    using (account_id = (select asking_account()))
    with check (account_id = (select asking_account()));

alter table deliveries enable row level security;
alter table deliveries force row level security;
create policy owner on deliveries to current_user using (true) with check (true);
create policy own on deliveries to imagehub_web
    using (account_id = (select asking_account()))
    with check (account_id = (select asking_account()));
