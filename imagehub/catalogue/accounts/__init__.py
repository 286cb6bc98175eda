"""Accounts, how they sign in, what they agreed to, and what was done to them."""
