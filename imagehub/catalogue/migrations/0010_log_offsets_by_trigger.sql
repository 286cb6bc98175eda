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
