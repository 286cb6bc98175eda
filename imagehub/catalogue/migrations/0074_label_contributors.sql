-- Written by: spark_jobs (verify), with crowd_models. How many contributors the claims of a label
-- that count come from, each claim's first one.
alter table crowd_labels add column contributors integer not null default 0;
update crowd_labels l set contributors = (
    select count(distinct k.accounts[1]) from crowd_claims k
    where k.version = l.version and k.label = l.label and k.weight is not null
);
