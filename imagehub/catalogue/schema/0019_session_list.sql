-- People see where they are signed in, and end a session there: it has a name that is no secret.
alter table sessions
    add column id uuid not null unique default gen_random_uuid(),
    add column browser text not null default ''; -- such as "Firefox on Android"; '': not known
