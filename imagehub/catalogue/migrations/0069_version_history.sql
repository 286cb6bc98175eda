-- Written by: spark_jobs (verify). The version before the current one is kept until another follows,
-- so that the hub can go back to it; what older ones saw is deleted.
alter table verification_versions
    add column previous integer references verification_versions, -- current before this one
    add column withdrawn_at timestamptz, -- an operator went back from it to the one before
    add column emptied_at timestamptz;   -- what it saw and said has been deleted

-- Photos that could not be read are looked at again.
create index image_checks_unreadable on image_checks (version, checked_at)
    where findings @> '[{"code": "unreadable"}]';
