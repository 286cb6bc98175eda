"""Proposals: labels that people miss, and admins' decisions about them."""
