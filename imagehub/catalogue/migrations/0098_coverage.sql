-- Written by: ingestion, with images. How light the photo is: the mean luma of its view, 0 to 255;
-- null for photos that landed before this was measured.
alter table images add column brightness smallint check (brightness between 0 and 255);

-- Written by: spark_jobs (coverage). How many images of each label set (with descendants) were taken
-- in which region of 10 degrees, by what kind of device, in what light, and in which cluster of the
-- label they are. Empty, and -1 for a cluster: not known.
create table coverage_cells (
    label text not null references labels,
    place text not null,
    device text not null check (device in ('', 'phone', 'camera', 'other')),
    light text not null check (light in ('', 'dark', 'normal', 'bright')),
    cluster smallint not null,
    images integer not null check (images > 0),
    primary key (label, place, device, light, cluster)
);
revoke insert, update, delete on coverage_cells from imagehub_web;
