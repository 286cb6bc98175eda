-- Uploads that landed without an acceptance, so that a list of receipts never looks for them among
-- all uploads of an account.

-- Written by: triggers on uploads and acceptances. An acceptance may come later: then the row means nothing.
create table unaccepted_uploads (
    upload_id uuid primary key references uploads on delete cascade,
    account_id uuid not null references accounts,
    accepted_at timestamptz not null
);
create index unaccepted_uploads_by_account
    on unaccepted_uploads (account_id, accepted_at desc, upload_id);
insert into unaccepted_uploads
    select id, account_id, accepted_at from uploads
    where not exists (select from acceptances a where a.upload_id = uploads.id);

create function note_unaccepted() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into unaccepted_uploads
        select id, account_id, accepted_at from come
        where not exists (select from acceptances a where a.upload_id = come.id)
        on conflict do nothing;
    return null;
end $$;
create trigger note_unaccepted after insert on uploads
    referencing new table as come for each statement execute function note_unaccepted();

-- Nobody deletes acceptances; a catalogue that was restored in parts may lack some.
create function note_acceptance_lost() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into unaccepted_uploads
        select u.id, u.account_id, u.accepted_at from gone join uploads u on u.id = gone.upload_id
        on conflict do nothing;
    return null;
end $$;
create trigger note_acceptance_lost after delete on acceptances
    referencing old table as gone for each statement execute function note_acceptance_lost();

alter table unaccepted_uploads enable row level security;
alter table unaccepted_uploads force row level security;
create policy owner on unaccepted_uploads to current_user using (true) with check (true);
create policy own on unaccepted_uploads for select to imagehub_web
    using (account_id = (select asking_account()));

-- As in 0014_receipts.sql, but for where uploads without an acceptance are found.
create or replace view all_receipts as
select asked.upload_id, asked.client_key, asked.account_id, asked.asked_at,
       asked.door_code, asked.door_reason,
       asked.claimed_label, labels.name as label_name, asked.photo_sha256,
       u.state as settled_state, u.code as settled_code, u.reason as settled_reason, u.settled_at,
       u.image_id, images.first_upload_id,
       checks.checked_at,
       v.outcome, v.reasons, v.decided_at,
       near.keeper_id,
       coalesce((
           select true from current_members m where m.image_id = u.image_id limit 1
       ), false) as image_is_public,
       coalesce((
           select true from uploads e
           where e.image_id = u.image_id and e.account_id = u.account_id
             and (e.settled_at, e.id) < (u.settled_at, u.id) limit 1
       ), false) as sent_before,
       coalesce((
           select true from current_members m where m.image_id = near.keeper_id limit 1
       ), false) as keeper_is_public,
       coalesce((
           select true from uploads e
           where e.image_id = near.keeper_id and e.account_id = asked.account_id limit 1
       ), false) as keeper_is_own,
       case when u.settled_at is null then (
           select min(d.set_aside_at) from dead_letters d
           where d.upload_id = asked.upload_id and d.replayed_at is null
       ) end as set_aside_at,
       v.probability, v.evidence, v.version as verification_version,
       (current.thresholds->>'prior')::float as prior,
       checks.findings,
       coalesce((
           select true from uploads o
           where o.image_id = u.image_id and o.claimed_label = asked.claimed_label
             and o.account_id <> asked.account_id limit 1
       ), false) as is_shared_claim
from (
    select upload_id, client_key, account_id, accepted_at as asked_at,
           null as door_code, null as door_reason, claimed_label, photo_sha256
    from acceptances
    union all
    select upload_id, client_key, account_id, refused_at, code, reason, null, null
    from door_refusals
    union all -- the API died between the log's yes and its own; the upload counts
    select u.id, null, u.account_id, u.accepted_at, null, null, u.claimed_label, u.photo_sha256
    from unaccepted_uploads n join uploads u on u.id = n.upload_id
    where not exists (select from acceptances a where a.upload_id = u.id)
) as asked
left join labels on labels.mid = asked.claimed_label
left join uploads u on u.id = asked.upload_id and u.account_id = asked.account_id
left join images on images.id = u.image_id
left join current_version current on true
left join image_checks checks
    on checks.version = current.version and checks.image_id = u.image_id
left join verdicts v
    on v.version = current.version and v.image_id = u.image_id and v.label = u.claimed_label
left join duplicates near on near.image_id = u.image_id;
