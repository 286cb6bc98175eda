"""The job `imports`."""
