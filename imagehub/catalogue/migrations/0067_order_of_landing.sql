-- Written by: ingestion (by default). The transaction that landed an upload: who has read up to the
-- oldest transaction that was still open then has missed none, in whatever order they committed.
alter table uploads
    add column landed_in bigint not null default pg_current_xact_id()::text::bigint;
create index uploads_by_transaction on uploads (landed_in, id) where state = 'landed';
