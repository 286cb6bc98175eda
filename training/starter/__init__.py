"""The starter: the small network that ships with the hub, and how it is trained."""
