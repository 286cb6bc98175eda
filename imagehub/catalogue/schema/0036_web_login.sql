-- What a web process may, whoever holds it: it has a login of its own that owns nothing and acts as
-- imagehub_web (imagehub/catalogue/web_login.py makes it).

-- It appends to the upload log and counts what waits there; it does not read what others sent.
revoke select on log_messages, log_pieces from imagehub_web;
grant select (topic, "offset") on log_messages to imagehub_web;
grant insert on log_messages, log_pieces to imagehub_web;
alter function assign_log_offset() security definer set search_path = public, pg_temp;

-- It makes accounts of contributors, and changes no more of an account than people and admins do.
revoke insert, update on accounts from imagehub_web;
grant insert (name, roles) on accounts to imagehub_web;
grant update (name, roles, suspended_at, deleted_at) on accounts to imagehub_web;

create function refuse_unearned_roles() returns trigger language plpgsql as $$
begin
    if pg_has_role(current_user, (select relowner from pg_class where oid = tg_relid), 'member') then
        return new; -- a command, or a job
    end if;
    if tg_op = 'INSERT' and new.roles <@ array['contributor'] then
        return new;
    end if;
    if tg_op = 'UPDATE' and (
        new.roles <@ old.roles and new.id = asking_account()
        or asking_as('admin') and new.id <> asking_account()
        or at_the_door() -- a payment, which nobody who is signed in reports
            and array_remove(new.roles, 'premium') = array_remove(old.roles, 'premium')
    ) then
        return new;
    end if;
    raise exception 'this account may not give these roles' using errcode = 'insufficient_privilege';
end $$;
create trigger roles_are_earned_first before insert on accounts
    for each row execute function refuse_unearned_roles();
create trigger roles_are_earned before update on accounts
    for each row when (new.roles is distinct from old.roles)
    execute function refuse_unearned_roles();
