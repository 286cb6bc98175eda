"""The object store: one protocol, S3 for a cluster and a folder as embedded default."""
