"""The jobs: catalogue and object store -> catalogue and object store."""
