"""Ingestion: upload log -> object store and catalogue."""
