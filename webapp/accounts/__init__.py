"""Accounts: sign up, sign in, one's own account, and what admins grant."""
