-- Photos that the hub knows by reference only, and what is said of them: Open Images' tables.
--
-- Each import has a partition of its own in both tables, which the command `imagehub import` makes,
-- fills by COPY, indexes when it is full, and drops when the import is undone.
alter table imports add column number integer generated always as identity unique;

-- Written by: the command `imagehub import` and spark_jobs (imports).
create table referenced_photos (
    import_number integer not null,
    bytes integer check (bytes > 0),
    rotation smallint check (rotation in (0, 90, 180, 270)), -- degrees to turn it upright; null: unknown
    id text not null check (length(id) = 16), -- the source's own: it is no image's id
    subset text not null,
    url text not null,
    page_url text not null,
    licence text,                             -- an SPDX identifier; null: unknown
    author text not null,
    title text not null,
    md5 bytea check (length(md5) = 16)
) partition by list (import_number);

-- Who says so: `machine` is a network, all others are people.
create type label_source as enum (
    'verification', 'crowdsource-verification', 'machine', 'generated', 'xclick', 'activemil'
);

-- Written by: with referenced_photos. What an importer says of such photos. No verdict reads it:
-- whatever stands here outvotes nobody.
create table imported_labels (
    import_number integer not null,
    confidence real not null check (confidence between 0 and 1), -- of people: 1 it is there, 0 it is not
    source label_source not null,
    photo text not null check (length(photo) = 16),
    label text not null
) partition by list (import_number);

do $$
declare
    name text;
begin
    foreach name in array array['referenced_photos', 'imported_labels'] loop
        execute format('alter table %I enable row level security', name);
        execute format('alter table %I force row level security', name);
        execute format('create policy owner on %I to current_user using (true) with check (true)', name);
        execute format('create policy admins on %I to imagehub_web using ((select asking_as(''admin'')))', name);
    end loop;
end $$;
