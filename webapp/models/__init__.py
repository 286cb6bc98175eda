"""Models of training runs: their pages and files, and trying one on a photo."""
