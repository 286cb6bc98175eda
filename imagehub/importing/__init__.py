"""Imports: read what people have already, and send it the way of uploads."""
