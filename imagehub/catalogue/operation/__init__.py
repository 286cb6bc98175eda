"""Status, job runs, page times and audit of the whole hub."""
