"""How fast and how good training is: `make bench-training`."""
