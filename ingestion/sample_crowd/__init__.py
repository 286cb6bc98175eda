"""A crowd for a fresh machine: photos drawn in code, sent with the faults of a real crowd."""
