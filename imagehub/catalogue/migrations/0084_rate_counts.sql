-- Written by: webapp. How often something was asked for in a window of time, by account, by address
-- and in all. Losing it in a crash only forgives what was asked.
create unlogged table rate_counts (
    bucket text primary key,
    uses integer not null,
    ends_at timestamptz not null
);
create index rate_counts_by_end on rate_counts (ends_at);
