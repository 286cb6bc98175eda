-- Where each upload stands: one row for each that was accepted or refused at the door, with what
-- ingestion and the current version of verification have said since. `limit 1` rather than
-- `exists`: a page of receipts must not hash whole tables.
--
-- A receipt explains its verdict as the photo's page does: with the evidence, what was found in the
-- photo, and whether others sent the same photo as the same label. An upload whose message became a
-- dead letter was accepted and never settled: its receipt says since when it lies aside.
create view all_receipts as
select asked.upload_id, asked.client_key, asked.account_id, asked.asked_at,
       asked.door_code, asked.door_reason,
       asked.claimed_label, labels.name as label_name, asked.photo_sha256,
       u.state as settled_state, u.code as settled_code, u.reason as settled_reason, u.settled_at,
       u.image_id, images.first_upload_id,
       checks.checked_at,
       v.outcome, v.reasons, v.decided_at,
       near.keeper_id,
       coalesce((
           select true from current_members m where m.image_id = u.image_id limit 1
       ), false) as image_is_public,
       coalesce((
           select true from uploads e
           where e.image_id = u.image_id and e.account_id = u.account_id
             and (e.settled_at, e.id) < (u.settled_at, u.id) limit 1
       ), false) as sent_before,
       coalesce((
           select true from current_members m where m.image_id = near.keeper_id limit 1
       ), false) as keeper_is_public,
       coalesce((
           select true from uploads e
           where e.image_id = near.keeper_id and e.account_id = asked.account_id limit 1
       ), false) as keeper_is_own,
       case when u.settled_at is null then (
           select min(d.set_aside_at) from dead_letters d
           where d.upload_id = asked.upload_id and d.replayed_at is null
       ) end as set_aside_at,
       v.probability, v.evidence, v.version as verification_version,
       (current.thresholds->>'prior')::float as prior,
       checks.findings,
       coalesce((
           select true from uploads o
           where o.image_id = u.image_id and o.claimed_label = asked.claimed_label
             and o.account_id <> asked.account_id limit 1
       ), false) as is_shared_claim
from (
    select upload_id, client_key, account_id, accepted_at as asked_at,
           null as door_code, null as door_reason, claimed_label, photo_sha256
    from acceptances
    union all
    select upload_id, client_key, account_id, refused_at, code, reason, null, null
    from door_refusals
    union all -- the API died between the log's yes and its own; the upload counts
    select id, null, account_id, accepted_at, null, null, claimed_label, photo_sha256
    from uploads
    where not exists (select from acceptances a where a.upload_id = uploads.id)
) as asked
left join labels on labels.mid = asked.claimed_label
left join uploads u on u.id = asked.upload_id and u.account_id = asked.account_id
left join images on images.id = u.image_id
left join current_version current on true
left join image_checks checks
    on checks.version = current.version and checks.image_id = u.image_id
left join verdicts v
    on v.version = current.version and v.image_id = u.image_id and v.label = u.claimed_label
left join duplicates near on near.image_id = u.image_id;
revoke select on all_receipts from imagehub_web;

-- A receipt is worked out from everybody's uploads, and shown to its owner, and to an admin whose
-- work leads to the photo.
create view receipts as
    select * from all_receipts
    where current_user <> 'imagehub_web'
       or account_id = (select asking_account())
       or ((select asking_as('admin'))
           and (image_is_public or opened_to((select asking_account()), image_id)));
