"""Training runs and their models."""
