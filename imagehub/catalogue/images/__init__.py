"""Queries of stored images: lists, one in full, coverage, comparisons."""
