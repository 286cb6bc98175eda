-- What is claimed of which image, however many uploads say so.
create view claims as
    select distinct claimed_label as label, image_id from uploads where state = 'landed';

-- How many fit photos the whole hub held when a verdict was decided: a verdict also ages when the
-- labels around its own one grow.
alter table verdicts add column hub_size integer not null default 0;

-- Verdicts are decided again when their label, or the whole hub, has grown by a quarter since.
create function has_grown(size bigint, since integer) returns boolean
    immutable parallel safe language sql
    as $$ select size > since and size >= since * 1.25 $$;
