"""Reviews: the review desk, and answers on a photo's own page."""
