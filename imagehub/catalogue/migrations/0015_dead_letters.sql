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
