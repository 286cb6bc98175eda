-- What people say of photos, what they are asked, and how often they are right.

-- Written by: webapp. What people say of one (image, claimed label); the last answer counts.
create table reviews (
    image_id char(16) not null references images,
    label text not null references labels,
    account_id uuid not null references accounts,
    answer text not null check (answer in ('yes', 'no', 'unsure')),
    reviewed_at timestamptz not null default now(),
    primary key (image_id, label, account_id)
);
create index reviews_by_account on reviews (account_id, reviewed_at desc);
create index reviews_by_time on reviews (reviewed_at);

-- Written by: webapp, through deal_review_questions. What the review desk asked whom; the answer is
-- a row of `reviews`. Nobody is asked the same twice. That a question is gold stands nowhere here.
create table review_questions (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null references accounts,
    image_id char(16) not null references images on delete cascade,
    label text not null references labels,
    asked_at timestamptz not null default now(),
    unique (account_id, image_id, label)
);
create index review_questions_by_claim on review_questions (image_id, label, asked_at);
create index review_questions_by_account on review_questions (account_id, asked_at);

-- Written by: spark_jobs (verify). Claims whose answer is known: they try the reviewers. Answers to
-- questions that were asked while a claim stands here are no votes.
create table review_golds (
    image_id char(16) not null references images on delete cascade,
    label text not null references labels,
    is_right boolean not null,
    chosen_at timestamptz not null default now(),
    primary key (image_id, label)
);

-- Written by: spark_jobs (verify). What people's answers to a claim say together, counted anew from
-- all of them. `known` are the answers that were counted, `said` what a verdict should know.
create table review_consensus (
    image_id char(16) not null references images on delete cascade,
    label text not null references labels,
    log_ratio real not null,
    yes integer not null,
    no integer not null,
    unsure integer not null,
    asking text not null check (asking in ('open', 'agreed', 'unsure', 'disputed')),
    known text not null,
    said text not null,
    counted_at timestamptz not null default now(),
    primary key (image_id, label)
);
create index review_consensus_by_time on review_consensus (counted_at);

-- Written by: spark_jobs (verify). How often a reviewer finds right claims and refuses wrong ones.
create table reviewer_skills (
    account_id uuid primary key references accounts,
    finds real not null,
    refuses real not null,
    judged integer not null,        -- answers of yes or no
    is_resting boolean not null     -- asked less for a while
);

-- Written by: spark_jobs (verify). What reviewers are told of their own answers: only old ones, and
-- ten or more new ones at a time, so that no single answer is given away.
create table reviewer_records (
    account_id uuid primary key references accounts,
    settled integer not null,       -- answers of yes or no on claims that were decided later
    agreed integer not null check (agreed between 0 and settled),
    told_at timestamptz not null default now()
);

-- True if people are still asked about a claim: it waits for a person, and is not given up.
create function waits_for_people(image bpchar, claimed text) returns boolean
language plpgsql stable as $$ begin
    return exists (
        select from verdicts v join current_version using (version)
        where v.image_id = image and v.label = claimed and v.outcome = 'needs_review'
    ) and not exists (
        select from review_consensus c where c.image_id = image and c.label = claimed
            and c.asking in ('unsure', 'disputed')
    );
end $$;

-- True if the account may be asked about a claim: others sent the photo and its duplicates, nobody
-- hides it, and the account never answered it, on no photo of the duplicate group.
create function may_be_asked(account uuid, image bpchar, claimed text) returns boolean
language plpgsql stable as $$
declare alike char(16)[];
begin
    select array_agg(near.id) into alike from (
        select image as id
        union select keeper_id from duplicates where image_id = image
        union select m.image_id from duplicates m where m.keeper_id = image
            or m.keeper_id = (select keeper_id from duplicates where image_id = image)
    ) near;
    return not exists (select from uploads u
                       where u.image_id = any(alike) and u.account_id = account)
        and not exists (select from reviews r where r.image_id = any(alike)
                        and r.label = claimed and r.account_id = account)
        and not exists (select from review_questions q where q.image_id = any(alike)
                        and q.label = claimed and q.account_id = account)
        and not exists (select from concealed_images c where c.image_id = image);
end $$;

-- How useful an answer is: the doubt of the verdict in bits, twice that where the label has no
-- verified photo yet, and once it where it has a hundred.
create function usefulness_of_answer(probability real, verified bigint) returns double precision
language sql immutable as $$
    select -(p * ln(p) + (1 - p) * ln(1 - p)) / ln(2.0) * (2 - least(verified, 100) / 100.0)
    from (select least(greatest(probability::double precision, 1e-6), 1 - 1e-6) as p) bounded
$$;

-- Deal questions to who asks, until `wanted` are open, at most `most` in a day (`resting` for who is
-- asked less), a share of them gold; return the open ones. Runs as the owner of the tables: whoever
-- asks may not know which are gold. Of the most useful claims some are taken at random, so that
-- nobody chooses what to review, and no claim lies before more than two people at a time.
create function deal_review_questions(
    wanted integer, gold_share double precision, most integer, resting integer
) returns setof review_questions
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    me uuid := asking_account();
    missing integer;
    dealt integer;
begin
    if me is null then return; end if;
    perform from accounts where id = me for update;
    delete from review_questions q where q.account_id = me
        and not exists (select from reviews r where r.account_id = me
                        and r.image_id = q.image_id and r.label = q.label)
        and not exists (select from review_golds g
                        where g.image_id = q.image_id and g.label = q.label)
        and not waits_for_people(q.image_id, q.label);
    select least(
        wanted - count(*) filter (where not exists (
            select from reviews r where r.account_id = me
                and r.image_id = q.image_id and r.label = q.label)),
        (select case when coalesce(bool_or(is_resting), false) then resting else most end
         from reviewer_skills where account_id = me)
        - count(*) filter (where q.asked_at > now() - interval '1 day')
    ) into missing from review_questions q where q.account_id = me;
    with near as (
        select v.image_id, v.label, v.probability from verdicts v
        where v.version = (select version from current_version)
            and v.outcome = 'needs_review'
            and not exists (select from duplicates d where d.image_id = v.image_id)
            and not exists (select from review_consensus c where c.image_id = v.image_id
                and c.label = v.label and c.asking in ('unsure', 'disputed'))
            and may_be_asked(me, v.image_id, v.label)
            and (select count(*) from review_questions q
                 where q.image_id = v.image_id and q.label = v.label
                    and q.asked_at > now() - interval '15 minutes'
                    and not exists (select from reviews r where r.image_id = q.image_id
                        and r.label = q.label and r.account_id = q.account_id)) < 2
        order by abs(v.probability - 0.5::real), v.image_id, v.label limit 200
    ), known as (
        select l.label, (
            select count(*) from (
                select from verdicts v where v.label = l.label and v.outcome = 'verified'
                    and v.version = (select version from current_version)
                limit 100) few) as verified
        from (select distinct label from near) l
    ), useful as (
        select image_id, label from near join known using (label)
        order by usefulness_of_answer(probability, verified) desc limit 2 * missing
    )
    insert into review_questions (account_id, image_id, label)
    select me, image_id, label from useful order by random() limit greatest(missing, 0)
    on conflict do nothing;
    get diagnostics dealt = row_count;
    insert into review_questions (account_id, image_id, label)
    select me, g.image_id, g.label from (
        select image_id, label from review_golds
        where may_be_asked(me, image_id, label) order by random()
    ) g limit (
        select count(*) from generate_series(1, dealt)
        where random() < gold_share / (1 - gold_share)
    )
    on conflict do nothing;
    return query select q.* from review_questions q where q.account_id = me and not exists (
        select from reviews r where r.account_id = me
            and r.image_id = q.image_id and r.label = q.label
    ) order by q.asked_at, q.id limit wanted;
end $$;
revoke execute on function deal_review_questions from public;
grant execute on function deal_review_questions to imagehub_web;

-- True while a review of the image or of a copy of it is asked for, or the asker has answered.
create function waits_for_asker(image char(16)) returns boolean
language sql stable security definer set search_path = public, pg_temp as $$
    with near as (
        select image as id
        union select keeper_id from duplicates where image_id = image
        union select m.image_id from duplicates m where m.keeper_id = image
            or m.keeper_id = (select keeper_id from duplicates where image_id = image)
    )
    select exists (
        select from near join verdicts v on v.image_id = near.id
        join current_version using (version)
        where v.outcome = 'needs_review'
    ) or exists (
        select from near join reviews r on r.image_id = near.id
        where r.account_id = asking_account()
    )
$$;

-- Which claims are gold, and what answers to a claim say together, would give answers away.
revoke select on review_golds, review_consensus, reviewer_skills from imagehub_web;
grant insert, update, delete on reviews to imagehub_web;

-- Nobody reads others' answers: whoever knows them answers alike, and gold would show.
alter table reviews enable row level security;
alter table reviews force row level security;
create policy owner on reviews to current_user using (true) with check (true);
create policy own on reviews to imagehub_web
    using (account_id = (select asking_account()))
    with check (account_id = (select asking_account()));

alter table review_questions enable row level security;
alter table review_questions force row level security;
create policy owner on review_questions to current_user using (true) with check (true);
create policy own on review_questions for select to imagehub_web
    using (account_id = (select asking_account()));

alter table reviewer_records enable row level security;
alter table reviewer_records force row level security;
create policy owner on reviewer_records to current_user using (true) with check (true);
create policy own on reviewer_records for select to imagehub_web
    using (account_id = (select asking_account()));

-- A reviewer reads the uploads of images that wait.
create policy reviewers on uploads for select to imagehub_web
    using ((select asking_as('reviewer')) and waits_for_asker(image_id));
