-- Written by: imagehub.log.postgres_append, the embedded upload log.
--
-- A photo in the log is cut into rows that each fill a page, which Postgres takes in at twice the
-- speed of one large value (those it cuts into a quarter of a page, each with a log record of its
-- own). `value` is the end of the message's bytes; the pieces come before it, in their order.
create table log_pieces (
    pieces bigint not null,
    number integer not null,
    bytes bytea not null,
    primary key (pieces, number)
);
alter table log_pieces alter column bytes set storage plain;
create sequence log_pieces_ids owned by log_pieces.pieces;

alter table log_messages
    add column pieces bigint,
    add column pieces_bytes bigint not null default 0;
