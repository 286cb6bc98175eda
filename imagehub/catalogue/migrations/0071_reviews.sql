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
