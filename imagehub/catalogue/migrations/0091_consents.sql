-- Written by: webapp and the commands that make accounts. Who accepted which version of the terms
-- and the licence, and when. A row stays as it is: a new version of the terms asks for a new row.
create table consents (
    account_id uuid not null references accounts,
    terms_version integer not null check (terms_version > 0),
    given_at timestamptz not null default now(),
    given_by text not null check (given_by in ('page', 'app', 'command')),
    primary key (account_id, terms_version)
);
revoke update, delete, truncate on consents from imagehub_web;
alter table consents enable row level security;
alter table consents force row level security;
do $$ begin
    execute format('create policy owner on consents to %I using (true) with check (true)',
                   current_user);
end $$;
create policy own on consents to imagehub_web
    using (account_id = (select asking_account()))
    with check (account_id = (select asking_account()));
