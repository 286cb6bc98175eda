-- Written by: spark_jobs (verify). How many claims of a label each contributor had when all claims
-- were weighed last: counted once, where every range of images would count them again.
create table crowd_senders (
    version integer not null references verification_versions on delete cascade,
    label text not null references labels,
    account uuid not null,              -- the first of a claim's accounts
    claims bigint not null,
    primary key (version, label, account)
);
revoke all on crowd_senders from imagehub_web;
