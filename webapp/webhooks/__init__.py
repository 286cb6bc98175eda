"""Webhooks: where an account wants to be told by HTTP."""
