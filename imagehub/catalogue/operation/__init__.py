"""What operators and auditors read of the whole hub."""
