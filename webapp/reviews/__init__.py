"""Reviews: the desk, and the answers on a photo's own page."""
