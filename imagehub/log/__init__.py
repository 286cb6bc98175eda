"""The upload log: one protocol, Kafka for a cluster and a Postgres table as embedded default."""
