-- Written by: imagehub.log.postgres, the embedded upload log.
create table log_topics (
    topic text primary key,
    next_offset bigint not null default 0
);

create table log_messages (
    topic text not null references log_topics,
    "offset" bigint not null,
    key text not null,
    headers jsonb not null,
    value bytea not null,
    appended_at timestamptz not null default now(),
    primary key (topic, "offset")
);
alter table log_messages alter column value set storage external; -- photos do not compress

create table log_offsets (
    topic text not null references log_topics,
    consumer_group text not null,
    next_offset bigint not null,
    primary key (topic, consumer_group)
);
