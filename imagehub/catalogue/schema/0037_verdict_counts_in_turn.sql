-- Executors judge labels side by side, and each changes several counters: in turn, or two of them might
-- each wait for a counter that the other one holds. What follows in such a transaction is short.
create or replace function count_verdicts() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('verdict_counts', 0));
    if tg_op <> 'INSERT' then
        insert into verdict_counts
            select version, coalesce(label, ''), outcome, -count(*) from gone
            group by grouping sets ((version, label, outcome), (version, outcome))
            on conflict (version, label, outcome) do update
                set images = verdict_counts.images + excluded.images;
    end if;
    if tg_op <> 'DELETE' then
        insert into verdict_counts
            select version, coalesce(label, ''), outcome, count(*) from come
            group by grouping sets ((version, label, outcome), (version, outcome))
            on conflict (version, label, outcome) do update
                set images = verdict_counts.images + excluded.images;
    end if;
    return null;
end $$;
