-- What waits for the job `withdraw`, by index: it asks every second, and its past only grows.

-- False once the upload is gone and the withdrawal answered. An upload's message that ingestion
-- meets again makes a row again, and that waits too.
alter table withdrawals add column waits boolean not null default true;
update withdrawals w set waits = false
    where exists (select from withdrawal_answers a where a.upload_id = w.upload_id)
        and not exists (select from uploads u where u.id = w.upload_id);
create index withdrawals_that_wait on withdrawals (asked_at, upload_id) where waits;

-- True if the photo was sent again since its sweep began: it may have left bytes.
alter table tombstones add column came_again boolean not null default false;
update tombstones t set came_again = true
    where exists (
        select from uploads u where u.photo_sha256 = t.photo_sha256
            and u.settled_at >= t.swept_at
            and u.code in ('withdrawn', 'photo_withdrawn', 'photo_taken_down', 'photo_being_removed')
    );
create index tombstones_that_came_again on tombstones (photo_sha256) where came_again;

create function mark_removals() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update withdrawals set waits = true where upload_id in (select id from come);
    update tombstones set came_again = true
        where photo_sha256 in (select photo_sha256 from come where code is not null);
    return null;
end $$;
create trigger mark_removals after insert on uploads
    referencing new table as come for each statement execute function mark_removals();
