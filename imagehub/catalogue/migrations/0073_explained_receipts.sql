-- When a version of verification became the current one, whichever way that came about.
alter table verification_versions add column current_since timestamptz;
update verification_versions set current_since = created_at where is_current;
create function note_current_since() returns trigger language plpgsql as $$
begin
    new.current_since := now();
    return new;
end $$;
create trigger current_since_insert before insert on verification_versions
    for each row when (new.is_current) execute function note_current_since();
create trigger current_since_update before update of is_current on verification_versions
    for each row when (new.is_current and not old.is_current)
    execute function note_current_since();

-- A receipt explains its verdict as the photo's page does: with the evidence, what was found in the
-- photo, and whether others sent the same photo as the same label.
create or replace view receipts as
select r.*, case when r.settled_at is null then (
    select min(d.set_aside_at) from dead_letters d
    where d.upload_id = r.upload_id and d.replayed_at is null
) end as set_aside_at,
    v.probability, v.evidence, v.version as verification_version,
    (current.thresholds->>'prior')::float as prior,
    checks.findings,
    coalesce((
        select true from uploads o
        where o.image_id = r.image_id and o.claimed_label = r.claimed_label
          and o.account_id <> r.account_id limit 1
    ), false) as is_shared_claim
from settled_receipts r
left join verification_versions current on current.is_current
left join image_checks checks
    on checks.version = current.version and checks.image_id = r.image_id
left join verdicts v
    on v.version = current.version and v.image_id = r.image_id and v.label = r.claimed_label;
