-- Written by: webapp. What a training run was expected to take, as it was said to who asked for it.
alter table training_requests
    add column executors integer not null default 2,
    add column expected_minutes real not null default 0; -- of all executors together

-- A run answers a request under the same id. What nobody asked for is an operator's own.
create view training_entries as
select coalesce(r.id, q.id) as id, q.id as request_id, q.account_id, a.name as owner,
       coalesce(r.release_id, q.release_id) as release_id,
       coalesce(r.manifest_sha256, l.manifest_sha256) as manifest_sha256,
       coalesce(r.config, q.config) as config,
       coalesce(q.asked_at, r.queued_at) as asked_at,
       coalesce(q.executors, 2) as executors, coalesce(q.expected_minutes, 0) as expected_minutes,
       case when r.id is null and c.request_id is not null then 'cancelled'
            else coalesce(r.state, 'queued') end as state,
       coalesce(r.attempt, 0) as attempt,
       coalesce(r.epochs_done, 0) as epochs_done, coalesce(r.done, 0) as done, r.total,
       r.photos_per_second, r.reason, r.started_at,
       case when r.id is null then c.asked_at else r.finished_at end as finished_at,
       c.request_id is not null or r.cancel_asked_at is not null as is_cancel_asked,
       m.id is not null as has_model
from training_requests q
full join training_runs r on r.request_id = q.id
left join releases l on l.id = q.release_id
left join accounts a on a.id = q.account_id
left join training_cancels c on c.request_id = q.id
left join models m on m.id = r.id;

-- What waits, in the order in which the trainer takes it: who used it least today comes first.
create view training_queue as
select e.id, row_number() over (
    order by coalesce(u.used, interval '0'), e.asked_at, e.id
) as place
from training_entries e
left join lateral (
    select sum(coalesce(o.finished_at, now()) - o.started_at) as used from training_entries o
    where o.account_id = e.account_id and o.started_at > now() - interval '1 day'
) u on true
where e.state = 'queued';

-- Requests ask and read; only the trainer answers.
revoke insert, update, delete on training_runs, training_parties, training_epochs,
    training_progress, training_notes, models from imagehub_web;
revoke update, delete on training_requests, training_cancels from imagehub_web;

-- A token may be good for training; those that were good for everything are so still.
alter table tokens alter column scopes set default '{read,upload,review,subsets,train,admin}';
update tokens set scopes = scopes || '{train}'
    where scopes @> '{read,upload,review,subsets,admin}' and not scopes @> '{train}';
