"""Accounts: credentials, tokens, sessions, consents, audit events and rate counts."""
