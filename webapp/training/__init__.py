"""Training runs: the plan, the wish, and the live page."""
