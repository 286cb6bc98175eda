"""Checks of one photo: pure rules from pixels to findings."""
