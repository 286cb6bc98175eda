"""People and programs <-> the hub."""
