"""The job `scrub`: read the object store at a set pace, mend what it can, tell the rest."""
