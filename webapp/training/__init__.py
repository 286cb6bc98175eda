"""Training runs: the estimate, the request, and the live page."""
