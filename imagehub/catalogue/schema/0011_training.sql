-- Training on a release: what is asked for, what runs, and the models that come of it.

-- Written by: webapp. A request to train on a release; `config` is that of imagehub.training_config.
create table training_requests (
    id uuid primary key default gen_random_uuid(),
    release_id text not null references releases,
    account_id uuid not null references accounts,
    config jsonb not null,
    asked_at timestamptz not null default now(),
    executors integer not null default 2,
    -- What the run was expected to take, as it was said to who asked for it: of all executors
    -- together.
    expected_minutes real not null default 0
);
create index training_requests_by_account on training_requests (account_id, asked_at desc);

-- Written by: webapp. A request to stop; the run ends as cancelled, whatever it was doing.
create table training_cancels (
    request_id uuid primary key references training_requests,
    account_id uuid not null references accounts,
    asked_at timestamptz not null default now()
);

-- Written by: training. A run answers a request, or an operator's command without one.
create table training_runs (
    id uuid primary key default gen_random_uuid(),
    request_id uuid unique references training_requests,
    release_id text not null references releases,
    manifest_sha256 bytea not null check (length(manifest_sha256) = 32),
    config jsonb not null,
    state text not null default 'queued' check (state in
        ('queued', 'preparing', 'training', 'exporting', 'done', 'failed', 'cancelled')),
    attempt integer not null default 0, -- an earlier attempt may publish nothing
    epochs_done integer not null default 0,
    done bigint not null default 0,     -- of this state's work: photos or steps
    total bigint,
    photos_per_second real,
    reason text,                        -- why it failed, or was interrupted last
    cancel_asked_at timestamptz,        -- by an operator's command
    queued_at timestamptz not null default now(),
    started_at timestamptz,
    heartbeat_at timestamptz,           -- the trainer's own sign of life
    finished_at timestamptz,
    -- Attempts that ended because the trainer was told to stop, or the catalogue was away: they do
    -- not count towards the last one.
    excused integer not null default 0,
    check ((state in ('done', 'failed', 'cancelled')) = (finished_at is not null)),
    check (state <> 'failed' or reason is not null)
);
create index training_runs_by_release on training_runs (release_id, queued_at desc);
create index training_runs_open on training_runs (queued_at) where finished_at is null;

-- Written by: training. Signs of life of the processes of a run's attempt, and what each has.
create table training_parties (
    run_id uuid not null references training_runs,
    attempt integer not null,
    party text not null,                -- driver, or worker-0 and so on
    seen_at timestamptz not null default now(),
    left_at timestamptz,                -- it ended by itself, all well
    primary key (run_id, attempt, party)
);

-- Written by: training. One row for each epoch and worker: all workers must say the same.
create table training_epochs (
    run_id uuid not null references training_runs,
    attempt integer not null,
    epoch integer not null,
    worker integer not null,
    loss double precision not null,
    accuracy double precision not null,
    photos_per_second real not null,
    weights_sha256 bytea not null check (length(weights_sha256) = 32),
    at timestamptz not null default now(),
    primary key (run_id, attempt, epoch, worker)
);

-- Written by: training. The loss as it falls, a row every few steps, for the curve.
create table training_progress (
    run_id uuid not null references training_runs,
    step bigint not null,
    loss double precision not null,
    accuracy double precision not null,
    at timestamptz not null default now(),
    primary key (run_id, step)
);

-- Written by: training. What happened, in words.
create table training_notes (
    id bigint generated always as identity primary key,
    run_id uuid not null references training_runs,
    note text not null,
    at timestamptz not null default now()
);
create index training_notes_by_run on training_notes (run_id, id);

-- Written by: training. What a run leaves; its files lie in the object store.
create table models (
    id uuid primary key references training_runs,
    labels jsonb not null,              -- MID and name, in the order of the outputs
    metrics jsonb not null,
    files jsonb not null,               -- name -> key, bytes, sha256
    made_at timestamptz not null default now()
);

-- Written by: training. Releases whose training shards were cleared of withdrawn files, and of how
-- many.
create table training_sweeps (
    release_id text primary key references releases,
    withdrawn integer not null,
    swept_at timestamptz not null default now()
);

-- Written by: training. When a trainer was last at work: without one, runs wait.
create table trainers (
    is_only boolean primary key default true check (is_only),
    seen_at timestamptz not null default now()
);

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
grant insert on training_requests, training_cancels to imagehub_web;
