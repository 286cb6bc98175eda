"""Upload log -> object store and catalogue."""
