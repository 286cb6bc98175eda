"""Uploads: sending a photo, its receipt, and its withdrawal."""
