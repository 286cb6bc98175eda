"""Models: what training left, and what one says of a photo."""
