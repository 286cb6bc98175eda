"""What people did in a filled catalogue: reviews, demands, notices, reports, withdrawals.

Read by `tests.filled_catalogue` while its tables of what was drawn are there.
"""

from __future__ import annotations

ACTIVITY = """
insert into door_refusals (upload_id, account_id, code, reason, refused_at)
select md5('refused ' || n)::uuid, account, 'photo_too_small', 'The photo is too small.', at
from drawn where mod(n, 200) in (0, 1);
insert into reviews (image_id, label, account_id, answer, reviewed_at)
select d.id, d.label, p.id, 'yes', d.at
from drawn d join drawn_people p on p.n = 1 + mod(d.n, 40) and p.id <> d.account
where d.dice between 900 and 929;
insert into review_consensus (
    image_id, label, log_ratio, yes, no, unsure, asking, known, said, counted_at
)
select image_id, label, 1, count(*), 0, 0, 'open', string_agg(account_id::text || answer, ','
    order by account_id), 'yes', now() - interval '2 hours'
from reviews group by image_id, label;
insert into withdrawals (upload_id, account_id, photo_sha256, asked_at)
select md5('withdrawn ' || n)::uuid, account, sha256(digest), at from drawn where mod(n, 100) = 0;
insert into withdrawal_answers (upload_id) select upload_id from withdrawals;
update withdrawals set waits = false;
insert into tombstones (photo_sha256, kind, buried_at, swept_at)
select photo_sha256, 'withdrawn', asked_at, asked_at from withdrawals;
insert into photo_decisions (photo_sha256, outcome, kind, words, decided_by)
select digest, 'keep', 'private', 'Nobody is to be seen.', account from drawn where mod(n, 500) = 0;
insert into photo_reports (photo_sha256, account_id, kind)
select d.digest, p.id, 'not_this'
from drawn d join drawn_people p on p.n = 2 where d.n <= 200;
insert into demands (id, account_id, label, target, why, asked_at, until)
select md5('demand ' || l.n)::uuid, p.id, l.label, 10000, 'Wanted.',
    now() - l.n * interval '2 days', now() + interval '30 days'
from (
    select label, row_number() over (order by images desc) as n from label_set_counts
) l join drawn_people p on p.n = mod(l.n, 40)
where l.n <= 100;
insert into demand_watchers (demand_id, account_id)
select d.id, p.id from demands d join drawn_people p on p.n < 20;
insert into demand_progress (demand_id, verified) select id, 0 from demands;
insert into demands (id, account_id, label, target, why, asked_at, until)
select md5('ended ' || n)::uuid, account, label, 10, 'Wanted.', at - interval '30 days', at
from drawn where mod(n, 1000) = 0;
insert into demand_progress (demand_id, verified, outcome, ended_at)
select id, 10, 'reached', until from demands d
where not exists (select from demand_progress p where p.demand_id = d.id);
insert into notices (account_id, kind, words, link, once)
select account, 'demand.reached', 'Target reached.', '/demands', 'filled ' || n
from drawn where mod(n, 20) = 0;
insert into subsets (name, account_id, rules, created_at)
select 'filled-' || n, account, jsonb_build_object(
        'labels', jsonb_build_array(label), 'cap_per_label', null, 'min_short_side_pixels', 0,
        'keepers_only', true, 'splits', jsonb_build_object('train', 0.8, 'test', 0.2)
    ), at
from drawn where mod(n, 1000) = 0;
insert into job_runs (job, epoch, state, started_at, finished_at, heartbeat_at)
select (array['verify', 'cluster', 'organise', 'withdraw', 'coverage', 'demands'])[1 + mod(n, 6)],
    0, 'done', at, at, at
from drawn where mod(n, 50) = 0 order by n;
"""
