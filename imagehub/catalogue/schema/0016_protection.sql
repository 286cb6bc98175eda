-- What keeps people from being taken for others.

-- Written by: webapp. Names of deleted accounts, which releases go on to credit: nobody else may take
-- one. Only the SHA-256 of a name is kept.
create table former_names (
    name_sha256 bytea primary key check (length(name_sha256) = 32)
);
grant insert on former_names to imagehub_web;

-- True for an account whose report alone may hide a photo: of a reviewer or admin, of who has sent a
-- photo that was published, or a week old; unless its grave reports were found groundless again and
-- again.
create function in_good_standing(account uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    select exists (
        select from accounts a
        where a.id = account and a.in_force and (
            a.roles && array['reviewer', 'admin']
            or a.created_at < now() - interval '7 days'
            or exists (select from uploads u join current_members m on m.image_id = u.image_id
                       where u.account_id = a.id)
        )
    ) and (
        select count(*) filter (where d.outcome = 'keep')
             - count(*) filter (where d.outcome = 'take_down')
        from photo_reports r join photo_decisions d on d.id = r.decision_id
        where r.account_id = account and r.kind in ('private', 'harm')
    ) < 3
$$;

-- Whether a report hides its photo until somebody has decided. A visitor's never does.
alter table photo_reports add column hides boolean not null default false;
update photo_reports set hides = true
    where decision_id is null and kind in ('private', 'harm'); -- what is hidden stays so
create index photo_reports_hiding on photo_reports (image_id) where hides and decision_id is null;

-- A grave report hides if its account is in good standing, or if it is the second account's. The
-- brake: of one account at most 5 reports hide a photo that is undecided, and of second accounts 50.
create function set_report_hides() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    new.hides := new.kind in ('private', 'harm') and new.account_id is not null
        and (select count(*) from photo_reports r
             where r.account_id = new.account_id and r.hides and r.decision_id is null) < 5
        and (in_good_standing(new.account_id) or (
            exists (select from photo_reports r
                    where r.photo_sha256 = new.photo_sha256 and r.decision_id is null
                        and r.kind in ('private', 'harm') and r.account_id <> new.account_id)
            and (select count(*) from photo_reports r where r.hides and r.decision_id is null) < 50
        ));
    return new;
end $$;
create trigger photo_reports_hide before insert on photo_reports
    for each row execute function set_report_hides();

create or replace view concealed_images as
    select image_id, true as is_final from photo_decisions where outcome = 'take_down'
    union all
    select w.image_id, true from withdrawals w
    join uploads u on u.id = w.upload_id and u.image_id = w.image_id
    where not exists (
        select from uploads o where o.image_id = w.image_id
            and not exists (select from withdrawals x where x.upload_id = o.id)
    )
    union all
    select r.image_id, false from photo_reports r
    where r.decision_id is null and r.hides and not exists (
        select from photo_decisions d where d.image_id = r.image_id
            and d.outcome = 'keep' and d.kind = r.kind
    );
