"""Notices: messages to a person on the portal."""
