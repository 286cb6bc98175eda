"""Demands for photos, and how people are told of what happens."""
