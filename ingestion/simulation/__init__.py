"""Simulated phones on bad networks, their history, and its comparison with the hub."""
