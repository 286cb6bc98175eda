-- Roles are capabilities, not a ladder: what an operator could do is two of them.
alter table accounts drop constraint accounts_roles_check;
update accounts set roles = array(
    select distinct role from unnest(array_remove(roles, 'operator') || '{admin,reviewer}') as role
    order by role
) where 'operator' = any(roles);
alter table accounts add constraint accounts_roles_check
    check (roles <@ array['contributor', 'reviewer', 'premium', 'admin']);
