-- Written by: the command `imagehub labels import`.
create table labels (
    mid text primary key check (mid ~ '^/[a-z]/[a-z0-9_]{2,20}$'),
    name text not null check (name <> ''),
    imported_at timestamptz not null default now()
);
create index labels_by_name on labels (lower(name) text_pattern_ops);

create table label_edges (
    child text not null references labels,
    parent text not null references labels,
    kind text not null check (kind in ('is_a', 'part_of')),
    primary key (child, parent, kind),
    check (child <> parent)
);
create index label_edges_by_parent on label_edges (parent);

-- Closure of the is-a edges, each label being its own ancestor at distance 0.
create table label_ancestors (
    mid text not null references labels,
    ancestor text not null references labels,
    distance smallint not null check (distance >= 0),
    primary key (mid, ancestor)
);
create index label_ancestors_by_ancestor on label_ancestors (ancestor, mid);
