-- The embedded upload log: topics, their messages, and how far each group of consumers has read.

-- Written by: imagehub.log.postgres.
create table log_topics (
    topic text primary key,
    next_offset bigint not null default 0
);

-- Written by: imagehub.log.postgres. `value` is the end of the message's bytes; its pieces, if it
-- has any, come before it.
create table log_messages (
    topic text not null references log_topics,
    "offset" bigint not null,
    key text not null,
    headers jsonb not null,
    value bytea not null,
    appended_at timestamptz not null default now(),
    pieces bigint,
    pieces_bytes bigint not null default 0,
    primary key (topic, "offset")
);
alter table log_messages alter column value set storage external; -- photos do not compress

-- Written by: imagehub.log.postgres_append.
--
-- A photo in the log is cut into rows that each fill a page, which Postgres takes in at twice the
-- speed of one large value (those it cuts into a quarter of a page, each with a log record of its
-- own).
create table log_pieces (
    pieces bigint not null,
    number integer not null,
    bytes bytea not null,
    primary key (pieces, number)
);
alter table log_pieces alter column bytes set storage plain;
create sequence log_pieces_ids owned by log_pieces.pieces;

-- Written by: imagehub.log.postgres.
create table log_offsets (
    topic text not null references log_topics,
    consumer_group text not null,
    next_offset bigint not null,
    primary key (topic, consumer_group)
);

-- The log's next offset is given out by the database itself, under the lock of the topic's row,
-- so that an append can be one COPY: the photo's bytes travel as they are, before the lock.
create function assign_log_offset() returns trigger language plpgsql as $$
begin
    insert into log_topics as topics (topic, next_offset) values (new.topic, 1)
    on conflict (topic) do update set next_offset = topics.next_offset + 1
    returning next_offset - 1 into new."offset";
    return new;
end
$$;
create trigger assign_offset before insert on log_messages
    for each row execute function assign_log_offset();
