-- A name without accents and in small letters, so that "cafe" finds "Café" and "strasse" finds
-- "Straße". The extension unaccent is not in every Postgres. `fold` in
-- webapp/static/app/labels.js does the same.
create function folded(name text) returns text language sql immutable parallel safe as $$
    select translate(
        replace(replace(replace(replace(
            lower(regexp_replace(normalize(name, NFKD), '[\u0300-\u036f]', '', 'g')),
            'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
        'øłđðħıŋ', 'olddhin')
$$;

-- Written by: Postgres, from the name.
alter table labels
    add column folded_name text not null generated always as (folded(name)) stored;
alter table label_synonyms
    add column folded_name text not null generated always as (folded(name)) stored;
create index labels_by_folded_name on labels (folded_name text_pattern_ops);
create index label_synonyms_by_folded_name on label_synonyms (folded_name text_pattern_ops);
