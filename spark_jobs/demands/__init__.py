"""The job `demands`: count what came for each demand and end those that are due."""
