-- Written by: the command `imagehub labels import`.
alter table labels add column trainable_ordinal integer check (trainable_ordinal >= 0);
comment on column labels.trainable_ordinal is
    'position of the class in Open Images'' list of trainable classes, from 0; else null';
