"""The job `verify`: versions of verification, looking at photos, judging claims."""
