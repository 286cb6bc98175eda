"""Simulated phones that send over bad networks, their history, and the judge of it."""
