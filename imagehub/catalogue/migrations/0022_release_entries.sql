-- A release from its wish on: asked for, then ready (its row in `releases`) or failed.
create view release_entries as
select asked.release_id as id, subsets.name as subset, asked.number, asked.rules,
       asked.requested_at, failed.reason,
       ready.label_set_version, ready.files, ready.total_bytes, ready.labels, ready.shards,
       ready.manifest_sha256, ready.signature, ready.public_key, ready.summary, ready.published_at
from release_requests asked
join subsets on subsets.id = asked.subset_id
left join releases ready on ready.id = asked.release_id
left join release_failures failed on failed.release_id = asked.release_id;

create index release_requests_newest on release_requests (requested_at desc, release_id desc);
