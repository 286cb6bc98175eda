-- Written by spark_jobs. What the jobs ask every second of their runs that are done.
create index job_runs_done_by_end on job_runs (job, finished_at) where state = 'done';
create index job_runs_done_by_begin on job_runs (job, started_at) where state = 'done';
