-- The portal and the API act as this role, whoever they connect as: it owns no table, so that the
-- rules below hold for it. Ingestion, jobs and commands act as the owner of the tables.
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
grant select on all tables in schema public to imagehub_web;
grant usage on all sequences in schema public to imagehub_web;
alter default privileges in schema public
    grant select, insert, update, delete on tables to imagehub_web;
alter default privileges in schema public grant usage on sequences to imagehub_web;
grant insert, update, delete on
    acceptances, door_refusals, subsets, release_requests, reviews, duplicate_undos,
    tokens, sessions, credentials, sign_in_links to imagehub_web;
grant insert, update on accounts to imagehub_web;
grant insert on audit_events to imagehub_web;
do $$ begin -- where a later migration came before this one
    if to_regclass('training_requests') is not null then
        grant insert, update, delete on training_requests, training_cancels to imagehub_web;
    end if;
end $$;

-- Where and with what a photo was taken is read by no page: the role may not even ask for it.
revoke select on uploads from imagehub_web;
grant select (id, account_id, claimed_label, photo_sha256, image_id, state, code, reason, taken_at,
              accepted_at, settled_at) on uploads to imagehub_web;

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

do $$
declare private text;
begin
    foreach private in array array[
        'tokens', 'sessions', 'credentials', 'sign_in_links', 'audit_events', 'reviews'
    ] loop
        execute format('alter table %I enable row level security', private);
        execute format('alter table %I force row level security', private);
        execute format('create policy owner on %I to %I using (true) with check (true)',
                       private, current_user);
        execute format('create policy own on %I to imagehub_web'
                       ' using (account_id = (select asking_account()))'
                       ' with check (account_id = (select asking_account()))', private);
    end loop;
    foreach private in array array[
        'tokens', 'sessions', 'credentials', 'sign_in_links', 'audit_events'
    ] loop
        execute format('create policy door on %I to imagehub_web'
                       ' using ((select at_the_door())) with check ((select at_the_door()))',
                       private);
    end loop;
end $$;
-- An admin ends the sessions of whom he suspends, and reads the log and adds to it.
create policy admins on sessions for delete to imagehub_web using ((select asking_as('admin')));
create policy admins_find on sessions for select to imagehub_web using ((select asking_as('admin')));
create policy admins on audit_events to imagehub_web
    using ((select asking_as('admin'))) with check ((select asking_as('admin')));
-- Reviewers read each other's answers.
create policy reviewers on reviews for select to imagehub_web
    using ((select asking_as('reviewer') or asking_as('admin')));
