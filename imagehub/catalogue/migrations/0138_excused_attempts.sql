-- Written by: training. Attempts that ended because the trainer was told to stop, or the catalogue was
-- away: they do not count towards the last one.
alter table training_runs add column excused integer not null default 0;
