"""A release -> a model. Training on the Spark cluster arrives here."""
