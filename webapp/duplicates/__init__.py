"""Duplicates that people part, and join again."""
