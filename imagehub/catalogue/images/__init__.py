"""What pages and API read of stored photos."""
