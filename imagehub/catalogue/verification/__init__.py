"""Versions of verification, with the checks, crowd model and verdicts of each."""
