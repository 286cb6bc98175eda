"""What is alike: pure rules over fingerprints and embeddings."""
