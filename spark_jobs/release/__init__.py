"""The job `release`: freeze what a subset selects."""
