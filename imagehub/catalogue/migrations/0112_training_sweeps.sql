-- Written by: training. Releases whose training shards were cleared of withdrawn files, and of how many.
create table training_sweeps (
    release_id text primary key references releases,
    withdrawn integer not null,
    swept_at timestamptz not null default now()
);
revoke insert, update, delete on training_sweeps from imagehub_web;
