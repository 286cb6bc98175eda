"""The pretrained networks: a registry, their preparation, and running them."""
