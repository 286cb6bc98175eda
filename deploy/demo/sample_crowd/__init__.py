"""A crowd for a fresh machine: photos that ship with the hub, sent with a real crowd's faults."""
