-- Photos that may not be shown: reports, decisions, and what an admin opens to decide.

-- Written by: webapp. What an admin decided of a photo; a photo is taken down once, for all.
create table photo_decisions (
    id bigint generated always as identity primary key,
    photo_sha256 bytea not null check (length(photo_sha256) = 32),
    image_id char(16) not null generated always as (left(encode(photo_sha256, 'hex'), 16)) stored,
    outcome text not null check (outcome in ('keep', 'take_down')),
    kind text not null check (kind in ('not_this', 'private', 'rights', 'harm')),
    words text not null,
    decided_by uuid not null references accounts,
    decided_at timestamptz not null default clock_timestamp()
);
create index photo_decisions_by_image on photo_decisions (image_id, id);
create unique index photo_taken_down_once on photo_decisions (photo_sha256)
    where outcome = 'take_down';

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

-- Images that nobody may see: withdrawn for everybody (`is_final`), or hidden until somebody has
-- decided. A grave report hides a photo; not again what an admin has decided to keep for the same
-- kind of reason.
create view concealed_images as
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

-- Photos that were taken down, when and why, for receipts: nothing of who decided or reported.
create view takedowns as
    select photo_sha256, kind, decided_at from photo_decisions where outcome = 'take_down';

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

grant insert on photo_decisions, photo_reports, photo_openings to imagehub_web;
grant update (decision_id) on photo_reports to imagehub_web;

alter table photo_decisions enable row level security;
alter table photo_decisions force row level security;
create policy owner on photo_decisions to current_user using (true) with check (true);
create policy admins on photo_decisions to imagehub_web
    using ((select asking_as('admin')))
    with check ((select asking_as('admin')) and decided_by = (select asking_account()));

alter table photo_reports enable row level security;
alter table photo_reports force row level security;
create policy owner on photo_reports to current_user using (true) with check (true);
create policy own on photo_reports for select to imagehub_web
    using (account_id = (select asking_account()));
create policy report on photo_reports for insert to imagehub_web with check (
    account_id is not distinct from (select asking_account()) and decision_id is null
);
create policy admins_read on photo_reports for select to imagehub_web
    using ((select asking_as('admin')));
create policy admins_decide on photo_reports for update to imagehub_web
    using ((select asking_as('admin')));

alter table photo_openings enable row level security;
alter table photo_openings force row level security;
create policy owner on photo_openings to current_user using (true) with check (true);
create policy own on photo_openings for select to imagehub_web
    using (account_id = (select asking_account()));
create policy admins on photo_openings for insert to imagehub_web
    with check (account_id = (select asking_account()) and (select asking_as('admin')));

-- No request sees an image that is concealed, whatever it asks; an admin sees one that waits for a
-- decision. Ingestion and jobs, who own the table, see all.
alter table images enable row level security;
create policy not_concealed on images for select to imagehub_web using (not exists (
    select from concealed_images c where c.image_id = images.id
        and (c.is_final or not (select asking_as('admin')))
));

-- Being an admin is not enough to read what people sent.
create policy admins on uploads for select to imagehub_web
    using ((select asking_as('admin')) and opened_to((select asking_account()), image_id));
