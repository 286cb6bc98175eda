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
alter table notices enable row level security;
alter table notices force row level security;
do $$ begin
    execute format('create policy owner on notices to %I using (true) with check (true)',
                   current_user);
end $$;
create policy own on notices to imagehub_web
    using (account_id = (select asking_account()));
revoke insert on notices from imagehub_web;

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
