-- A photo's way into the hub: accepted or refused, landed, set aside, taken back. The receipt that
-- tells it is in 0014_receipts.sql.

-- Written by: webapp. One row for each upload that the API answered with 202.
create table acceptances (
    upload_id uuid primary key,
    account_id uuid not null references accounts,
    claimed_label text not null references labels,
    photo_sha256 bytea not null check (length(photo_sha256) = 32),
    request_sha256 bytea not null check (length(request_sha256) = 32), -- photo, label and metadata
    photo_bytes integer not null,
    accepted_at timestamptz not null default now(),
    -- A client's key is its upload's id, unless another account had used the same key before: then
    -- the upload has an id of its own, and this is what its contributor calls it.
    client_key uuid
);
create index acceptances_by_account on acceptances (account_id, accepted_at desc, upload_id);
create index acceptances_by_photo on acceptances (photo_sha256);
create index acceptances_by_time on acceptances using brin (accepted_at); -- what came lately is last

-- Written by: webapp. What the API refused before it reached the log; kept so that its
-- contributor finds the reason on the receipt.
create table door_refusals (
    upload_id uuid primary key,
    account_id uuid not null references accounts,
    code text not null,
    reason text not null,
    refused_at timestamptz not null default now(),
    client_key uuid -- as in acceptances
);
create index door_refusals_by_account on door_refusals (account_id, refused_at desc, upload_id);

-- Written by: ingestion. One row for each distinct photo.
create table images (
    id char(16) primary key, -- the first 16 hex digits of the digest, as Open Images' ImageID
    photo_sha256 bytea not null unique check (length(photo_sha256) = 32),
    format text not null check (format in ('JPEG', 'PNG', 'WEBP')),
    width integer not null,  -- of the upright original, pixels
    height integer not null,
    photo_bytes integer not null,
    full_sha256 bytea not null check (length(full_sha256) = 32),
    full_bytes integer not null,
    full_crc32 bigint not null,
    full_width integer not null,
    full_height integer not null,
    fingerprint bigint not null, -- 64-bit perceptual hash, as a signed integer
    flags text[] not null default '{}', -- e.g. low_density, archive_tail
    derivative_recipe smallint not null,
    first_upload_id uuid not null,
    landed_at timestamptz not null default now(),
    brightness smallint check (brightness between 0 and 255) -- mean luma of the view; null: not measured
);
create index images_by_landing on images (landed_at desc, id);
create index images_by_fingerprint on images (fingerprint);
-- Multi-index search over fingerprints: one index for each band of 16 bits.
create index images_by_band_0 on images (((fingerprint >> 48) & 65535));
create index images_by_band_1 on images (((fingerprint >> 32) & 65535));
create index images_by_band_2 on images (((fingerprint >> 16) & 65535));
create index images_by_band_3 on images ((fingerprint & 65535));

-- Written by: ingestion. One row for each upload that left the log: landed or refused.
create table uploads (
    id uuid primary key,
    account_id uuid not null references accounts,
    claimed_label text not null references labels,
    photo_sha256 bytea not null check (length(photo_sha256) = 32),
    image_id char(16) references images,
    state text not null check (state in ('landed', 'refused')),
    code text,   -- why it was refused, for programs
    reason text, -- and for people
    taken_at timestamptz,
    latitude real check (latitude between -90 and 90), -- rounded to 0.1 degree
    longitude real check (longitude between -180 and 180),
    device text,
    accepted_at timestamptz not null,
    settled_at timestamptz not null default now(),
    -- The transaction that landed it: who has read up to the oldest transaction that was still open
    -- then has missed none, in whatever order they committed.
    landed_in bigint not null default pg_current_xact_id()::text::bigint,
    check ((state = 'landed') = (image_id is not null)),
    check ((state = 'refused') = (code is not null and reason is not null))
);
create index uploads_by_image on uploads (image_id, claimed_label);
create index uploads_by_account on uploads (account_id, settled_at desc, id);
create index uploads_by_time on uploads using brin (settled_at);
create index uploads_by_transaction on uploads (landed_in, id) where state = 'landed';
-- How many photos were claimed as a label.
create index uploads_by_claimed_label on uploads (claimed_label, image_id)
    where state = 'landed';
create index uploads_refused_as_gone on uploads (photo_sha256, settled_at)
    where code in ('withdrawn', 'photo_withdrawn', 'photo_taken_down', 'photo_being_removed');

-- Written by: ingestion, in the transaction that writes the upload.
create table landing_counts (
    name text primary key check (name in ('landed', 'refused', 'images', 'exact_duplicates')),
    total bigint not null default 0
);
insert into landing_counts (name) values ('landed'), ('refused'), ('images'), ('exact_duplicates');

-- Written by: ingestion, before it decodes: a message that kills its process is known by this.
create table ingestion_attempts (
    topic text not null,
    partition integer not null,
    "offset" bigint not null,
    attempts integer not null,
    first_at timestamptz not null default now(),
    primary key (topic, partition, "offset")
);

-- Written by: ingestion. One row for each message that could not be handled; the message itself
-- lies in the dead letters' topic.
create table dead_letters (
    topic text not null,
    partition integer not null,
    "offset" bigint not null,
    code text not null,
    reason text not null,
    upload_id uuid, -- where the message's key was one
    set_aside_at timestamptz not null default now(),
    replayed_at timestamptz, -- an operator has had the message tried again
    primary key (topic, partition, "offset")
);
create index dead_letters_by_upload on dead_letters (upload_id);

-- Written by: ingestion. What decides whether a flood of dead letters has stopped the line; kept
-- here so that a restart does not forget it.
create table ingestion_lines (
    topic text not null,
    partition integer not null,
    handled integer not null default 0, -- messages of the window, dead letters among them
    dead integer not null default 0,
    consecutive_dead integer not null default 0,
    primary key (topic, partition)
);

-- Written by: webapp. An admin wants the dead letters tried again.
create table replay_requests (
    id bigint generated always as identity primary key,
    asked_by uuid not null references accounts,
    asked_at timestamptz not null default clock_timestamp()
);

-- Written by: ingestion. The answer: so many are in the upload log again.
create table replay_answers (
    request_id bigint primary key references replay_requests,
    replayed integer not null,
    answered_at timestamptz not null default clock_timestamp()
);

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

-- Written by: spark_jobs (withdraw). The answer to a withdrawal: the upload's row is gone.
create table withdrawal_answers (
    upload_id uuid primary key references withdrawals,
    removed_at timestamptz not null default now()
);

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

-- What is claimed of which image, however many uploads say so.
create view claims as
    select distinct claimed_label as label, image_id from uploads where state = 'landed';

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

-- How fast uploads come and are settled.
create view upload_rates as
    select (select count(*) from acceptances where accepted_at > now() - interval '1 hour')
               as accepted_hour,
           (select count(*) from acceptances where accepted_at > now() - interval '1 day')
               as accepted_day,
           (select count(*) from uploads where settled_at > now() - interval '1 hour')
               as settled_hour,
           (select count(*) from uploads where settled_at > now() - interval '1 day')
               as settled_day;

-- What is stored, whoever may see it.
create view storage_totals as
    select count(*) as images, coalesce(sum(photo_bytes), 0) as original_bytes,
           coalesce(sum(full_bytes), 0) as full_bytes,
           pg_database_size(current_database()) as catalogue_bytes
    from images;

-- Uploads that were taken back, for who may not know by whom.
create view withdrawn_uploads as select upload_id, image_id, asked_at from withdrawals;

-- True if another account than the asker's holds the id of an upload.
create function held_by_another(wanted uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (select from acceptances
                   where upload_id = wanted and account_id <> asking_account())
        or exists (select from door_refusals
                   where upload_id = wanted and account_id <> asking_account())
$$;

-- The accounts whose uploads lead to an image, for who must tell them: the rows are not all to be
-- read.
create function senders_of(image char(16)) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
    select distinct account_id from uploads where image_id = image
$$;
revoke execute on function senders_of from public;
grant execute on function senders_of to imagehub_web;

-- Where and with what a photo was taken is read by no page: a request may not even ask for it.
revoke select on uploads from imagehub_web;
grant select (id, account_id, claimed_label, photo_sha256, image_id, state, code, reason, taken_at,
              accepted_at, settled_at) on uploads to imagehub_web;
grant insert on acceptances, withdrawals, replay_requests to imagehub_web;
grant insert, delete on door_refusals to imagehub_web;

-- What people sent is kept apart by Postgres too: a request reads its asker's own rows. More of
-- `uploads` is opened by reviews (0008), label sets (0009) and moderation (0013), which also hides
-- images.
alter table uploads enable row level security;
alter table uploads force row level security;
create policy owner on uploads to current_user using (true) with check (true);
create policy own on uploads to imagehub_web
    using (account_id = (select asking_account()))
    with check (account_id = (select asking_account()));

alter table acceptances enable row level security;
alter table acceptances force row level security;
create policy owner on acceptances to current_user using (true) with check (true);
create policy own on acceptances to imagehub_web
    using (account_id = (select asking_account()))
    with check (account_id = (select asking_account()));

alter table door_refusals enable row level security;
alter table door_refusals force row level security;
create policy owner on door_refusals to current_user using (true) with check (true);
create policy own on door_refusals to imagehub_web
    using (account_id = (select asking_account()))
    with check (account_id = (select asking_account()));

alter table withdrawals enable row level security;
alter table withdrawals force row level security;
create policy owner on withdrawals to current_user using (true) with check (true);
create policy own on withdrawals to imagehub_web
    using (account_id = (select asking_account()))
    with check (account_id = (select asking_account()));
