-- What keeps people from being taken for others.

-- Written by: webapp. Names of deleted accounts, which releases go on to credit: nobody else may take
-- one. Only the SHA-256 of a name is kept.
create table former_names (
    name_sha256 bytea primary key check (length(name_sha256) = 32)
);
grant insert on former_names to imagehub_web;
