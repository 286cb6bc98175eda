"""Reports on photos, admins' decisions, and openings of photos that are not public."""
