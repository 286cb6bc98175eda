"""Catalogue and object store -> catalogue and object store, with Spark."""
