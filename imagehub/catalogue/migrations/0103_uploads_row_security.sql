-- What people sent is kept apart by Postgres too. A request reads its asker's own rows, uploads of
-- public images, as a reviewer those of images that wait, and as an admin all.

-- True while a review of the image or of a copy of it is asked for, or the asker has answered.
create function waits_for_asker(image char(16)) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    with near as (
        select image as id
        union select keeper_id from duplicates where image_id = image
        union select m.image_id from duplicates m where m.keeper_id = image
            or m.keeper_id = (select keeper_id from duplicates where image_id = image)
    )
    select exists (
        select from near join verdicts v on v.image_id = near.id
        join verification_versions current using (version)
        where current.is_current and v.outcome = 'needs_review'
    ) or exists (
        select from near join reviews r on r.image_id = near.id
        where r.account_id = asking_account()
    )
$$;

-- True if another account than the asker's holds the id of an upload.
create function held_by_another(wanted uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from acceptances
                   where upload_id = wanted and account_id <> asking_account())
        or exists (select from door_refusals
                   where upload_id = wanted and account_id <> asking_account())
$$;

do $$
declare private text;
begin
    foreach private in array array['uploads', 'acceptances', 'door_refusals'] loop
        execute format('alter table %I enable row level security', private);
        execute format('alter table %I force row level security', private);
        execute format('create policy owner on %I to %I using (true) with check (true)',
                       private, current_user);
        execute format('create policy own on %I to imagehub_web'
                       ' using (account_id = (select asking_account()))'
                       ' with check (account_id = (select asking_account()))', private);
        execute format('create policy admins on %I for select to imagehub_web'
                       ' using ((select asking_as(''admin'')))', private);
    end loop;
end $$;
create policy public on uploads for select to imagehub_web using (exists (
    select from label_set_members m where m.image_id = uploads.image_id and m.removed_in is null
));
create policy reviewers on uploads for select to imagehub_web
    using ((select asking_as('reviewer')) and waits_for_asker(image_id));
revoke update, delete, truncate on acceptances from imagehub_web;
revoke update on door_refusals from imagehub_web;

-- What everybody may know of all uploads together: no view here says whose they are.
create view claim_senders as
    select claimed_label as label, image_id, count(distinct account_id) as senders
    from uploads where state = 'landed' group by claimed_label, image_id;
create view upload_totals as
    select (select count(*) from acceptances) as accepted,
           (select count(*) from door_refusals) as refused_at_the_door,
           (select count(*) from acceptances a
            where a.upload_id in (select upload_id from dead_letters where replayed_at is null)
              and not exists (
                  select from uploads u where u.id = a.upload_id and u.account_id = a.account_id
              )) as set_aside;

-- A receipt is worked out from everybody's uploads, and shown to its owner and to admins.
alter view receipts rename to all_receipts;
create view receipts as
    select * from all_receipts
    where current_user <> 'imagehub_web'
       or account_id = (select asking_account()) or (select asking_as('admin'));
revoke all on all_receipts, settled_receipts from imagehub_web;
