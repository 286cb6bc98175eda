"""Training on the Spark cluster: a release -> a model."""
