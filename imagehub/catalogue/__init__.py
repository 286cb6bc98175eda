"""The catalogue: Postgres with pgvector. Plain SQL lives in this package and nowhere else."""
