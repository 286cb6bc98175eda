-- Counters of what pages tell, kept by triggers in the transaction that changes the rows: to tell a
-- number costs the same however many rows there are. `imagehub status --recount` compares them.

-- Written by: triggers on the tables counted. The sum over the parts is how many rows a table has;
-- several parts, so that requests that add rows at once seldom wait for one another.
create table row_counts (
    name text not null,
    part smallint not null,
    total bigint not null,
    primary key (name, part)
);

-- Written by: triggers on uploads. How many images are claimed as the label.
create table claim_counts (
    label text primary key references labels,
    images bigint not null
);

-- Written by: triggers on verdicts. Of each label and, with the label '', of all.
create table verdict_counts (
    version integer not null references verification_versions on delete cascade,
    label text not null,
    outcome text not null,
    images bigint not null,
    primary key (version, label, outcome)
);

create function count_rows() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    change bigint := (select count(*) from changed) * case tg_op when 'INSERT' then 1 else -1 end;
begin
    if change <> 0 then
        insert into row_counts values (tg_table_name, pg_backend_pid() % 64, change)
            on conflict (name, part) do update set total = row_counts.total + excluded.total;
    end if;
    return null;
end $$;

create trigger count_inserted after insert on acceptances
    referencing new table as changed for each statement execute function count_rows();
create trigger count_deleted after delete on acceptances
    referencing old table as changed for each statement execute function count_rows();
create trigger count_inserted after insert on door_refusals
    referencing new table as changed for each statement execute function count_rows();
create trigger count_deleted after delete on door_refusals
    referencing old table as changed for each statement execute function count_rows();
create trigger count_inserted after insert on duplicates
    referencing new table as changed for each statement execute function count_rows();
create trigger count_deleted after delete on duplicates
    referencing old table as changed for each statement execute function count_rows();
create trigger count_inserted after insert on clusters
    referencing new table as changed for each statement execute function count_rows();
create trigger count_deleted after delete on clusters
    referencing old table as changed for each statement execute function count_rows();
insert into row_counts
    select 'acceptances', 0, count(*) from acceptances
    union all select 'door_refusals', 0, count(*) from door_refusals
    union all select 'duplicates', 0, count(*) from duplicates
    union all select 'clusters', 0, count(*) from clusters;

-- A claim is new with its first upload and gone with its last. Who changes uploads holds the row of
-- `landing_counts` that is locked first anyway: two who look at one claim must not look at once.
create function count_claims() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    added boolean := tg_op = 'INSERT';
begin
    if not exists (select from changed where state = 'landed') then
        return null;
    end if;
    perform from landing_counts where name = 'exact_duplicates' for update;
    insert into claim_counts
        select c.claimed_label, count(*) * case when added then 1 else -1 end
        from (
            select claimed_label, image_id, count(*) as uploads
            from changed where state = 'landed' group by claimed_label, image_id
        ) c
        cross join lateral ( -- beyond those that came now, or at all
            select count(*) as uploads
            from (
                select from uploads u
                where u.claimed_label = c.claimed_label and u.image_id = c.image_id
                    and u.state = 'landed'
                limit case when added then c.uploads + 1 else 1 end
            ) few
        ) now
        where now.uploads = case when added then c.uploads else 0 end
        group by c.claimed_label
        order by c.claimed_label
        on conflict (label) do update set images = claim_counts.images + excluded.images;
    return null;
end $$;

create trigger count_claims_inserted after insert on uploads
    referencing new table as changed for each statement execute function count_claims();
create trigger count_claims_deleted after delete on uploads
    referencing old table as changed for each statement execute function count_claims();
insert into claim_counts
    select label, count(*) from claims group by label;

create function count_verdicts() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if tg_op <> 'INSERT' then
        insert into verdict_counts
            select version, coalesce(label, ''), outcome, -count(*) from gone
            group by grouping sets ((version, label, outcome), (version, outcome))
            order by 1, 2, 3
            on conflict (version, label, outcome) do update
                set images = verdict_counts.images + excluded.images;
    end if;
    if tg_op <> 'DELETE' then
        insert into verdict_counts
            select version, coalesce(label, ''), outcome, count(*) from come
            group by grouping sets ((version, label, outcome), (version, outcome))
            order by 1, 2, 3
            on conflict (version, label, outcome) do update
                set images = verdict_counts.images + excluded.images;
    end if;
    return null;
end $$;

create trigger count_verdicts_inserted after insert on verdicts
    referencing new table as come for each statement execute function count_verdicts();
create trigger count_verdicts_updated after update on verdicts
    referencing old table as gone new table as come
    for each statement execute function count_verdicts();
create trigger count_verdicts_deleted after delete on verdicts
    referencing old table as gone for each statement execute function count_verdicts();
insert into verdict_counts
    select version, coalesce(label, ''), outcome, count(*) from verdicts
    group by grouping sets ((version, label, outcome), (version, outcome));

create or replace view upload_totals as
    select (select coalesce(sum(total), 0)::bigint from row_counts where name = 'acceptances')
               as accepted,
           (select coalesce(sum(total), 0)::bigint from row_counts where name = 'door_refusals')
               as refused_at_the_door,
           (select count(*) from acceptances a
            where a.upload_id in (select upload_id from dead_letters where replayed_at is null)
              and not exists (
                  select from uploads u where u.id = a.upload_id and u.account_id = a.account_id
              )) as set_aside;
