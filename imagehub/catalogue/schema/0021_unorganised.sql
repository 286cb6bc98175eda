-- What the job organise has not looked at yet, so that publishing costs what changed.

-- Written by: triggers on verdicts, verification_versions and label_ancestors. A row is an image
-- whose current verdicts changed, or null: everything may have. Rows are only added, several for an
-- image too, so that who writes verdicts never waits for the job, which deletes those it has read.
create table unorganised (
    id bigint generated always as identity primary key,
    image_id char(16)
);
create index unorganised_by_image on unorganised (image_id); -- for a withdrawal
insert into unorganised default values;

create function mark_unorganised() returns trigger language plpgsql as $$
begin
    insert into unorganised (image_id)
        select distinct image_id from changed join current_version using (version);
    return null;
end $$;
create trigger unorganised_inserted after insert on verdicts
    referencing new table as changed for each statement execute function mark_unorganised();
create trigger unorganised_updated after update on verdicts
    referencing new table as changed for each statement execute function mark_unorganised();
create trigger unorganised_deleted after delete on verdicts
    referencing old table as changed for each statement execute function mark_unorganised();

create function mark_all_unorganised() returns trigger language plpgsql as $$
begin
    insert into unorganised default values;
    return null;
end $$;
create trigger unorganised_version_added after insert on verification_versions
    for each row when (new.is_current) execute function mark_all_unorganised();
create trigger unorganised_version_changed after update of is_current on verification_versions
    for each row when (new.is_current <> old.is_current) execute function mark_all_unorganised();
create trigger unorganised_graph after insert or update or delete on label_ancestors
    for each statement execute function mark_all_unorganised();
