-- Written by: webapp. One row for each upload that the API answered with 202.
create table acceptances (
    upload_id uuid primary key,
    account_id uuid not null references accounts,
    claimed_label text not null references labels,
    photo_sha256 bytea not null check (length(photo_sha256) = 32),
    request_sha256 bytea not null check (length(request_sha256) = 32), -- photo, label and metadata
    photo_bytes integer not null,
    accepted_at timestamptz not null default now()
);
create index acceptances_by_account on acceptances (account_id, accepted_at desc, upload_id);

-- Written by: webapp. What the API refused before it reached the log; kept so that its
-- contributor finds the reason on the receipt.
create table door_refusals (
    upload_id uuid primary key,
    account_id uuid not null references accounts,
    code text not null,
    reason text not null,
    refused_at timestamptz not null default now()
);

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
    landed_at timestamptz not null default now()
);
create index images_by_landing on images (landed_at desc, id);
create index images_by_fingerprint on images (fingerprint);

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
    check ((state = 'landed') = (image_id is not null)),
    check ((state = 'refused') = (code is not null and reason is not null))
);
create index uploads_by_image on uploads (image_id, claimed_label);
create index uploads_by_account on uploads (account_id, settled_at desc, id);

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
