-- Written by: training. When a trainer was last at work: without one, runs wait.
create table trainers (
    is_only boolean primary key default true check (is_only),
    seen_at timestamptz not null default now()
);
revoke insert, update, delete on trainers from imagehub_web;
