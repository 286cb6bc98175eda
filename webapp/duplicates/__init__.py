"""Duplicates that reviewers part, and undo of that."""
