-- Written by: webapp. How long requests took, added up by route and day.
create table page_times (
    day date not null default current_date,
    method text not null,
    rule text not null,
    requests bigint not null,
    failures bigint not null, -- answered with 500 or above
    seconds double precision not null,
    slowest_seconds double precision not null,
    primary key (day, method, rule)
);
revoke delete on page_times from imagehub_web;

-- Written by: webapp. An admin wants the dead letters tried again.
create table replay_requests (
    id bigint generated always as identity primary key,
    asked_by uuid not null references accounts,
    asked_at timestamptz not null default clock_timestamp()
);
revoke update, delete on replay_requests from imagehub_web;

-- Written by: ingestion. The answer: so many are in the upload log again.
create table replay_answers (
    request_id bigint primary key references replay_requests,
    replayed integer not null,
    answered_at timestamptz not null default clock_timestamp()
);
revoke insert, update, delete on replay_answers from imagehub_web;

-- What came lately is at the end of these tables.
create index acceptances_by_time on acceptances using brin (accepted_at);
create index uploads_by_time on uploads using brin (settled_at);

-- What is stored, whoever may see it.
create view storage_totals as
    select count(*) as images, coalesce(sum(photo_bytes), 0) as original_bytes,
           coalesce(sum(full_bytes), 0) as full_bytes,
           pg_database_size(current_database()) as catalogue_bytes
    from images;
