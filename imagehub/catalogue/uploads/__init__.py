"""Uploads from acceptance to landing, and from withdrawal to tombstone."""
