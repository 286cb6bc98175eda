"""Uploads: sending a photo, its receipt, and taking it back."""
