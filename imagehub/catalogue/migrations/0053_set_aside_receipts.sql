-- An upload whose message became a dead letter was accepted and never settled: its receipt says
-- since when it lies aside. `replayed_at` is set when an operator has its message tried again.
alter table dead_letters add column replayed_at timestamptz;

alter view receipts rename to settled_receipts;
create view receipts as
select r.*, case when r.settled_at is null then (
    select min(d.set_aside_at) from dead_letters d
    where d.upload_id = r.upload_id and d.replayed_at is null
) end as set_aside_at
from settled_receipts r;
