"""Imports, their rows and report, and the origins of imported photos."""
