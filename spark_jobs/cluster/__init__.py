"""The job `cluster`: duplicate groups, then clusters within each label."""
