"""Subsets: saved selections, their preview, and the wish for a release."""
