"""Versions of verification: what each saw and decided."""
