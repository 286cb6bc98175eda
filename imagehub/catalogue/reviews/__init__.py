"""People's answers to claims."""
