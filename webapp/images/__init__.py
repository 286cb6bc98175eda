"""Images: lists, one in full, its pixels, its verdicts in words, and who may see it."""
