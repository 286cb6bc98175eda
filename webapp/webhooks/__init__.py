"""Webhooks: addresses that receive an account's notices by HTTP."""
