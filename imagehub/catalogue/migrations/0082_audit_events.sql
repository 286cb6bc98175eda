-- Written by: webapp and the command `imagehub account`. What was done to accounts, by whom; nobody
-- changes or deletes a row, not even who owns the table.
create table audit_events (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    actor_id uuid references accounts, -- null: a visitor, or a command at the machine itself
    account_id uuid not null references accounts, -- whom it concerns
    action text not null,
    detail text not null default ''
);
create index audit_events_by_account on audit_events (account_id, id desc);
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
    raise exception 'the audit log only grows';
end $$;
create trigger audit_events_only_grow before update or delete on audit_events
    for each row execute function refuse_audit_change();
create trigger audit_events_are_kept before truncate on audit_events
    for each statement execute function refuse_audit_change();
revoke update, delete, truncate on audit_events from public;
