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

create table job_epochs (
    job text primary key,
    epoch bigint not null
);
