"""Odd requests to the portal and damaged photos to the decoder, made by chance from a seed."""
