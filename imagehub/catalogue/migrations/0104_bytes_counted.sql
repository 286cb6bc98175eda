-- Bytes are counted as uses are, and there are more of them.
alter table rate_counts alter column uses type bigint;
