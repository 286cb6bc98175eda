-- Labels, how they hang together, and what people propose.

-- Written by: webapp. Labels that somebody misses.
create table label_proposals (
    id uuid primary key default gen_random_uuid(),
    account_id uuid not null references accounts,
    name text not null check (char_length(name) between 2 and 60),
    parents text[] not null default '{}',  -- MIDs
    why text not null check (char_length(why) between 1 and 300),
    examples uuid[] not null default '{}', -- uploads of the account
    proposed_at timestamptz not null default clock_timestamp()
);
create index label_proposals_by_time on label_proposals (proposed_at desc);

-- Written by: the command `imagehub labels import` and, for those of our own, spark_jobs (labels).
-- A label of our own has an id that begins with /h/, which no import may bring.
create table labels (
    mid text primary key check (mid ~ '^/[a-z]/[a-z0-9_]{2,20}$'),
    name text not null check (name <> ''),
    imported_at timestamptz not null default now(),
    trainable_ordinal integer check (trainable_ordinal >= 0),
    proposal_id uuid unique references label_proposals,
    merged_into text references labels,
    check ((mid like '/h/%') = (proposal_id is not null)),
    check (merged_into is null or mid like '/h/%')
);
comment on column labels.trainable_ordinal is
    'position of the class in Open Images'' list of trainable classes, from 0; else null';
create index labels_by_name on labels (lower(name) text_pattern_ops);
create sequence own_label_numbers;

-- Written by: the command `imagehub labels import` and spark_jobs (labels).
create table label_edges (
    child text not null references labels,
    parent text not null references labels,
    kind text not null check (kind in ('is_a', 'part_of')),
    primary key (child, parent, kind),
    check (child <> parent)
);
create index label_edges_by_parent on label_edges (parent);

-- Written by: the command `imagehub labels import` and spark_jobs (labels). Closure of the is-a
-- edges, each label being its own ancestor at distance 0.
create table label_ancestors (
    mid text not null references labels,
    ancestor text not null references labels,
    distance smallint not null check (distance >= 0),
    primary key (mid, ancestor)
);
create index label_ancestors_by_ancestor on label_ancestors (ancestor, mid);

-- Written by: spark_jobs (labels). Other names by which a label is found.
create table label_synonyms (
    label text not null references labels,
    name text not null,
    primary key (label, name)
);
create index label_synonyms_by_name on label_synonyms (lower(name) text_pattern_ops);

-- Written by: webapp. What admins decided about proposals and about labels of our own, and why: the
-- labels' history, which only grows. Accept: `name` and `parents`. Merge: the proposal, or the
-- label, is the same as `into`. Rename: the label is called `name`.
create table label_changes (
    id bigint generated always as identity primary key,
    proposal_id uuid unique references label_proposals, -- each is decided once
    label text references labels,
    action text not null check (action in ('accept', 'merge', 'decline', 'rename')),
    name text,
    parents text[] not null default '{}',
    into_label text references labels,
    reason text not null default '' check (char_length(reason) <= 300),
    decided_by uuid not null references accounts,
    decided_at timestamptz not null default clock_timestamp(),
    check ((proposal_id is null) <> (label is null)),
    check ((action = 'merge') = (into_label is not null))
);
create index label_changes_by_label on label_changes (label);

-- Written by: spark_jobs (labels). What became of each change: the label, or why it cannot be.
create table label_change_results (
    change_id bigint primary key references label_changes,
    label text references labels,
    problem text not null default '',
    applied_at timestamptz not null default clock_timestamp()
);
create index label_change_results_by_label on label_change_results (label);

-- The runs of three letters in a name, with two blanks before it and one behind, as pg_trgm takes
-- them; that extension is not in every Postgres.
create function trigrams(name text) returns text[] language sql immutable as $$
    select array_agg(distinct substr(padded, place, 3))
    from (select '  ' || lower(name) || ' ' as padded) p,
         generate_series(1, char_length(name) + 1) as place
$$;
create index labels_by_trigrams on labels using gin (trigrams(name));
create index label_synonyms_by_trigrams on label_synonyms using gin (trigrams(name));

create view label_events as
    select c.id as change_id, c.proposal_id, c.label as of_label, c.action, c.name as new_name,
           c.into_label, i.name as into_name, c.reason, d.name as decided_by, c.decided_at,
           r.label as result, n.name as result_name, coalesce(r.problem, '') as problem,
           r.change_id is not null as is_applied
    from label_changes c join accounts d on d.id = c.decided_by
    left join labels i on i.mid = c.into_label
    left join label_change_results r on r.change_id = c.id left join labels n on n.mid = r.label;

grant insert, update, delete on label_proposals to imagehub_web;
grant insert on label_changes to imagehub_web;
