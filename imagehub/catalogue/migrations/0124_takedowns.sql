-- Photos that were taken down, when and why, for receipts: nothing of who decided or reported.
create view takedowns as
    select photo_sha256, kind, decided_at from photo_decisions where outcome = 'take_down';
grant select on takedowns to imagehub_web;
