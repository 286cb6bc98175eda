"""Accounts: sign-up, sign-in, a person's own account, and roles that admins grant."""
