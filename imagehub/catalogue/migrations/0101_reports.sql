-- Written by: webapp. What somebody, or a visitor (`account_id` is null), says against a photo. It
-- is open until an admin has decided; then it names the decision.
create table photo_reports (
    id uuid primary key default gen_random_uuid(),
    photo_sha256 bytea not null check (length(photo_sha256) = 32),
    image_id char(16) not null generated always as (left(encode(photo_sha256, 'hex'), 16)) stored,
    account_id uuid references accounts,
    kind text not null check (kind in ('not_this', 'private', 'rights', 'harm')),
    words text not null default '' check (length(words) <= 1000),
    reported_at timestamptz not null default clock_timestamp(),
    decision_id bigint references photo_decisions
);
create unique index photo_reports_once on photo_reports (photo_sha256, account_id, kind)
    where decision_id is null and account_id is not null;
create index photo_reports_open on photo_reports (image_id) where decision_id is null;
create index photo_reports_by_account on photo_reports (account_id);

-- Written by: webapp. Who took a release home while signed in: they are told what is withdrawn.
create table release_downloads (
    release_id text not null references releases,
    account_id uuid not null references accounts,
    first_at timestamptz not null default now(),
    last_at timestamptz not null default now(),
    primary key (release_id, account_id)
);

revoke all on photo_reports, release_downloads from imagehub_web;
grant select, insert on photo_reports to imagehub_web;
grant update (decision_id) on photo_reports to imagehub_web;
grant select, insert, update on release_downloads to imagehub_web;
do $$
declare private text;
begin
    foreach private in array array['photo_reports', 'release_downloads'] loop
        execute format('alter table %I enable row level security', private);
        execute format('alter table %I force row level security', private);
        execute format('create policy owner on %I to %I using (true) with check (true)',
                       private, current_user);
        execute format('create policy own on %I for select to imagehub_web'
                       ' using (account_id = (select asking_account()))', private);
    end loop;
end $$;
create policy report on photo_reports for insert to imagehub_web with check (
    account_id is not distinct from (select asking_account()) and decision_id is null
);
create policy admins_read on photo_reports for select to imagehub_web
    using ((select asking_as('admin')));
create policy admins_decide on photo_reports for update to imagehub_web
    using ((select asking_as('admin')));
create policy note on release_downloads for insert to imagehub_web
    with check (account_id = (select asking_account()));
create policy note_again on release_downloads for update to imagehub_web
    using (account_id = (select asking_account()));

-- A grave report hides a photo until somebody has decided; not again what an admin has decided to
-- keep for the same kind of reason.
create or replace view concealed_images as
    select image_id, true as is_final from photo_decisions where outcome = 'take_down'
    union all
    select w.image_id, true from withdrawals w
    join uploads u on u.id = w.upload_id and u.image_id = w.image_id
    where not exists (
        select from uploads o where o.image_id = w.image_id
            and not exists (select from withdrawals x where x.upload_id = o.id)
    )
    union all
    select r.image_id, false from photo_reports r
    where r.decision_id is null and r.kind in ('private', 'harm') and not exists (
        select from photo_decisions d where d.image_id = r.image_id
            and d.outcome = 'keep' and d.kind = r.kind
    );

-- The accounts whose uploads lead to an image, for who must tell them: the rows are not all to be read.
create function senders_of(image char(16)) returns setof uuid
    language sql stable security definer set search_path = public, pg_temp as $$
    select distinct account_id from uploads where image_id = image
$$;
revoke execute on function senders_of from public;
grant execute on function senders_of to imagehub_web;
