"""The coverage board: where photos of a label are few."""
