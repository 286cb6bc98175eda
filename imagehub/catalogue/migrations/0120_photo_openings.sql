-- Written by: webapp. An admin opened a photo that is not public for a while, and said why.
create table photo_openings (
    id bigint generated always as identity primary key,
    account_id uuid not null references accounts, -- the admin's
    image_id char(16) not null,
    reason text not null check (reason <> '' and length(reason) <= 1000),
    opened_at timestamptz not null default clock_timestamp(),
    ends_at timestamptz not null
);
create index photo_openings_by_account on photo_openings (account_id, image_id, ends_at);
revoke all on photo_openings from imagehub_web;
grant select, insert on photo_openings to imagehub_web;
alter table photo_openings enable row level security;
alter table photo_openings force row level security;
do $$ begin
    execute format('create policy owner on photo_openings to %I using (true) with check (true)',
                   current_user);
end $$;
create policy own on photo_openings for select to imagehub_web
    using (account_id = (select asking_account()));
create policy admins on photo_openings for insert to imagehub_web
    with check (account_id = (select asking_account()) and (select asking_as('admin')));

-- True if an admin's work leads to a photo that is not public: it, or a copy of it, waits for a
-- review, is reported, stands as an example beside a label that is proposed, or the admin opened it.
create function opened_to(admin uuid, image char(16)) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    with near as (
        select image as id
        union select keeper_id from duplicates where image_id = image
        union select m.image_id from duplicates m where m.keeper_id = image
            or m.keeper_id = (select keeper_id from duplicates where image_id = image)
    )
    select waits_for_asker(image)
        or exists (select from near join photo_openings o on o.image_id = near.id
                   where o.account_id = admin and o.ends_at > now())
        or exists (select from near join photo_reports r on r.image_id = near.id
                   where r.decision_id is null)
        or exists (select from near join uploads u on u.image_id = near.id
                   join label_proposals p on u.id = any(p.examples)
                   where not exists (select from label_events e where e.proposal_id = p.id))
$$;

-- Being an admin is no longer enough to read what people sent.
drop policy admins on uploads;
create policy admins on uploads for select to imagehub_web
    using ((select asking_as('admin')) and opened_to((select asking_account()), image_id));
drop policy admins on acceptances;
drop policy admins on door_refusals;
create or replace view receipts as
    select * from all_receipts
    where current_user <> 'imagehub_web'
       or account_id = (select asking_account())
       or ((select asking_as('admin'))
           and (image_is_public or opened_to((select asking_account()), image_id)));

-- How fast uploads come and are settled, whoever sent them.
create view upload_rates as
    select (select count(*) from acceptances where accepted_at > now() - interval '1 hour')
               as accepted_hour,
           (select count(*) from acceptances where accepted_at > now() - interval '1 day')
               as accepted_day,
           (select count(*) from uploads where settled_at > now() - interval '1 hour')
               as settled_hour,
           (select count(*) from uploads where settled_at > now() - interval '1 day')
               as settled_day;
