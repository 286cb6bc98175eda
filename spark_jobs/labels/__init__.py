"""The job `labels`: labels of our own, made, renamed and merged as admins decided."""
