"""Subsets: saved selections, their preview, and requests for releases."""
