"""Which images show the same photo. Pure: numbers in, findings out."""
