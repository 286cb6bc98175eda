-- The bytes that are stored, as counters: the operator's page and /metrics tell them.

create function count_bytes() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if tg_op <> 'INSERT' then
        insert into row_counts
            select t.name, pg_backend_pid() % 64, -t.total
            from (select sum(photo_bytes) as photos, sum(full_bytes) as fulls from gone) s,
                lateral (values ('full_bytes', s.fulls), ('photo_bytes', s.photos)) t (name, total)
            where t.total is not null
            on conflict (name, part) do update set total = row_counts.total + excluded.total;
    end if;
    if tg_op <> 'DELETE' then
        insert into row_counts
            select t.name, pg_backend_pid() % 64, t.total
            from (select sum(photo_bytes) as photos, sum(full_bytes) as fulls from come) s,
                lateral (values ('full_bytes', s.fulls), ('photo_bytes', s.photos)) t (name, total)
            where t.total is not null
            on conflict (name, part) do update set total = row_counts.total + excluded.total;
    end if;
    return null;
end $$;

create trigger count_bytes_inserted after insert on images
    referencing new table as come for each statement execute function count_bytes();
create trigger count_bytes_updated after update on images
    referencing old table as gone new table as come
    for each statement execute function count_bytes();
create trigger count_bytes_deleted after delete on images
    referencing old table as gone for each statement execute function count_bytes();
insert into row_counts
    select 'photo_bytes', 0, coalesce(sum(photo_bytes), 0) from images
    union all select 'full_bytes', 0, coalesce(sum(full_bytes), 0) from images;

create or replace view storage_totals as
    select (select total from landing_counts where name = 'images') as images,
           (select coalesce(sum(total), 0)::bigint from row_counts where name = 'photo_bytes')
               as original_bytes,
           (select coalesce(sum(total), 0)::bigint from row_counts where name = 'full_bytes')
               as full_bytes,
           pg_database_size(current_database()) as catalogue_bytes;
