-- Imports: what people have already, brought in by whoever runs the hub, and a report of every row.

-- Written by: the command `imagehub import` and spark_jobs (imports). By webapp only the two wishes.
create table imports (
    name text primary key check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    account_id uuid not null references accounts, -- the importer, whose the claims are
    source text not null,
    format text not null,
    options jsonb not null default '{}',
    licence text,        -- of photos that name none; null: unknown
    begun_at timestamptz not null default now(),
    read_at timestamptz, -- every row of the source has been met
    retry_asked_at timestamptz,
    undo_asked_at timestamptz,
    undone_at timestamptz
);
create index imports_newest on imports (begun_at desc, name desc);
create index imports_asked on imports (name)
    where retry_asked_at is not null or (undo_asked_at is not null and undone_at is null);

-- Written by: with imports. How far each part of a source is read: an archive, a file of a table.
create table import_parts (
    import_name text not null references imports,
    part text not null,
    position bigint not null default 0, -- bytes of a table that are in the catalogue
    rows bigint not null default 0,     -- and how many rows these were
    is_read boolean not null default false,
    primary key (import_name, part)
);

-- Written by: with imports. What became of each row of a source.
create table import_rows (
    import_name text not null references imports,
    key text not null,                  -- the row's place in the source
    number smallint not null default 0, -- of the labels of one photo
    part text not null,
    label text not null default '',     -- as the source names it
    outcome text not null
        check (outcome in ('waiting', 'landed', 'duplicate', 'refused', 'undone')),
    code text,
    reason text,
    upload_id uuid,                     -- null: refused before it was sent
    attempt smallint not null default 0,
    sent_at timestamptz not null default now(),
    primary key (import_name, key, number),
    check ((outcome = 'refused') = (code is not null and reason is not null))
);
create index import_rows_by_outcome on import_rows (import_name, outcome, key, number);
create index import_rows_of_uploads on import_rows (upload_id) where upload_id is not null;
create index import_rows_waiting on import_rows (sent_at) where outcome = 'waiting';

-- Written by: triggers on import_rows and, for rows that are only in tables of their own, with them.
-- The sum over the slots is how many rows of an import have an outcome; several, so that rows that
-- are written at once seldom wait for one another.
create table import_counts (
    import_name text not null references imports,
    outcome text not null,
    code text not null default '',
    slot smallint not null,
    rows bigint not null,
    example text not null default '', -- one of the rows' reasons
    primary key (import_name, outcome, code, slot)
);

create function count_import_rows() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if tg_op <> 'INSERT' then
        insert into import_counts
            select import_name, outcome, coalesce(code, ''), pg_backend_pid() % 64, -count(*),
                coalesce(min(reason), '')
            from gone group by 1, 2, 3 order by 1, 2, 3
            on conflict (import_name, outcome, code, slot)
                do update set rows = import_counts.rows + excluded.rows;
    end if;
    if tg_op <> 'DELETE' then
        insert into import_counts
            select import_name, outcome, coalesce(code, ''), pg_backend_pid() % 64, count(*),
                coalesce(min(reason), '')
            from come group by 1, 2, 3 order by 1, 2, 3
            on conflict (import_name, outcome, code, slot)
                do update set rows = import_counts.rows + excluded.rows;
    end if;
    return null;
end $$;
create trigger count_inserted after insert on import_rows
    referencing new table as come for each statement execute function count_import_rows();
create trigger count_updated after update on import_rows
    referencing old table as gone new table as come
    for each statement execute function count_import_rows();
create trigger count_deleted after delete on import_rows
    referencing old table as gone for each statement execute function count_import_rows();

-- Written by: with imports; a withdrawal deletes the row. Whom to thank for an imported photo, and
-- what one may do with it. It is written before the photo is sent: none is here without its licence.
create table photo_origins (
    upload_id uuid primary key,
    licence text,                        -- an SPDX identifier; null: unknown
    licence_words text not null default '', -- as the source says it
    author text not null default '',
    title text not null default '',
    source_url text not null default ''
);

-- Photos that nobody may pass on as far as is known: in no label set, and so in no release.
create view unlicensed_images as
    select i.id as image_id from images i join photo_origins o on o.upload_id = i.first_upload_id
    where o.licence is null;
revoke select on unlicensed_images from imagehub_web;

-- Marks that let `organise` run by themselves; what verification changes waits until it is done.
alter table unorganised add column is_due boolean not null default false;
create index unorganised_due on unorganised (id) where is_due;

-- A licence that becomes known lets the photo into the label sets.
create function mark_licensed_unorganised() returns trigger language plpgsql as $$
begin
    insert into unorganised (image_id, is_due)
        select distinct u.image_id, true from changed c join uploads u on u.id = c.upload_id
        where u.image_id is not null;
    return null;
end $$;
create trigger unorganised_licensed after update on photo_origins
    referencing new table as changed for each statement execute function mark_licensed_unorganised();

grant update (retry_asked_at, undo_asked_at) on imports to imagehub_web;

-- Imports are the operators' business: requests of admins read them, and those of nobody else.
do $$
declare
    name text;
begin
    foreach name in array array['imports', 'import_parts', 'import_rows', 'import_counts'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy owner on %I to current_user using (true) with check (true)', name);
        execute format('create policy admins on %I to imagehub_web using ((select asking_as(''admin'')))', name);
    end loop;
end $$;

-- Who may read an upload reads whose photo it was.
alter table photo_origins enable row level security;
alter table photo_origins force row level security;
create policy owner on photo_origins to current_user using (true) with check (true);
create policy with_upload on photo_origins for select to imagehub_web
    using (exists (select from uploads u where u.id = photo_origins.upload_id));
