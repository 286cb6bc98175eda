"""Demands for photos, notices, webhooks and deliveries."""
