-- How the hub runs: the jobs' runs and the requests' times.

-- Written by: spark_jobs.
create table job_runs (
    id bigint generated always as identity primary key,
    job text not null,
    epoch bigint not null, -- a run may publish only while its epoch is the job's newest
    state text not null default 'running' check (state in ('running', 'done', 'failed')),
    done bigint not null default 0,
    total bigint,
    counts jsonb not null default '{}',
    error text,
    started_at timestamptz not null default now(),
    heartbeat_at timestamptz not null default now(),
    finished_at timestamptz
);
create index job_runs_by_job on job_runs (job, id desc);
-- What the jobs ask every second of their runs that are done.
create index job_runs_done_by_end on job_runs (job, finished_at) where state = 'done';
create index job_runs_done_by_begin on job_runs (job, started_at) where state = 'done';

-- Written by: spark_jobs.
create table job_epochs (
    job text primary key,
    epoch bigint not null
);

-- Written by: webapp. How long requests took, added up by route and day.
create table page_times (
    day date not null default current_date,
    method text not null,
    rule text not null,
    requests bigint not null,
    failures bigint not null, -- answered with 500 or above
    seconds double precision not null,
    slowest_seconds double precision not null,
    primary key (day, method, rule)
);

grant insert, update on page_times to imagehub_web;
