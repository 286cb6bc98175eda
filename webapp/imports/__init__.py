"""Imports, for who runs the hub: their reports, retries and undoing."""
