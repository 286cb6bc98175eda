"""Releases: their documents, files, downloads and formats."""
