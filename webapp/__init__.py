"""The portal and the API: people and programs <-> the hub."""
