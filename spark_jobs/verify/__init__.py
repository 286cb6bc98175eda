"""The steps of the job verify: versions, looking at photos, judging claims."""
