"""Demands: photos that people want, and how far they are."""
