-- Written by: webapp. An upload that its contributor takes back. Hidden from here on; the job
-- `withdraw` removes it. The row stays: whoever meets the upload's message again refuses it.
create table withdrawals (
    upload_id uuid primary key,
    account_id uuid not null references accounts,
    photo_sha256 bytea not null check (length(photo_sha256) = 32),
    image_id char(16) not null generated always as (left(encode(photo_sha256, 'hex'), 16)) stored,
    asked_at timestamptz not null default now()
);
create index withdrawals_by_image on withdrawals (image_id);
create index withdrawals_by_account on withdrawals (account_id);

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

-- Written by: spark_jobs (withdraw). A photo that is gone: its digest and why, nothing of a person.
-- Each sweep removes its bytes; who began to store them before a sweep must begin again.
create table tombstones (
    photo_sha256 bytea primary key check (length(photo_sha256) = 32),
    image_id char(16) not null generated always as (left(encode(photo_sha256, 'hex'), 16)) stored,
    kind text not null check (kind in ('withdrawn', 'taken_down')),
    reason text check (reason in ('not_this', 'private', 'rights', 'harm')),
    buried_at timestamptz not null default now(),
    sweep integer not null default 1,
    swept_at timestamptz -- null: bytes may be left
);
create index tombstones_by_image on tombstones (image_id);
create index tombstones_to_sweep on tombstones (buried_at) where swept_at is null;

-- Written by: spark_jobs (withdraw). The answer to a withdrawal: the upload's row is gone.
create table withdrawal_answers (
    upload_id uuid primary key references withdrawals,
    removed_at timestamptz not null default now()
);

-- Written by: spark_jobs (withdraw). Files of releases whose photo is gone. `blanked_at`: when zeros
-- took the place of its bytes in the shard.
create table release_withdrawals (
    release_id text not null references releases,
    image_id char(16) not null,
    path text not null,
    file_sha256 bytea not null check (length(file_sha256) = 32),
    shard integer not null,
    kind text not null check (kind in ('withdrawn', 'taken_down')),
    withdrawn_at timestamptz not null default now(),
    blanked_at timestamptz,
    primary key (release_id, image_id)
);
create index release_withdrawals_by_image on release_withdrawals (image_id);

-- Written by: spark_jobs (withdraw). The list of a release's withdrawn files, signed as its manifest.
create table release_withdrawal_lists (
    release_id text primary key references releases,
    list bytea not null,
    signature bytea not null check (length(signature) = 64),
    public_key bytea not null check (length(public_key) = 32),
    made_at timestamptz not null default now()
);

create index acceptances_by_photo on acceptances (photo_sha256);
create index uploads_refused_as_gone on uploads (photo_sha256, settled_at)
    where code in ('withdrawn', 'photo_withdrawn', 'photo_taken_down', 'photo_being_removed');

-- Withdrawn for everybody (`is_final`), or hidden until somebody has decided.
create view concealed_images as
    select image_id, true as is_final from photo_decisions where outcome = 'take_down'
    union all
    select w.image_id, true from withdrawals w
    join uploads u on u.id = w.upload_id and u.image_id = w.image_id
    where not exists (
        select from uploads o where o.image_id = w.image_id
            and not exists (select from withdrawals x where x.upload_id = o.id)
    );

-- No request sees an image that is concealed, whatever it asks; an admin sees one that waits for a
-- decision. Ingestion and jobs, who own the table, see all.
alter table images enable row level security;
create policy not_concealed on images for select to imagehub_web using (not exists (
    select from concealed_images c where c.image_id = images.id
        and (c.is_final or not (select asking_as('admin')))
));

revoke all on withdrawals, photo_decisions, tombstones, withdrawal_answers, release_withdrawals,
    release_withdrawal_lists from imagehub_web;
grant select, insert on withdrawals, photo_decisions to imagehub_web;
grant select on tombstones, withdrawal_answers, release_withdrawals, release_withdrawal_lists,
    concealed_images to imagehub_web;
do $$
declare private text;
begin
    foreach private in array array['withdrawals', 'photo_decisions'] loop
        execute format('alter table %I enable row level security', private);
        execute format('alter table %I force row level security', private);
        execute format('create policy owner on %I to %I using (true) with check (true)',
                       private, current_user);
    end loop;
end $$;
create policy own on withdrawals to imagehub_web
    using (account_id = (select asking_account()))
    with check (account_id = (select asking_account()));
create policy admins on photo_decisions to imagehub_web
    using ((select asking_as('admin')))
    with check ((select asking_as('admin')) and decided_by = (select asking_account()));

-- Uploads that were taken back, for who may not know by whom.
create view withdrawn_uploads as select upload_id, image_id, asked_at from withdrawals;
revoke all on withdrawn_uploads, concealed_images from imagehub_web;
grant select on withdrawn_uploads, concealed_images to imagehub_web;
