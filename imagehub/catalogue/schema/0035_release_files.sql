-- A release is its manifest; each format's files are put together from skeletons and photos.

-- Written by: spark_jobs (release), with the release.
create table release_files (
    release_id text not null references releases,
    path text not null, -- begins with the format's name
    media_type text not null,
    photos integer not null,
    bytes bigint not null,
    sha256 bytea not null check (length(sha256) = 32), -- of the file before any photo was withdrawn
    skeleton_sha256 bytea not null check (length(skeleton_sha256) = 32),
    primary key (release_id, path)
);
create trigger release_files_are_frozen before update or delete on release_files
    for each row execute function refuse_change();

-- Written by: spark_jobs (release). Numbers of classes where a format wants some that are the same in
-- every release.
create table category_ids (
    mid text primary key references labels,
    id integer not null unique generated always as identity
);

-- Written by: this file and spark_jobs (release). Releases made by an earlier version, which kept
-- photos a second time, in shards: the job deletes these.
create table old_release_shards (release_id text primary key references releases);
insert into old_release_shards select id from releases;

drop view release_entries;
alter table releases drop column shards;
create view release_entries as
select asked.release_id as id, subsets.name as subset, asked.number, asked.rules,
       asked.requested_at, failed.reason,
       ready.label_set_version, ready.files, ready.total_bytes, ready.labels,
       ready.manifest_sha256, ready.signature, ready.public_key, ready.summary, ready.published_at
from release_requests asked
join subsets on subsets.id = asked.subset_id
left join releases ready on ready.id = asked.release_id
left join release_failures failed on failed.release_id = asked.release_id;

alter table release_withdrawals drop column shard, drop column blanked_at;
