-- Written by: webapp. Two images that a person says show different photos, whatever pixels say;
-- a person who takes that back deletes the row.
create table duplicate_undos (
    image_a char(16) not null references images,
    image_b char(16) not null references images,
    account_id uuid not null references accounts,
    undone_at timestamptz not null default now(),
    primary key (image_a, image_b),
    check (image_a < image_b)
);
create index duplicate_undos_by_second on duplicate_undos (image_b);

-- Written by: spark_jobs (cluster). The undos that the duplicate groups of today were made with:
-- where they differ from what people say now, groups are to be made anew.
create table heeded_undos (
    image_a char(16) not null references images,
    image_b char(16) not null references images,
    primary key (image_a, image_b)
);
