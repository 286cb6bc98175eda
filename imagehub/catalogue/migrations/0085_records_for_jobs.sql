-- How often a contributor was right is told in verdicts; no request reads the records themselves.
revoke select on contributor_records from imagehub_web;
