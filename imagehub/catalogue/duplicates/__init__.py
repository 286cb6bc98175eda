"""Duplicate groups and clusters of images."""
