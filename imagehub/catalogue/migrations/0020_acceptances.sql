-- A client's key is its upload's id, unless another account had used the same key before: then
-- the upload has an id of its own, and `client_key` is what its contributor calls it.
alter table acceptances add column client_key uuid;
alter table door_refusals add column client_key uuid;

create index door_refusals_by_account on door_refusals (account_id, refused_at desc, upload_id);
